/** Whose object this is, read without the object's larger half: an entry of the build cache does not say. */
import type { ByteSource } from './bytes.ts';
import { FormatError, latin1, readExact, Reader, utf8 } from './bytes.ts';
import { ARCHIVE_MAGIC, readArchive } from './archive.ts';

export interface ObjectPackage {
  /** Import path; '' when the object does not name it. */
  path: string;
  goos: string;
  goarch: string;
  /** `go1.26.8`. */
  goVersion: string;
}

/** Blocks of an object (cmd/internal/goobj): symbols that are known by name alone, and the two that enclose them. */
const NONPKGDEF = 6;
const NONPKGREF = 7;
const RELOC_IDX = 11;
const SYM = 21;
const MARK = 'go:cuinfo.packagename.';

/** The package in an archive that the go command made; null for anything else. */
export function objectPackage(source: ByteSource): ObjectPackage | null {
  try {
    if (source.size < 64 || latin1(source.read(0, 8), 0, 8) !== ARCHIVE_MAGIC) return null;
    const members = readArchive(source);
    const object = members.find(m => m.name === '_go_.o') ?? members.find(m => m.name.startsWith('__.PKGDEF'));
    if (!object) return null;
    const head = readExact(source, object.offset, Math.min(object.size, 1 << 16), 'the object');
    const text = latin1(head, 0, Math.min(head.length, 4096));
    const [, , goos = '', goarch = '', goVersion = ''] = text.split(/\s+/);
    if (!text.startsWith('go object ')) return null;
    const out: ObjectPackage = { path: '', goos, goarch, goVersion };
    let end = head.indexOf(0x21);
    while (end > 0 && !(head[end - 1] === 0x0a && head[end + 1] === 0x0a)) end = head.indexOf(0x21, end + 1);
    if (end < 0 || end + 128 > head.length || object.name !== '_go_.o') return out;
    const start = end + 2;
    const r = new Reader(head.subarray(start), true);
    if (!/^\0go1(18|20)ld$/.test(r.latin1(0, 8))) return out;
    const block = (i: number): number => r.u32(20 + 4 * i);
    const [from, to, length] = [block(NONPKGDEF), block(NONPKGREF), block(RELOC_IDX)];
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
