/** The build ID that the linker records (cmd/internal/buildid). */
import { Reader, latin1, readExact } from './bytes.ts';
import type { Image } from './image.ts';
import { sectionNamed } from './image.ts';

const PREFIX = '\xff Go build ID: "';
const SUFFIX = '"\n \xff';
const SEARCHED = 32 * 1024;
/** Note type of Go's build ID in ELF files. */
const NOTE_GO_BUILDID = 4;

/**
 * Empty when the file has none, as Go's tool says it (cmd/internal/buildid readRaw, readELF); null when there is only
 * the GNU build ID of the system's linker, of which that tool prints the raw bytes.
 */
export function readBuildId(image: Image): string | null {
  if (image.format === 'archive') {
    // the header of a package's export data may have a line with it; an archive without has an empty one
    const head = latin1(
      image.source.read(0, Math.min(SEARCHED, image.source.size)),
      0,
      Math.min(SEARCHED, image.source.size),
    );
    const [, member = '', object = '', line = ''] = head.split('\n');
    if (!member.startsWith('__.PKGDEF') || !object.startsWith('go object ')) return '';
    return /^build id "(.*)"$/.exec(line)?.[1] ?? '';
  }
  if (image.format === 'elf') {
    const note = sectionNamed(image, '.note.go.buildid');
    // without a list of sections the note stands behind the program headers
    const range =
      note ?? (image.sections.length > 0 ? null : { offset: 0, fileSize: Math.min(SEARCHED, image.source.size) });
    if (range !== null) {
      const bytes = readExact(image.source, range.offset, range.fileSize, 'the build ID note');
      const found = noteIn(new Reader(bytes, image.littleEndian), note === null ? range.fileSize : 1);
      if (found !== null) return found;
    }
  }
  if (image.format === 'wasm') {
    const section = image.sections.find(s => s.name === 'go:buildid' || s.name === 'go.buildid');
    if (section !== undefined) {
      const text = latin1(image.source.read(section.offset, section.fileSize), 0, section.fileSize);
      const start = text.indexOf(PREFIX);
      if (start >= 0) return between(text, start);
    }
  }
  // other formats: text that stands at the beginning of the code
  const text = sectionNamed(image, '.text', '__TEXT,__text');
  const starts = text === null ? [0] : [text.offset, 0];
  for (const start of starts) {
    const length = Math.min(SEARCHED, image.source.size - start);
    const head = latin1(image.source.read(start, length), 0, length);
    const at = head.indexOf(PREFIX);
    if (at >= 0) return between(head, at);
  }
  return sectionNamed(image, '.note.gnu.build-id') === null ? '' : null;
}

/** The text of Go's note, which begins at one of the first `places` bytes, a multiple of four. */
function noteIn(data: Reader, places: number): string | null {
  for (let at = 0; at < places && at + 16 <= data.length; at += 4) {
    const length = data.u32(at + 4);
    if (data.u32(at) !== 4 || data.u32(at + 8) !== NOTE_GO_BUILDID || at + 16 + length > data.length) continue;
    if (data.latin1(at + 12, 4) === 'Go\0\0') return data.latin1(at + 16, length);
  }
  return null;
}

function between(text: string, start: number): string {
  const end = text.indexOf(SUFFIX, start + PREFIX.length);
  return end < 0 ? '' : text.slice(start + PREFIX.length, end);
}
