/**
 * An ELF file with what `go tool objdump` reads of a program: its machine code, its function table, and a symbol for each
 * function of that table. Made of files that were stripped, whose symbols are gone; the functions are still known.
 */
import type { Image } from '../core/binary/image.ts';
import { memoryOf } from '../core/binary/memory.ts';
import { funcRecord, readPclntab } from '../core/binary/pclntab.ts';

/** e_machine by GOARCH, of those that objdump disassembles. */
const MACHINES: Record<string, number> = {
  386: 3,
  amd64: 62,
  arm: 40,
  arm64: 183,
  loong64: 258,
  ppc64: 21,
  ppc64le: 21,
  riscv64: 243,
  s390x: 22,
};

const SHT_PROGBITS = 1;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const STT_FUNC_GLOBAL = 0x12;

/** Null where there is no function table, or the architecture is not known to objdump. */
export function symbolCopy(image: Image): Uint8Array | null {
  const machine = MACHINES[image.goarch];
  const table = readPclntab(image);
  if (machine === undefined || table === null) return null;
  const memory = memoryOf(image);
  const start = table.textStart || table.entries[0];
  const end = table.entries[table.count];
  if (memory.indexOf(start) < 0 || end <= start) return null;
  const text = memory.at(start, end - start, 'the machine code').bytes;
  const pclntab = table.bytes.bytes.subarray(0, table.size);
  const wide = image.ptrSize === 8;
  const little = image.littleEndian;

  const encoder = new TextEncoder();
  const entry = wide ? 24 : 16;
  const symbols = new DataView(new ArrayBuffer(entry * (table.count + 1)));
  const names: Uint8Array[] = [Uint8Array.of(0)];
  let nameAt = 1;
  for (let i = 0; i < table.count; i++) {
    const at = entry * (i + 1);
    const name = encoder.encode(`${funcRecord(table, i).name}\0`);
    const size = table.entries[i + 1] - table.entries[i];
    symbols.setUint32(at, nameAt, little);
    if (wide) {
      symbols.setUint8(at + 4, STT_FUNC_GLOBAL);
      symbols.setUint16(at + 6, 1, little);
      symbols.setBigUint64(at + 8, BigInt(table.entries[i]), little);
      symbols.setBigUint64(at + 16, BigInt(size), little);
    } else {
      symbols.setUint32(at + 4, table.entries[i], little);
      symbols.setUint32(at + 8, size, little);
      symbols.setUint8(at + 12, STT_FUNC_GLOBAL);
      symbols.setUint16(at + 14, 1, little);
    }
    names.push(name);
    nameAt += name.length;
  }

  const sectionNames = encoder.encode('\0.text\0.gopclntab\0.symtab\0.strtab\0');
  const strings = new Uint8Array(nameAt);
  let filled = 0;
  for (const name of names) {
    strings.set(name, filled);
    filled += name.length;
  }
  const sections = [
    { name: 1, type: SHT_PROGBITS, flags: 6, addr: start, bytes: text, link: 0, entry: 0 },
    { name: 7, type: SHT_PROGBITS, flags: 2, addr: table.addr, bytes: pclntab, link: 0, entry: 0 },
    { name: 18, type: SHT_SYMTAB, flags: 0, addr: 0, bytes: new Uint8Array(symbols.buffer), link: 4, entry },
    { name: 26, type: SHT_STRTAB, flags: 0, addr: 0, bytes: strings, link: 0, entry: 0 },
    { name: 26, type: SHT_STRTAB, flags: 0, addr: 0, bytes: sectionNames, link: 0, entry: 0 },
  ];
  const head = wide ? 64 : 52;
  const row = wide ? 64 : 40;
  const rows = head;
  const size = sections.reduce((sum, s) => sum + s.bytes.length, rows + row * (sections.length + 1));
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  const word = (at: number, value: number) =>
    wide ? view.setBigUint64(at, BigInt(value), little) : view.setUint32(at, value, little);
  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
  view.setUint16(16, 2, little);
  view.setUint16(18, machine, little);
  view.setUint32(20, 1, little);
  word(24 + 2 * image.ptrSize, rows);
  const tail = 24 + 3 * image.ptrSize + 4;
  view.setUint16(tail, head, little);
  view.setUint16(tail + 6, row, little);
  view.setUint16(tail + 8, sections.length + 1, little);
  view.setUint16(tail + 10, sections.length, little);
  let at = rows + row * (sections.length + 1);
  for (const [i, s] of sections.entries()) {
    const to = rows + row * (i + 1);
    const p = image.ptrSize;
    view.setUint32(to, s.name, little);
    view.setUint32(to + 4, s.type, little);
    word(to + 8, s.flags);
    word(to + 8 + p, s.addr);
    word(to + 8 + 2 * p, at);
    word(to + 8 + 3 * p, s.bytes.length);
    view.setUint32(to + 8 + 4 * p, s.link, little);
    view.setUint32(to + 12 + 4 * p, s.type === SHT_SYMTAB ? 1 : 0, little);
    word(to + 16 + 4 * p, 1);
    word(to + 16 + 5 * p, s.entry);
    file.set(s.bytes, at);
    at += s.bytes.length;
  }
  return file;
}
