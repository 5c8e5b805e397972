/** Whose object this is, read without the object's larger half: an entry of the build cache does not say. */
import type { ByteSource } from './bytes.ts';
import { FormatError, latin1, readExact, Reader, utf8 } from './bytes.ts';
import { hasArchiveMagic, readArchive } from './archive.ts';
import { Block, headEnd, SYM } from './goobj.ts';

export interface ObjectPackage {
  /** Import path; '' when the object does not name it. */
  path: string;
  goos: string;
  goarch: string;
  /** `go1.26.8`. */
  goVersion: string;
}

/** The package's path stands in the name of a symbol (cmd/link dwarf.go, packagename). */
const MARK = 'go:cuinfo.packagename.';

/** The package in an archive that the go command made; null for anything else. */
export function objectPackage(source: ByteSource): ObjectPackage | null {
  try {
    if (source.size < 64 || !hasArchiveMagic(source)) return null;
    const members = readArchive(source);
    const object = members.find(m => m.name === '_go_.o') ?? members.find(m => m.name.startsWith('__.PKGDEF'));
    if (!object) return null;
    const head = readExact(source, object.offset, Math.min(object.size, 1 << 16), 'the object');
    const text = latin1(head, 0, Math.min(head.length, 4096));
    const [, , goos = '', goarch = '', goVersion = ''] = text.split(/\s+/);
    if (!text.startsWith('go object ')) return null;
    const out: ObjectPackage = { path: '', goos, goarch, goVersion };
    const end = headEnd(head);
    if (end < 0 || end + 128 > head.length || object.name !== '_go_.o') return out;
    const start = end + 2;
    const r = new Reader(head.subarray(start), true);
    if (!/^\0go1(18|20)ld$/.test(r.latin1(0, 8))) return out;
    const block = (i: Block): number => r.u32(20 + 4 * i);
    // symbols known by name alone, up to the next table; the tables behind begin with the indices
    const [from, to, length] = [block(Block.Nonpkgdef), block(Block.Nonpkgref), block(Block.RelocIdx)];
    if (from > to || to > length || start + length > object.size) return out;
    // Names lie before the tables.
    const bytes = readExact(source, object.offset + start, length, 'the object');
    const table = new Reader(bytes, true);
    for (let at = from; at + SYM <= to; at += SYM) {
      const size = table.u32(at);
      const offset = table.u32(at + 4);
      if (size <= MARK.length || offset + size > length) continue;
      // `:cu` and `pa`: most names are ruled out without making strings of them.
      if (bytes[offset + 2] !== 0x3a || bytes[offset + 3] !== 0x63 || bytes[offset + 10] !== 0x70) continue;
      if (latin1(bytes, offset, offset + MARK.length) !== MARK) continue;
      out.path = utf8(bytes, offset + MARK.length, offset + size);
      break;
    }
    return out;
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}
