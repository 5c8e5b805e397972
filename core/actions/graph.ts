/**
 * The actions of a build: what the go command did, in which order, and what it found in its cache.
 *
 * The record is the go command's own, made by `go build -debug-actiongraph`. Since Go 1.26 looking a package up in the
 * cache is an action of its own, before the one that builds it; a reader cares about the package, so the two are shown
 * as one, while the schedule is replayed over the actions as they were (`schedule.ts`). NeedBuild and Failed are
 * written before the build runs and say nothing about it: what ran is what has commands.
 */

/** What became of an action. `none` did nothing that takes time: a grouping, a package without code. */
export type Verdict = 'cached' | 'run' | 'failed' | 'none';

export interface Action {
  /** Index in the list. */
  id: number;
  mode: string;
  package: string;
  /** Indices of the actions it waits for. */
  deps: number[];
  /** Milliseconds since the first action was ready; -1 when it never was, or never started or ended. */
  ready: number;
  start: number;
  done: number;
  /** Place in the order in which the go command takes ready actions, least first. */
  priority: number;
  /** The commands it ran, as the go command shows them. */
  commands: string[];
  /** Milliseconds: wall time in commands, processor time in user and kernel mode. */
  real: number;
  user: number;
  sys: number;
  /** The cache key, shortened as Go shows it; ''. */
  actionId: string;
  /** `action/content`, for links four parts. */
  buildId: string;
  /** The file it leaves behind; ''. */
  target: string;
  verdict: Verdict;
}

export interface ActionGraph {
  /** The actions as recorded. */
  raw: Action[];
  /** The same with cache lookups merged into what they are for. */
  actions: Action[];
  /** When the first action was ready, in milliseconds since 1970; 0 when there are no times. */
  began: number;
  /** Milliseconds from there to the end of the last action. */
  wall: number;
}

export type ParsedGraph = { ok: true; graph: ActionGraph } | { ok: false; message: string };

/** A record with more actions than any build has is refused rather than read. */
const maxActions = 1_000_000;

/** Milliseconds since 1970 with the fraction that Date.parse drops; NaN for no time (Go's zero time, year 1). */
function time(v: unknown): number {
  if (typeof v !== 'string' || v.startsWith('0001-')) return Number.NaN;
  const ms = Date.parse(v);
  const frac = /\.\d{3}(\d{1,6})/.exec(v);
  return frac ? ms + Number(`0.${frac[1]}`) : ms;
}

function number(v: unknown): number {
  return typeof v === 'number' && Number.isFinite(v) ? v : 0;
}

function string(v: unknown): string {
  return typeof v === 'string' ? v : '';
}

/** Reads what `-debug-actiongraph` wrote. */
export function parseActionGraph(text: string): ParsedGraph {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, message: 'not an action graph: the file is not JSON' };
  }
  if (!Array.isArray(parsed)) return { ok: false, message: 'not an action graph: the file holds no list of actions' };
  if (parsed.length > maxActions) return { ok: false, message: `not an action graph: ${parsed.length} actions` };
  const index = new Map<number, number>();
  for (let i = 0; i < parsed.length; i++) {
    const a = parsed[i] as Record<string, unknown> | null;
    if (typeof a !== 'object' || a === null || typeof a['Mode'] !== 'string')
      return { ok: false, message: `not an action graph: entry ${i} is not an action` };
    index.set(number(a['ID']), i);
  }
  const raw: Action[] = [];
  let began = Number.POSITIVE_INFINITY;
  for (let i = 0; i < parsed.length; i++) {
    const a = parsed[i] as Record<string, unknown>;
    const deps: number[] = [];
    for (const d of Array.isArray(a['Deps']) ? a['Deps'] : []) {
      const at = index.get(number(d));
      if (at !== undefined && at !== i) deps.push(at);
    }
    const commands = (Array.isArray(a['Cmd']) ? a['Cmd'] : []).filter(c => typeof c === 'string');
    const ready = time(a['TimeReady']);
    if (ready < began) began = ready;
    raw.push({
      id: i,
      mode: string(a['Mode']),
      package: string(a['Package']),
      deps,
      ready,
      start: time(a['TimeStart']),
      done: time(a['TimeDone']),
      priority: number(a['Priority']),
      commands,
      // Durations are nanoseconds.
      real: number(a['CmdReal']) / 1e6,
      user: number(a['CmdUser']) / 1e6,
      sys: number(a['CmdSys']) / 1e6,
      actionId: string(a['ActionID']),
      buildId: string(a['BuildID']),
      target: string(a['Target']),
      verdict: 'none',
    });
  }
  const cycle = findCycle(raw);
  if (cycle) return { ok: false, message: `not an action graph: action ${cycle} waits for itself` };
  if (!Number.isFinite(began)) began = 0;
  let wall = 0;
  for (const a of raw) {
    a.ready = Number.isNaN(a.ready) ? -1 : a.ready - began;
    a.start = Number.isNaN(a.start) ? -1 : a.start - began;
    a.done = Number.isNaN(a.done) ? -1 : a.done - began;
    if (a.done > wall) wall = a.done;
  }
  // Go writes the graph before it builds and again at the end: one without times tells what was to be done.
  if (raw.some(a => a.start >= 0)) for (const a of raw) a.verdict = verdict(a);
  return { ok: true, graph: { raw, actions: mergeLookups(raw), began, wall } };
}

function verdict(a: Action): Verdict {
  if (a.commands.length > 0) return a.mode === 'build' && a.buildId === '' ? 'failed' : 'run';
  if (a.actionId !== '' && a.buildId !== '') return 'cached';
  // An action that never ran, since something it waits for failed.
  if (a.start < 0) return a.mode === 'nop' || a.mode === 'built-in package' ? 'none' : 'failed';
  if (a.mode === 'build' && a.package !== 'unsafe') return 'failed';
  return 'none';
}

/** The name of an action that is its own prerequisite, or null. */
function findCycle(list: readonly Action[]): string | null {
  const state = new Uint8Array(list.length);
  for (let root = 0; root < list.length; root++) {
    if (state[root] !== 0) continue;
    const stack = [root];
    const next = [0];
    state[root] = 1;
    while (stack.length > 0) {
      const a = stack[stack.length - 1];
      const i = next[next.length - 1]++;
      if (i >= list[a].deps.length) {
        state[a] = 2;
        stack.pop();
        next.pop();
        continue;
      }
      const d = list[a].deps[i];
      if (state[d] === 1) return `${list[d].mode} ${list[d].package}`;
      if (state[d] === 2) continue;
      state[d] = 1;
      stack.push(d);
      next.push(0);
    }
  }
  return null;
}

const lookup = 'build check cache';

/**
 * Folds each cache lookup into the action that builds its package: its prerequisites, and the time it took. What else
 * waits for a lookup, as cgo's steps do, waits for the lookup's prerequisites.
 */
function mergeLookups(raw: readonly Action[]): Action[] {
  const lookups = new Map<number, number>();
  for (const a of raw) {
    if (a.mode !== 'build') continue;
    for (const d of a.deps) if (raw[d].mode === lookup && raw[d].package === a.package) lookups.set(d, a.id);
  }
  const target = new Int32Array(raw.length).fill(-1);
  const keep: Action[] = [];
  for (const a of raw) {
    if (lookups.has(a.id)) continue;
    target[a.id] = keep.length;
    keep.push({ ...a, id: keep.length });
  }
  const earlier = (a: number, b: number): number => (b >= 0 && (a < 0 || b < a) ? b : a);
  for (const a of keep) {
    const deps = new Set<number>();
    for (const d of a.deps) {
      const build = lookups.get(d);
      if (build === undefined) {
        deps.add(target[d]);
        continue;
      }
      // Lookups wait for packages only, never for lookups.
      for (const e of raw[d].deps) if (target[e] >= 0) deps.add(target[e]);
      if (target[build] !== a.id) continue;
      // It was ready when it could be looked up; one that was found in the cache took the time of the lookup.
      a.ready = earlier(a.ready, raw[d].ready);
      if (a.commands.length === 0) a.start = earlier(a.start, raw[d].start);
    }
    deps.delete(a.id);
    a.deps = [...deps];
  }
  return keep;
}

/** How many actions of a build had each verdict, and their processor time. */
export interface Totals {
  cached: number;
  run: number;
  failed: number;
  /** Milliseconds of processor time. */
  cpu: number;
}

export function totals(g: ActionGraph): Totals {
  const t: Totals = { cached: 0, run: 0, failed: 0, cpu: 0 };
  for (const a of g.actions) {
    if (a.verdict === 'cached') t.cached++;
    else if (a.verdict === 'run') t.run++;
    else if (a.verdict === 'failed') t.failed++;
    t.cpu += a.user + a.sys;
  }
  return t;
}

/** The kinds an action can be of, for colour and grouping. */
export type ActionKind = 'compile' | 'cgo' | 'link' | 'vet' | 'test' | 'other';

/** The kind of an action, by the mode that Go gives it. */
export function kindOf(a: Action): ActionKind {
  if (a.mode === 'build') return 'compile';
  if (a.mode.includes('cgo')) return 'cgo';
  if (a.mode.startsWith('link')) return 'link';
  if (a.mode.startsWith('vet')) return 'vet';
  if (a.mode.startsWith('test')) return 'test';
  return 'other';
}
