/**
 * What `go build -debug-trace` writes: the beginning and end of each thing the go command does, as it does it
 * (cmd/go/internal/trace). Read while it grows it shows a build that runs; read at the end, or when it was cut off, it is
 * a record of times. It does not tell cache hits from work, and has no keys: the action graph has both.
 */
import type { Action, ActionGraph } from './graph.ts';

/** A stretch of time, in milliseconds since the first event; `done` is -1 while it lasts. */
export interface Span {
  /** Order of beginning, from 0. */
  id: number;
  mode: string;
  package: string;
  /** The go command's worker; 0 is what is done before and around actions. */
  thread: number;
  start: number;
  done: number;
}

/** More than any build has: the rest is not read. */
const maxSpans = 1_000_000;
const executing = /^Executing action \((.*)\)$/;
/** What is done before actions, and takes long enough to be seen. */
const phases: Readonly<Record<string, string>> = {
  'load.PackagesAndErrors': 'load packages',
  'modload.loadModFile': 'load modules',
};

/** Reads a trace piece by piece. */
export class TraceReader {
  readonly spans: Span[] = [];
  /** Spans by the actions they are of: prerequisite and what waits for it. */
  readonly flows: [from: number, to: number][] = [];
  /** Milliseconds since 1970 of the first event; 0 before it. */
  began = 0;
  /** How many events could be read; 0 where the file is no trace. */
  events = 0;
  private rest = '';
  private readonly open = new Map<string, Span[]>();
  private readonly last = new Map<string, Span>();
  private readonly changed = new Set<Span>();

  /** Takes the next piece of the file; returns the spans that began or ended in it. */
  feed(text: string): Span[] {
    this.changed.clear();
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
    return [...this.changed];
  }
  /** At the end of the file: a last line without its end. */
  finish(): void {
    this.line(this.rest);
    this.rest = '';
  }

  private line(line: string): void {
    const text = line.replace(/^[[,\s]+/, '').replace(/[\],\s]+$/, '');
    if (text === '') return;
    let event: { name?: unknown; ph?: unknown; ts?: unknown; tid?: unknown; dur?: unknown };
    try {
      event = JSON.parse(text.endsWith('}') ? text : `${text}}`);
    } catch {
      return;
    }
    const { name, ph, ts, tid } = event;
    if (typeof name !== 'string' || typeof ph !== 'string' || typeof ts !== 'number' || !Number.isFinite(ts)) return;
    this.events++;
    const now = ts / 1000;
    if (this.began === 0) this.began = now;
    const thread = typeof tid === 'number' && Number.isInteger(tid) && tid >= 0 ? tid : 0;
    if (ph === 's') return this.flow(name);
    const action = executing.exec(name);
    const what = action ? action[1] : phases[name];
    if (what === undefined) return;
    const key = `${thread} ${name}`;
    const at = now - this.began;
    if (ph === 'B' && this.spans.length < maxSpans) {
      const { mode, pkg } = action ? modeOf(what) : { mode: what, pkg: '' };
      const span: Span = { id: this.spans.length, mode, package: pkg, thread, start: at, done: -1 };
      this.spans.push(span);
      this.last.set(what, span);
      const open = this.open.get(key);
      if (open) open.push(span);
      else this.open.set(key, [span]);
      this.changed.add(span);
    } else if (ph === 'E') {
      const span = this.open.get(key)?.pop();
      if (!span) return;
      span.done = at;
      this.changed.add(span);
    }
  }

  /** An arrow's name is both names: `Executing action (A) -> Executing action (B)`. */
  private flow(name: string): void {
    const m = /^Executing action \((.*)\) -> Executing action \((.*)\)$/.exec(name);
    const [from, to] = m ? [this.last.get(m[1]), this.last.get(m[2])] : [];
    if (from && to && from.id < to.id) this.flows.push([from.id, to.id]);
  }
}

const modes = [
  'build check cache',
  'vet check cache',
  'test build',
  'test run',
  'cgo run',
  'cgo compile',
  'preprocess PGO profile',
  'built-in package',
  'go build',
  'link-install',
  'build',
  'link',
  'vet',
  'install',
  'nop',
];

/** `build fmt` → build, fmt; the mode may have spaces, and so may the name of a package's test variant. */
function modeOf(text: string): { mode: string; pkg: string } {
  const mode = modes.find(m => text === m || text.startsWith(`${m} `)) ?? text.split(' ')[0];
  return { mode, pkg: text.slice(mode.length).trim() };
}

/** A trace as an action graph without keys; null when the text is no trace of the go command. */
export function graphOfTrace(text: string): ActionGraph | null {
  const reader = new TraceReader();
  reader.feed(text);
  reader.finish();
  if (reader.events === 0 || reader.spans.length === 0) return null;
  const end = reader.spans.reduce((most, s) => Math.max(most, s.start, s.done), 0);
  const deps = reader.spans.map((): number[] => []);
  for (const [from, to] of reader.flows) if (!deps[to].includes(from)) deps[to].push(from);
  const load = reader.spans.find(s => s.mode === 'load packages');
  const raw = reader.spans.map((s): Action => {
    const done = s.done < 0 ? end : s.done;
    const waits = deps[s.id];
    if (waits.length === 0 && load && s.id > load.id && s.start >= load.done) waits.push(load.id);
    return {
      id: s.id,
      mode: s.mode,
      package: s.package,
      deps: waits,
      ready: waits.reduce((most, d) => Math.max(most, reader.spans[d].done), 0),
      start: s.start,
      done,
      priority: s.id,
      commands: [],
      real: done - s.start,
      user: 0,
      sys: 0,
      actionId: '',
      buildId: '',
      target: '',
      // No program was begun and ended in half a millisecond: the cache had it.
      verdict: s.done < 0 ? 'failed' : s.mode === 'build' && done - s.start < 0.5 ? 'cached' : 'run',
    };
  });
  return { raw, actions: raw, began: reader.began, wall: end };
}
