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

/** What is damaged or in no format known here stays one row, its section's. */
export function claimDebug(claims: Claims, image: Image, functions: GoFunction[]): void {
  attempt(() => {
    const info = debugSection(image, 'debug_info');
    if (info === null) return;
    const units = readUnits(image, info);
    const owners = units.map(unit => ({ pkg: unit.go ? unit.name : '', file: unit.go ? '' : unit.name }));
    const claim = (name: string, from: number, to: number, i: number) =>
      claims.add(from, to - from, { kind: 'dwarf', symbol: name, ...owners[i] });
    for (const [i, unit] of units.entries())
      claim(info.section.name, info.offsetOf(unit.offset), info.offsetOf(unit.end), i);
    for (const [name, partOf] of PARTS) {
      attempt(() => {
        const begins = units
          .map((unit, i) => ({ at: partOf(unit), i }))
          .filter(b => b.at >= 0)
          .sort((a, b) => a.at - b.at);
        if (begins.length === 0) return;
        const part = debugSection(image, name);
        if (part === null) return;
        for (const [k, { at, i }] of begins.entries()) {
          const end = k + 1 < begins.length ? begins[k + 1].at : part.reader.length;
          if (at <= part.reader.length) claim(part.section.name, part.offsetOf(at), part.offsetOf(end), i);
        }
      });
    }
  });
  attempt(() => claimFrames(claims, image, functions));
}

/** .debug_frame: an entry for each function, which begins with a length and holds the function's address. */
function claimFrames(claims: Claims, image: Image, functions: GoFunction[]): void {
  if (functions.length === 0) return;
  const frame = debugSection(image, 'debug_frame');
  if (frame === null) return;
  const r = frame.reader;
  const symbol = frame.section.name;
  const entries = Float64Array.from(functions, f => f.addr);
  let from = 0;
  let last = -1;
  const flush = (to: number) => {
    if (last < 0) return;
    const [a, b] = [frame.offsetOf(from), frame.offsetOf(to)];
    claims.own(a, b - a, { ...claims.owner({ kind: 'dwarf', symbol }), pkg: last });
  };
  for (let at = 0; at + 8 + image.ptrSize <= r.length; ) {
    const length = r.u32(at);
    const end = at + 4 + length;
    if (length < 4 || end > r.length) break;
    if (r.u32(at + 4) !== 0xffffffff && length >= 4 + image.ptrSize) {
      const i = functionAt(entries, r.uptr(at + 8, image.ptrSize));
      const pkg = i < 0 ? -1 : functions[i].owner.pkg;
      if (pkg !== last) {
        flush(at);
        from = at;
        last = pkg;
      }
    }
    at = end;
  }
  flush(r.length);
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
