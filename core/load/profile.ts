/**
 * What a CPU profile says of calls (cmd/internal/pgo): how often, as seen by samples, a function was called from a line of
 * another. Lines are counted from the line of the caller's declaration, so that a profile outlives edits elsewhere.
 */
import { decodeUtf8 } from '../source/utf8.ts';
import { parsePprof, type Pprof, type PprofLine } from './pprof.ts';

/** Calls of one function from one line of another, by the linker's names. */
export interface NamedEdge {
  caller: string;
  callee: string;
  /** Lines from the caller's first. */
  offset: number;
  weight: number;
}

export interface Profile {
  totalWeight: number;
  /** The heaviest first. */
  edges: readonly NamedEdge[];
  byKey: ReadonlyMap<string, NamedEdge>;
}

/** The key of an edge. */
export function edgeKey(caller: string, callee: string, offset: number): string {
  return `${caller}\n${callee}\n${offset}`;
}

const header = 'GO PREPROFILE V1\n';

/**
 * Reads a profile in pprof's format or in that of `go tool preprofile`. Null for one without samples, which says
 * nothing; a text says what is wrong.
 */
export function parseProfile(bytes: Uint8Array): Profile | string | null {
  if (bytes.length === 0) return null;
  if (decodeUtf8(bytes, 0, Math.min(header.length, bytes.length)) === header)
    return fromSerialized(decodeUtf8(bytes).slice(header.length));
  const pprof = parsePprof(bytes);
  if (pprof === null) return null;
  if (typeof pprof === 'string') return `error parsing profile: ${pprof}`;
  return fromPprof(pprof);
}

/** cmd/go hands the compiler what `go tool preprofile` makes of a profile: three lines an edge, the heaviest first. */
function fromSerialized(text: string): Profile | string | null {
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  const byKey = new Map<string, NamedEdge>();
  let totalWeight = 0;
  for (let i = 0; i < lines.length; i += 3) {
    const numbers = /^(-?\d+) (-?\d+)$/.exec(lines[i + 2] ?? '');
    if (numbers === null) return `preprocessed profile entry got ${lines[i + 2] ?? 'nothing'} want 2 fields`;
    const edge = { caller: lines[i], callee: lines[i + 1], offset: Number(numbers[1]), weight: Number(numbers[2]) };
    const key = edgeKey(edge.caller, edge.callee, edge.offset);
    if (byKey.has(key)) return `preprocessed profile contains duplicate edge ${edge.caller} ${edge.callee}`;
    byKey.set(key, edge);
    totalWeight += edge.weight;
  }
  return totalWeight === 0 ? null : { totalWeight, edges: [...byKey.values()], byKey };
}

/** The last two frames of each sample are a call (profile.NewGraph), those inlined into them more. */
function fromPprof(p: Pprof): Profile | string | null {
  if (p.samples.length === 0) return null;
  const index = p.sampleTypes.findIndex(
    t => (t.type === 'samples' && t.unit === 'count') || (t.type === 'cpu' && t.unit === 'nanoseconds'),
  );
  if (index < 0) return 'profile does not contain a sample index with value/type "samples/count" or cpu/nanoseconds"';
  // places that are the same to the graph are one object
  const places = new Map<string, PprofLine>();
  const byLocation = new Map<object, PprofLine[]>();
  let startLines = false;
  const byKey = new Map<string, NamedEdge>();
  let totalWeight = 0;
  for (const sample of p.samples) {
    const weight = sample.values[index];
    if (weight === 0) continue;
    const seen = new Set<PprofLine>();
    const edges = new Map<PprofLine, Set<PprofLine>>();
    let parent: PprofLine | null = null;
    for (let i = Math.min(1, sample.locations.length - 1); i >= 0; i--) {
      const location = sample.locations[i];
      // gc's own tool panics
      if (location === null) return 'a sample has a location that is nowhere';
      let lines = byLocation.get(location);
      if (lines === undefined) {
        const list = location.lines.length > 0 ? location.lines : [{ name: '', startLine: 0, line: 0 }];
        lines = list.map(line => {
          const key = `${location.address} ${line.startLine} ${line.line} ${line.name}`;
          const known = places.get(key);
          if (known !== undefined) return known;
          places.set(key, line);
          return line;
        });
        byLocation.set(location, lines);
      }
      for (let j = lines.length - 1; j >= 0; j--) {
        const n = lines[j];
        if (n.startLine !== 0) startLines = true;
        const saw = seen.has(n);
        seen.add(n);
        if (parent !== null && n !== parent) {
          let from = edges.get(n);
          if (from === undefined) edges.set(n, (from = new Set()));
          if (!saw || !from.has(parent)) {
            from.add(parent);
            const offset = parent.line - parent.startLine;
            const key = edgeKey(parent.name, n.name, offset);
            const edge = byKey.get(key);
            if (edge === undefined) byKey.set(key, { caller: parent.name, callee: n.name, offset, weight });
            else edge.weight += weight;
            totalWeight += weight;
          }
        }
        parent = n;
      }
    }
  }
  if (!startLines)
    return 'profile missing Function.start_line data (Go version of profiled application too old? Go 1.20+ automatically adds this to profiles)';
  if (totalWeight === 0) return null;
  return { totalWeight, edges: [...byKey.values()].sort(byWeight), byKey };
}

function byWeight(a: NamedEdge, b: NamedEdge): number {
  if (a.weight !== b.weight) return b.weight - a.weight;
  if (a.caller !== b.caller) return a.caller < b.caller ? -1 : 1;
  if (a.callee !== b.callee) return a.callee < b.callee ? -1 : 1;
  return a.offset - b.offset;
}
