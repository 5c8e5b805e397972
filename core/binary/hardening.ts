/** What a file does against attacks on the running program, as its headers say (checksec's questions, as far as they fit Go). */
import type { Image } from './image.ts';
import { sectionNamed } from './image.ts';
import { Reader, utf8 } from './bytes.ts';

export interface HardeningFact {
  name: string;
  value: string;
}

const PT_DYNAMIC = 2;
const PT_GNU_STACK = 0x6474e551;
const PT_GNU_RELRO = 0x6474e552;
const DT_FLAGS = 30;
const DT_FLAGS_1 = 0x6ffffffb;
const DT_BIND_NOW = 24;

export function hardeningOf(image: Image): HardeningFact[] {
  const facts: HardeningFact[] = [];
  const fact = (name: string, value: string) => facts.push({ name, value });
  const yes = (is: boolean) => (is ? 'yes' : 'no');
  if (image.format === 'wasm') {
    fact('sandbox', 'memory and calls are those of the WebAssembly machine');
    return facts;
  }
  if (image.format === 'elf') {
    const { relro, execStack, now } = elfFacts(image);
    fact('position-independent (PIE)', yes(image.type === 'pie' || image.type === 'shared'));
    fact('RELRO', relro ? (now ? 'full' : 'partial: the table of imported functions stays writable') : 'no');
    fact('stack executable', yes(execStack));
    fact('statically linked', yes(image.libraries.length === 0 && sectionNamed(image, '.interp') === null));
  } else if (image.format === 'pe') {
    const flags = dllCharacteristics(image);
    fact('position-independent (ASLR)', yes((flags & 0x40) !== 0));
    fact('64-bit address randomisation', yes((flags & 0x20) !== 0));
    fact('data not executable (NX)', yes((flags & 0x100) !== 0));
    fact('control flow guard', yes((flags & 0x4000) !== 0));
    fact('signed', yes(image.parts.some(part => part.kind === 'signature')));
  } else {
    const flags = new Reader(image.source.read(24, 4), image.littleEndian).u32(0);
    fact('position-independent (PIE)', yes((flags & 0x200000) !== 0));
    fact('stack executable', yes((flags & 0x20000) !== 0));
    fact('signed', yes(image.parts.some(part => part.kind === 'signature')));
  }
  fact(
    'writable code',
    yes(image.sections.some(s => s.exec && s.write && s.loaded) || image.loads.some(l => l.exec && l.write)),
  );
  // gc checks bounds and moves stacks; only C code has canaries
  fact('stack canaries', 'not needed: Go code checks bounds; C code has them if its compiler put them there');
  return facts;
}

function elfFacts(image: Image): { relro: boolean; execStack: boolean; now: boolean } {
  const wide = image.ptrSize === 8;
  const head = new Reader(image.source.read(0, Math.min(64, image.source.size)), image.littleEndian);
  const at = head.uptr(wide ? 32 : 28, image.ptrSize);
  const size = head.u16(wide ? 54 : 42);
  const count = head.u16(wide ? 56 : 44);
  const facts = { relro: false, execStack: false, now: false };
  if (size < (wide ? 56 : 32) || at + size * count > image.source.size) return facts;
  const table = new Reader(image.source.read(at, size * count), image.littleEndian);
  let stack = false;
  for (let i = 0; i < count; i++) {
    const type = table.u32(i * size);
    const flags = table.u32(i * size + (wide ? 4 : 24));
    if (type === PT_GNU_RELRO) facts.relro = true;
    if (type === PT_GNU_STACK) {
      stack = true;
      facts.execStack = (flags & 1) !== 0;
    }
    if (type !== PT_DYNAMIC) continue;
    const offset = table.uptr(i * size + (wide ? 8 : 4), image.ptrSize);
    const length = table.uptr(i * size + (wide ? 32 : 16), image.ptrSize);
    if (offset + length > image.source.size) continue;
    const entries = new Reader(image.source.read(offset, length), image.littleEndian);
    for (let e = 0; e + 2 * image.ptrSize <= length; e += 2 * image.ptrSize) {
      const tag = entries.uptr(e, image.ptrSize);
      const value = entries.uptr(e + image.ptrSize, image.ptrSize);
      if (tag === 0) break;
      if (tag === DT_BIND_NOW || (tag === DT_FLAGS && value & 8) || (tag === DT_FLAGS_1 && value & 1)) facts.now = true;
    }
  }
  // a kernel takes the stack of a file without the header for executable on 386 and arm alone
  if (!stack) facts.execStack = /^(?:386|arm)$/.test(image.goarch);
  return facts;
}

function dllCharacteristics(image: Image): number {
  const { source } = image;
  const head = new Reader(source.read(0, Math.min(64, source.size)), true);
  const pe = head.u32(0x3c);
  // signature, file header of 20 bytes, then 70 bytes into the optional header in both widths
  const at = pe + 24 + 70;
  return at + 2 > source.size ? 0 : new Reader(source.read(at, 2), true).u16(0);
}

/** Variables that the linker's -X set: by its own symbols `name.str` where there are symbols, else by the recorded flags. */
export function linkerVariables(
  image: Image,
  settings: readonly { key: string; value: string }[],
): { name: string; value: string }[] {
  const found = new Map<string, string>();
  const flags = settings.find(s => s.key === '-ldflags')?.value ?? '';
  for (const [, single, double, plain] of flags.matchAll(/-X[= ]\s*(?:'([^']*)'|"([^"]*)"|(\S+))/g)) {
    const text = single ?? double ?? plain;
    const equals = text.indexOf('=');
    if (equals > 0) found.set(text.slice(0, equals), text.slice(equals + 1));
  }
  const symbols = image.symbols();
  for (let i = 0; symbols !== null && i < symbols.names.length; i++) {
    const name = symbols.names[i];
    // the linker sets the runtime's own in the same way
    if (!name.endsWith('.str') || !/^[^:]*\.[^.]+\.str$/.test(name) || name.startsWith('runtime.')) continue;
    const load = image.loads.find(l => symbols.addrs[i] >= l.addr && symbols.addrs[i] < l.addr + l.fileSize);
    if (load === undefined || symbols.sizes[i] > 4096) continue;
    const at = load.offset + symbols.addrs[i] - load.addr;
    if (at + symbols.sizes[i] > image.source.size) continue;
    const bytes = image.source.read(at, symbols.sizes[i]);
    const end = bytes.indexOf(0);
    const text = utf8(bytes, 0, end < 0 ? bytes.length : end);
    if (!found.has(name.slice(0, -4))) found.set(name.slice(0, -4), text);
  }
  return [...found].map(([name, value]) => ({ name, value }));
}
