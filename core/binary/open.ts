/** Which format a file has, and its image; or one sentence that says why there is none. */
import type { ByteSource } from './bytes.ts';
import { FormatError, latin1 } from './bytes.ts';
import { ARCHIVE_MAGIC, openArchive } from './archive.ts';
import { openElf } from './elf.ts';
import type { Image } from './image.ts';
import { type FatImage, openFat, openMacho } from './macho.ts';
import { openPe } from './pe.ts';
import { openWasm } from './wasm.ts';

export type Read<T> = { ok: true; value: T } | { ok: false; message: string };

/**
 * Opens an executable and reads from it what `use` wants. Parts are read when asked for, so damage may show late:
 * whichever reader finds it, the answer is one message, which completes "cannot read FILE: …". Never throws for what the
 * bytes are.
 */
export function readImage<T>(source: ByteSource, use: (image: Image) => T): Read<T> {
  try {
    const image = recognise(source);
    if (typeof image === 'string') return { ok: false, message: image };
    for (const each of 'programs' in image ? [image, ...(image as FatImage).programs] : [image]) {
      withoutFarLoads(each);
      each.symbols = once(each.symbols);
    }
    return { ok: true, value: use(image) };
  } catch (error) {
    if (error instanceof FormatError) return { ok: false, message: error.message };
    throw error;
  }
}

function once<T>(read: () => T): () => T {
  let value: { read: T } | null = null;
  return () => (value ??= { read: read() }).read;
}

/** Addresses that a number does not hold exactly are no program's: nothing is looked up there. */
function withoutFarLoads(image: Image): void {
  image.loads = image.loads.filter(({ addr, memSize }) => Number.isSafeInteger(addr + memSize));
}

/** 386, arm, amd64 (debug/plan9obj): big-endian numbers of 32 bits. */
const PLAN9_MAGIC = ['\0\0\x01\xeb', '\0\0\x06\x47', '\0\0\x8a\x97'];
/** Of 64 and 32 bits (internal/xcoff). */
const XCOFF_MAGIC = ['\x01\xf7', '\x01\xdf'];

const COMPRESSED: [string, string][] = [
  ['\x1f\x8b', 'gzip'],
  ['PK\x03\x04', 'zip'],
  ['\xfd7zXZ\0', 'xz'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  ['BZh', 'bzip2'],
  ["7z\xbc\xaf'\x1c", '7z'],
];

function recognise(source: ByteSource): Image | string {
  if (source.size === 0) return 'the file is empty';
  const head = source.read(0, Math.min(16, source.size));
  const magic = latin1(head, 0, head.length);
  if (magic.startsWith('\x7fELF')) return openElf(source);
  if (magic.startsWith('MZ')) return openPe(source);
  if (magic.startsWith('\0asm')) return openWasm(source);
  if (/^(?:\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe)/.test(magic)) return openMacho(source);
  if (/^\xca\xfe\xba[\xbe\xbf]/.test(magic)) return openFat(source);
  if (magic.startsWith(ARCHIVE_MAGIC)) return openArchive(source);
  if (magic.startsWith('#!')) return 'it is a script, not an executable; open the program that it runs';
  if (PLAN9_MAGIC.some(start => magic.startsWith(start)))
    return 'it is a program for Plan 9 (a.out), a format that is not read here; go tool nm lists its symbols';
  if (XCOFF_MAGIC.some(start => magic.startsWith(start)))
    return 'it is a program for AIX (XCOFF), a format that is not read here; go tool nm lists its symbols';
  for (const [start, what] of COMPRESSED)
    if (magic.startsWith(start)) return `it is compressed (${what}): unpack it, and open what is inside`;
  if (isText(head)) return 'it is a text file, not an executable (ELF, PE, Mach-O or Wasm)';
  return 'it is no executable that can be read here (ELF, PE, Mach-O or Wasm)';
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every(b => b >= 0x20 || b === 9 || b === 10 || b === 13);
}
