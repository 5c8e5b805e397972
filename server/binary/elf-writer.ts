/** Writes executables of ELF: a header, the table of sections, their bytes. */

export const SHT_PROGBITS = 1;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHF_ALLOC = 2;
export const SHF_EXECINSTR = 4;
/** st_info of a global symbol of a function. */
export const STT_FUNC_GLOBAL = 0x12;

const ET_EXEC = 2;

export interface ElfSection {
  name: string;
  type: number;
  flags?: number;
  addr?: number;
  bytes: Uint8Array;
  /** Name of the section that sh_link names. */
  link?: string;
  info?: number;
  /** Bytes of each element, where it has elements. */
  entry?: number;
}

/** The file with these sections and that of their names. Sections are numbered from 1 in the order given. */
export function writeElf(
  { ptrSize, littleEndian: little }: { ptrSize: number; littleEndian: boolean },
  machine: number,
  given: readonly ElfSection[],
): Uint8Array {
  const encoder = new TextEncoder();
  const nameAt: number[] = [];
  const nameParts: Uint8Array[] = [Uint8Array.of(0)];
  let namesSize = 1;
  for (const name of [...given.map(s => s.name), '.shstrtab']) {
    const part = encoder.encode(`${name}\0`);
    nameAt.push(namesSize);
    nameParts.push(part);
    namesSize += part.length;
  }
  const names: ElfSection = { name: '.shstrtab', type: SHT_STRTAB, bytes: joined(nameParts, namesSize) };
  const sections = [...given, names];

  const wide = ptrSize === 8;
  const head = wide ? 64 : 52;
  const row = wide ? 64 : 40;
  const rows = row * (sections.length + 1);
  const file = new Uint8Array(sections.reduce((sum, s) => sum + s.bytes.length, head + rows));
  const view = new DataView(file.buffer);
  const half = (at: number, value: number) => view.setUint16(at, value, little);
  const long = (at: number, value: number) => view.setUint32(at, value, little);
  const word = (at: number, value: number) =>
    wide ? view.setBigUint64(at, BigInt(value), little) : view.setUint32(at, value, little);
  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
  half(16, ET_EXEC);
  half(18, machine);
  long(20, 1);
  word(24 + 2 * ptrSize, head);
  const sizes = 24 + 3 * ptrSize + 4;
  half(sizes, head);
  half(sizes + 6, row);
  half(sizes + 8, sections.length + 1);
  half(sizes + 10, sections.length);
  let at = head + rows;
  for (const [i, s] of sections.entries()) {
    const to = head + row * (i + 1);
    long(to, nameAt[i]);
    long(to + 4, s.type);
    word(to + 8, s.flags ?? 0);
    word(to + 8 + ptrSize, s.addr ?? 0);
    word(to + 8 + 2 * ptrSize, at);
    word(to + 8 + 3 * ptrSize, s.bytes.length);
    long(to + 8 + 4 * ptrSize, sections.findIndex(other => other.name === s.link) + 1);
    long(to + 12 + 4 * ptrSize, s.info ?? 0);
    word(to + 16 + 4 * ptrSize, 1);
    word(to + 16 + 5 * ptrSize, s.entry ?? 0);
    file.set(s.bytes, at);
    at += s.bytes.length;
  }
  return file;
}

/** The parts one after another; `size` is the sum of their lengths. */
export function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
