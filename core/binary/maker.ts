/** Who made a file: Go's linker, a packer, or others. */
import { latin1 } from './bytes.ts';
import type { Image } from './image.ts';

/**
 * `hidden`: Go's, by its build information, with a function table that cannot be read. `split`: the debug information and
 * symbols of a program of Go, split off from it; its sections are listed without their bytes.
 */
export type Maker = 'go' | 'hidden' | 'split' | 'upx' | 'gccgo' | 'tinygo' | 'other';

/** Another compiler of Go, by a function that each of its programs has; null for none, and where symbols are stripped. */
export function otherCompiler(image: Image): 'gccgo' | 'tinygo' | null {
  for (const name of image.symbols()?.names ?? []) {
    if (name === '__go_init_main') return 'gccgo';
    if (name.startsWith('tinygo_')) return 'tinygo';
  }
  return null;
}

/** Whether the function table is listed, and is in another file (objcopy --only-keep-debug, dsymutil). */
export function isSplitOff(image: Image): boolean {
  return image.sections.some(s => /gopclntab$/.test(s.name) && s.fileSize === 0 && s.memSize > 0);
}

/** Where UPX leaves its magic: behind the headers it writes itself, and in the header at the end of what it packed. */
const UPX_HEAD = 1024;
const UPX_TAIL = 64;

/** Whether UPX packed the file: its sections' names, else its magic. Go's tables are inside, compressed. */
export function isPacked(image: Image): boolean {
  if (image.sections.some(s => s.name === 'UPX0' || s.name === 'UPX1' || s.name === '__XHDR,__text')) return true;
  // others than PE have no sections then, and code of UPX that its magic stands in
  if (image.format === 'wasm' || image.sections.some(s => s.exec)) return false;
  const { source } = image;
  const head = source.read(0, Math.min(UPX_HEAD, source.size));
  const tail = source.read(Math.max(0, source.size - UPX_TAIL), Math.min(UPX_TAIL, source.size));
  return latin1(head, 0, head.length).includes('UPX!') || latin1(tail, 0, tail.length).includes('UPX!');
}

/** A sentence for files of which Go's tables cannot be read; empty for programs of Go. */
export function makerNote(maker: Maker): string {
  switch (maker) {
    case 'go':
      return '';
    case 'hidden':
      return 'built by Go, but its function table cannot be read: it was obfuscated (as garble does) or changed';
    case 'split':
      return 'the debug information of a program of Go, split off from it: its code and data are in another file';
    case 'upx':
      return 'packed by UPX: unpack it with upx -d to see what is inside';
    case 'gccgo':
      return 'built by gccgo, whose tables are not those of Go: only sections and symbols are shown';
    case 'tinygo':
      return 'built by TinyGo, whose programs have no function table: only sections and symbols are shown';
    case 'other':
      return 'not built by Go: no function table, only sections and symbols are shown';
  }
}
