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
    if (note !== null && note.fileSize >= 16) {
      const data = new Reader(
        readExact(image.source, note.offset, note.fileSize, 'the build ID note'),
        image.littleEndian,
      );
      const length = data.u32(4);
      if (data.u32(8) === NOTE_GO_BUILDID && data.latin1(12, 4) === 'Go\0\0' && 16 + length <= data.length) {
        return data.latin1(16, length);
      }
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

function between(text: string, start: number): string {
  const end = text.indexOf(SUFFIX, start + PREFIX.length);
  return end < 0 ? '' : text.slice(start + PREFIX.length, end);
}
