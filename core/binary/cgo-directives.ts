/** What a compiled package says of the symbols that C code may call (cmd/link/internal/ld ldpkg, setCgoAttr). */
import { hasArchiveMagic, readArchive } from './archive.ts';
import { type ByteSource, indexOfText, latin1, utf8 } from './bytes.ts';

const MARK = '\n$$  // cgo\n';

export interface CgoExport {
  name: string;
  abi: number;
  /** cgo_export_dynamic; else cgo_export_static. */
  dynamic: boolean;
}

/** The exports that an archive's package definition or the heads of its objects name; none when it uses no cgo. */
export function readCgoExports(source: ByteSource): CgoExport[] {
  if (!hasArchiveMagic(source)) return [];
  return readArchive(source).flatMap(({ name, offset, size }) => {
    const isObject = size >= 9 && latin1(source.read(offset, 9), 0, 9) === 'go object';
    if (name !== '__.PKGDEF' && !isObject) return [];
    const bytes = source.read(offset, size);
    // what comes behind the head of an object is its content
    const end = isObject ? indexOfText(bytes, '\n!\n', 0) : -1;
    return exportsIn(end < 0 ? bytes : bytes.subarray(0, end));
  });
}

function exportsIn(bytes: Uint8Array): CgoExport[] {
  // export data, which is binary, may come between; the section is found by its mark
  const start = indexOfText(bytes, MARK, 0);
  if (start < 0) return [];
  const end = indexOfText(bytes, '\n$$', start + 1);
  let directives: unknown;
  try {
    directives = JSON.parse(utf8(bytes, start + MARK.length, end < 0 ? bytes.length : end));
  } catch {
    return [];
  }
  if (!Array.isArray(directives)) return [];
  return directives.flatMap((line: unknown) => {
    if (!Array.isArray(line)) return [];
    const [word, name, , abi] = line as unknown[];
    if ((word !== 'cgo_export_static' && word !== 'cgo_export_dynamic') || typeof name !== 'string') return [];
    return [{ name, abi: abi === 'ABIInternal' ? 1 : 0, dynamic: word === 'cgo_export_dynamic' }];
  });
}
