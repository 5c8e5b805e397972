/** Claims for debug information by unit: Go's packages, files of C. */
import { FormatError } from '../binary/bytes.ts';
import { debugSection, readUnits, type Unit } from '../binary/dwarf.ts';
import type { Image } from '../binary/image.ts';
import type { GoFunction } from './code.ts';
import type { Claims } from './ledger.ts';

/** Sections in which the parts of units lie one behind the other, and where a unit says that its part begins. */
const PARTS: [string, (unit: Unit) => number][] = [
  ['debug_line', u => u.line],
  ['debug_addr', u => u.addresses],
  ['debug_ranges', u => u.ranges],
  ['debug_rnglists', u => u.rangeLists],
  ['debug_loclists', u => u.locationLists],
  ['debug_loc', u => u.locationLists],
];

/**
 * What debug information says of a file's bytes. Plain columns: to read it takes no other part of the ledger, so that a
 * host may have it done in a thread of its own.
 */
export interface DebugParts {
  /** Of each unit its name, and whether Go's compiler wrote it. */
  names: string[];
  go: Uint8Array;
  /** Names of sections, of which the parts have the index. */
  sections: string[];
  /** Byte ranges of the file, [from, to), and the unit that each is a part of. */
  from: Float64Array;
  to: Float64Array;
  unit: Uint32Array;
  section: Uint32Array;
  /** The entries of .debug_frame that tell of functions; null where they were not asked for or cannot be read. */
  frames: Frames | null;
}

interface Frames {
  section: string;
  /** Address of each function, and where in the file its entry begins; behind the last where the section ends. */
  addr: Float64Array;
  offset: Float64Array;
}

/** Reads what debug information a program has, `withFrames` that of its functions too. */
export type ReadDebug = (image: Image, withFrames: boolean) => DebugParts;

/** Begins to read what a program has, and says how to get it. */
export type BeginDebug = (image: Image) => ReadDebug;

/** What is damaged or in no format known here is left out. */
export const readDebug: ReadDebug = (image, withFrames) => {
  const names: string[] = [];
  const go: number[] = [];
  const sections: string[] = [];
  const parts: { from: number; to: number; unit: number; section: number }[] = [];
  attempt(() => {
    const info = debugSection(image, 'debug_info');
    if (info === null) return;
    const units = readUnits(image, info);
    sections.push(info.section.name);
    for (const [unit, { name, go: isGo, offset, end }] of units.entries()) {
      names.push(name);
      go.push(isGo ? 1 : 0);
      parts.push({ from: info.offsetOf(offset), to: info.offsetOf(end), unit, section: 0 });
    }
    for (const [name, partOf] of PARTS) {
      attempt(() => {
        const begins = units
          .map((unit, i) => ({ at: partOf(unit), i }))
          .filter(b => b.at >= 0)
          .sort((a, b) => a.at - b.at);
        if (begins.length === 0) return;
        const part = debugSection(image, name);
        if (part === null) return;
        const section = sections.push(part.section.name) - 1;
        for (const [k, { at, i }] of begins.entries()) {
          const end = k + 1 < begins.length ? begins[k + 1].at : part.reader.length;
          if (at <= part.reader.length)
            parts.push({ from: part.offsetOf(at), to: part.offsetOf(end), unit: i, section });
        }
      });
    }
  });
  let frames: Frames | null = null;
  if (withFrames) attempt(() => (frames = readFrames(image)));
  return {
    names,
    go: Uint8Array.from(go),
    sections,
    from: Float64Array.from(parts, p => p.from),
    to: Float64Array.from(parts, p => p.to),
    unit: Uint32Array.from(parts, p => p.unit),
    section: Uint32Array.from(parts, p => p.section),
    frames,
  };
};

/** .debug_frame: an entry for each function, which begins with a length and holds the function's address. */
function readFrames(image: Image): Frames | null {
  const frame = debugSection(image, 'debug_frame');
  if (frame === null) return null;
  const r = frame.reader;
  const addr: number[] = [];
  const offset: number[] = [];
  for (let at = 0; at + 8 + image.ptrSize <= r.length; ) {
    const length = r.u32(at);
    const end = at + 4 + length;
    if (length < 4 || end > r.length) break;
    if (r.u32(at + 4) !== 0xffffffff && length >= 4 + image.ptrSize) {
      addr.push(r.uptr(at + 8, image.ptrSize));
      offset.push(frame.offsetOf(at));
    }
    at = end;
  }
  offset.push(frame.offsetOf(r.length));
  return { section: frame.section.name, addr: Float64Array.from(addr), offset: Float64Array.from(offset) };
}

/** What nothing claims here stays one row, its section's. */
export function claimDebug(claims: Claims, debug: DebugParts, functions: readonly GoFunction[]): void {
  const { names, go, sections, from, to, unit, section, frames } = debug;
  for (let i = 0; i < from.length; i++) {
    const name = names[unit[i]];
    const whose = go[unit[i]] === 1 ? { pkg: name } : { file: name };
    claims.add(from[i], to[i] - from[i], { kind: 'dwarf', symbol: sections[section[i]], ...whose });
  }
  if (frames !== null && functions.length > 0) claimFrames(claims, frames, functions);
}

/** Entries one behind the other of functions of one package are one claim. */
function claimFrames(claims: Claims, { section, addr, offset }: Frames, functions: readonly GoFunction[]): void {
  const owner = claims.owner({ kind: 'dwarf', symbol: section });
  const entries = Float64Array.from(functions, f => f.addr);
  let from = 0;
  let last = -1;
  for (let i = 0; i <= addr.length; i++) {
    let pkg = -1;
    if (i < addr.length) {
      const f = functionAt(entries, addr[i]);
      pkg = f < 0 ? -1 : functions[f].owner.pkg;
      if (pkg === last) continue;
    }
    if (last >= 0) claims.own(offset[from], offset[i] - offset[from], { ...owner, pkg: last });
    from = i;
    last = pkg;
  }
}

function functionAt(entries: Float64Array, addr: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (entries[mid] <= addr) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}

function attempt(claim: () => void): void {
  try {
    claim();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}
