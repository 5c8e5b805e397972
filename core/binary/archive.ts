/** Unix archives (.a): packages that Go compiled, c-archives, other people's static libraries (cmd/internal/archive, ar(5)). */
import type { ByteSource } from './bytes.ts';
import { FormatError, latin1, readExact, utf8 } from './bytes.ts';
import { openElf } from './elf.ts';
import type { Image } from './image.ts';

export interface ArchiveMember {
  /** Long names resolved; empty for the archive's own index and name table. */
  name: string;
  /** Byte range of the content in the archive. */
  offset: number;
  size: number;
  /** Where its 60-byte header begins, and the bytes of a BSD long name between header and content. */
  header: number;
  headerSize: number;
}

export const ARCHIVE_MAGIC = '!<arch>\n';
const HEADER = 60;

/** Whether a file begins as an archive does. */
export function hasArchiveMagic(source: ByteSource): boolean {
  const head = source.read(0, Math.min(ARCHIVE_MAGIC.length, source.size));
  return latin1(head, 0, head.length) === ARCHIVE_MAGIC;
}

/** The members in file order, the archive's own tables included. */
export function readArchive(source: ByteSource): ArchiveMember[] {
  const members: ArchiveMember[] = [];
  let longNames = new Uint8Array(0);
  for (let at = ARCHIVE_MAGIC.length; at + HEADER <= source.size; ) {
    const head = latin1(readExact(source, at, HEADER, 'an archive member'), 0, HEADER);
    const size = Number(head.slice(48, 58).trim());
    if (!head.endsWith('`\n') || !Number.isInteger(size) || size < 0)
      throw new FormatError(`the archive has no member header at byte ${at}: it is damaged`);
    if (at + HEADER + size > source.size)
      throw new FormatError(`an archive member at byte ${at} ends past the end of the file: it is truncated`);
    let name = head.slice(0, 16).trimEnd();
    let offset = at + HEADER;
    let length = size;
    const bsd = /^#1\/(\d+)$/.exec(name);
    const gnu = /^\/(\d+)$/.exec(name);
    if (name === '//') {
      longNames = Uint8Array.from(source.read(offset, size));
      name = '';
    } else if (bsd !== null && Number(bsd[1]) <= size) {
      const nameSize = Number(bsd[1]);
      name = utf8(source.read(offset, nameSize), 0, nameSize).replace(/\0+$/, '');
      offset += nameSize;
      length -= nameSize;
    } else if (gnu !== null && Number(gnu[1]) < longNames.length) {
      const from = Number(gnu[1]);
      const end = longNames.indexOf(0x0a, from);
      name = utf8(longNames, from, end < 0 ? longNames.length : end).replace(/\/$/, '');
    } else if (name === '/' || name === '/SYM64/' || name.startsWith('__.SYMDEF')) name = '';
    else name = name.replace(/\/$/, '');
    members.push({ name, offset, size: length, header: at, headerSize: offset - at });
    at += HEADER + size + (size & 1);
  }
  return members;
}

/** An archive as an image: a section for each member. */
export interface ArchiveImage extends Image {
  members: ArchiveMember[];
}

export function openArchive(source: ByteSource): ArchiveImage {
  const members = readArchive(source);
  let [goos, goarch] = ['', ''];
  for (const { offset, size } of members) {
    const text = latin1(source.read(offset, Math.min(size, 64)), 0, Math.min(size, 64));
    if (text.startsWith('go object ')) [goos, goarch] = text.split(' ').slice(2);
    else if (text.startsWith('\x7fELF'))
      ({ goos, goarch } = openElf({ size, read: (at, length) => source.read(offset + at, length) }));
    if (goarch !== '') break;
  }
  return {
    format: 'archive',
    source,
    littleEndian: true,
    ptrSize: 8,
    goarch,
    goos,
    base: 0,
    entry: 0,
    sections: members.map(({ name, header, headerSize, size }) => ({
      name: name === '' ? 'index' : name,
      addr: 0,
      memSize: 0,
      offset: header,
      fileSize: headerSize + size,
      exec: false,
      write: false,
      loaded: false,
      compressed: false,
    })),
    parts: [{ kind: 'header', name: 'archive header', offset: 0, size: ARCHIVE_MAGIC.length }],
    loads: [],
    type: 'object',
    libraries: [],
    pointerFixups: () => null,
    memory: null,
    symbols: () => null,
    members,
  };
}
