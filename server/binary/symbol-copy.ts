/**
 * An ELF file with what `go tool objdump` reads of a program: its machine code, its function table, and a symbol for each
 * function of that table. Made of files that were stripped, whose symbols are gone; the functions are still known.
 */
import type { Image } from '../../core/binary/image.ts';
import { memoryOf } from '../../core/binary/memory.ts';
import { funcRecord, type Pclntab, readPclntab } from '../../core/binary/pclntab.ts';
import {
  joined,
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHT_PROGBITS,
  SHT_STRTAB,
  SHT_SYMTAB,
  STT_FUNC_GLOBAL,
  writeElf,
} from './elf-writer.ts';

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

/** Null where there is no function table, or the architecture is not known to objdump. */
export function symbolCopy(image: Image): Uint8Array | null {
  const machine = MACHINES[image.goarch];
  const table = readPclntab(image);
  if (machine === undefined || table === null) return null;
  const memory = memoryOf(image);
  const start = table.textStart || table.entries[0];
  const end = table.entries[table.count];
  if (memory.indexOf(start) < 0 || end <= start) return null;
  const { symtab, strtab, entry } = functionSymbols(table, image);
  return writeElf(image, machine, [
    {
      name: '.text',
      type: SHT_PROGBITS,
      flags: SHF_ALLOC | SHF_EXECINSTR,
      addr: start,
      bytes: memory.at(start, end - start, 'the machine code').bytes,
    },
    {
      name: '.gopclntab',
      type: SHT_PROGBITS,
      flags: SHF_ALLOC,
      addr: table.addr,
      bytes: table.bytes.bytes.subarray(0, table.size),
    },
    { name: '.symtab', type: SHT_SYMTAB, bytes: symtab, link: '.strtab', info: 1, entry },
    { name: '.strtab', type: SHT_STRTAB, bytes: strtab },
  ]);
}

/** A symbol of the first section for each function of the table, after the empty one that ELF begins with. */
function functionSymbols(
  table: Pclntab,
  { ptrSize, littleEndian }: Image,
): { symtab: Uint8Array; strtab: Uint8Array; entry: number } {
  const encoder = new TextEncoder();
  const wide = ptrSize === 8;
  const entry = wide ? 24 : 16;
  const symbols = new DataView(new ArrayBuffer(entry * (table.count + 1)));
  const names: Uint8Array[] = [Uint8Array.of(0)];
  let nameAt = 1;
  for (let i = 0; i < table.count; i++) {
    const at = entry * (i + 1);
    const name = encoder.encode(`${funcRecord(table, i).name}\0`);
    const size = table.entries[i + 1] - table.entries[i];
    symbols.setUint32(at, nameAt, littleEndian);
    if (wide) {
      symbols.setUint8(at + 4, STT_FUNC_GLOBAL);
      symbols.setUint16(at + 6, 1, littleEndian);
      symbols.setBigUint64(at + 8, BigInt(table.entries[i]), littleEndian);
      symbols.setBigUint64(at + 16, BigInt(size), littleEndian);
    } else {
      symbols.setUint32(at + 4, table.entries[i], littleEndian);
      symbols.setUint32(at + 8, size, littleEndian);
      symbols.setUint8(at + 12, STT_FUNC_GLOBAL);
      symbols.setUint16(at + 14, 1, littleEndian);
    }
    names.push(name);
    nameAt += name.length;
  }
  return { symtab: new Uint8Array(symbols.buffer), strtab: joined(names, nameAt), entry };
}
