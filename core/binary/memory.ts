/**
 * What memory holds when the program starts: the loaded ranges of a file, with the relocations that the dynamic linker
 * would apply (a position-independent file may store its pointers in the relocations alone). Each range is read once,
 * when it is asked for.
 */
import { FormatError, Reader, readExact } from './bytes.ts';
import type { Image } from './image.ts';

export interface MemoryRange {
  addr: number;
  /** Past its last byte that the file gives. */
  end: number;
  exec: boolean;
  write: boolean;
}

/** Initial memory of a Wasm module that is rebuilt: what the file leaves out of it is a few tables of zeros. */
const MEMORY_LIMIT = 64 * 1024 * 1024;
const MEMORY_PER_BYTE = 4;

export class Memory {
  readonly ranges: MemoryRange[];
  /** Whether code has addresses of this memory (in Wasm it has none). */
  readonly addressedCode: boolean;
  private readonly readers: (Reader | null)[];

  constructor(private readonly image: Image) {
    const { loads } = image;
    this.addressedCode = image.format !== 'wasm';
    if (image.format === 'wasm') {
      // data segments leave out runs of zeros: one range from the lowest address
      const end = loads.reduce((high, load) => Math.max(high, load.addr + load.fileSize), 0);
      if (end > MEMORY_LIMIT + image.source.size * MEMORY_PER_BYTE)
        throw new FormatError(`data segments reach up to ${end} bytes of memory`);
      this.ranges = end === 0 ? [] : [{ addr: 0, end, exec: false, write: true }];
    } else {
      this.ranges = [];
      for (const { addr, fileSize, exec, write } of loads)
        if (fileSize > 0) this.ranges.push({ addr, end: addr + fileSize, exec, write });
    }
    this.readers = this.ranges.map(() => null);
  }

  /** Index of the range that holds an address, or -1. */
  indexOf(addr: number): number {
    const { ranges } = this;
    for (let i = 0; i < ranges.length; i++) if (addr >= ranges[i].addr && addr < ranges[i].end) return i;
    return -1;
  }

  /** The bytes of a range; offsets are from its address. */
  reader(index: number): Reader {
    let reader = this.readers[index];
    if (reader === null) {
      reader = new Reader(this.load(index), this.image.littleEndian);
      this.readers[index] = reader;
    }
    return reader;
  }

  /** A reader over `length` bytes from `addr`. */
  at(addr: number, length: number, what: string): Reader {
    const i = this.indexOf(addr);
    if (i < 0) throw new FormatError(`${what}: no part of the file is loaded at 0x${addr.toString(16)}`);
    return this.reader(i).slice(addr - this.ranges[i].addr, length);
  }

  private load(index: number): Uint8Array {
    const { addr, end } = this.ranges[index];
    const { loads, source } = this.image;
    if (this.image.format === 'wasm') {
      const bytes = new Uint8Array(end);
      for (const load of loads) bytes.set(source.read(load.offset, load.fileSize), load.addr);
      return bytes;
    }
    const load = loads.find(l => l.addr === addr && l.fileSize > 0)!;
    const bytes = readExact(source, load.offset, load.fileSize, 'a segment');
    return this.relocated(bytes, addr, end);
  }

  private relocated(bytes: Uint8Array, addr: number, end: number): Uint8Array {
    const fixups = this.image.pointerFixups();
    if (fixups === null) return bytes;
    const { littleEndian, ptrSize } = this.image;
    let view: DataView | null = null;
    let copy = bytes;
    for (let i = 0; i < fixups.at.length; i++) {
      const at = fixups.at[i];
      if (!(at >= addr && at + ptrSize <= end)) continue;
      if (view === null) {
        copy = bytes.slice();
        view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength);
      }
      const value = fixups.value[i];
      const low = value % 0x100000000;
      if (ptrSize === 4) view.setUint32(at - addr, low, littleEndian);
      else {
        const high = Math.floor(value / 0x100000000);
        view.setUint32(at - addr, littleEndian ? low : high, littleEndian);
        view.setUint32(at - addr + 4, littleEndian ? high : low, littleEndian);
      }
    }
    return copy;
  }
}

/** The memory of an image, made once. */
export function memoryOf(image: Image): Memory {
  image.memory ??= new Memory(image);
  return image.memory;
}
