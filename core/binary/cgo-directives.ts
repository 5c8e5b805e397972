/** What a compiled package says of the symbols that C code may call (cmd/link/internal/ld ldpkg, setCgoAttr). */
import { readArchive } from './archive.ts';
import { type ByteSource, utf8 } from './bytes.ts';

export interface CgoExport {
  name: string;
  abi: number;
  /** cgo_export_dynamic; else cgo_export_static. */
  dynamic: boolean;
}

/** The exports in an archive's package definition; none when it is not an archive of Go or uses no cgo. */
export function readCgoExports(source: ByteSource): CgoExport[] {
  const member = readArchive(source).find(({ name }) => name === '__.PKGDEF');
  if (member === undefined) return [];
  const bytes = source.read(member.offset, member.size);
  // export data, which is binary, comes between; the section is found by its mark
  const start = indexOf(bytes, '\n$$  // cgo\n', 0);
  if (start < 0) return [];
  const end = indexOf(bytes, '\n$$', start + 1);
  let directives: unknown;
  try {
    directives = JSON.parse(utf8(bytes, start + '\n$$  // cgo\n'.length, end < 0 ? bytes.length : end));
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

function indexOf(bytes: Uint8Array, text: string, from: number): number {
  const wanted = Array.from(text, c => c.charCodeAt(0));
  for (let at = bytes.indexOf(wanted[0], from); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
    if (wanted.every((c, i) => bytes[at + i] === c)) return at;
  }
  return -1;
}
