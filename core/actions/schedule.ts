/**
 * When things ran and why not sooner: lanes, the critical path, and replaying the go command's scheduler.
 *
 * The go command keeps ready actions in a heap by priority and p workers take the first (work.Builder.Do). Replaying
 * that over the recorded durations gives the recorded wall time, so changing a number of it answers what-if questions.
 */
import type { Action, ActionGraph } from './graph.ts';

/** Shorter actions are moments rather than stretches of time; they take no lane. In milliseconds. */
const moment = 0.05;

/** The lane of each of the graph's merged actions, counted from 0; -1 for those that took no time. */
export function lanes(g: ActionGraph): Int32Array {
  const out = new Int32Array(g.actions.length).fill(-1);
  const order = g.actions
    .filter(a => a.start >= 0 && a.done - a.start > moment)
    .sort((a, b) => a.start - b.start || a.id - b.id);
  const free: number[] = [];
  for (const a of order) {
    let lane = free.findIndex(end => end <= a.start);
    if (lane < 0) lane = free.push(0) - 1;
    free[lane] = a.done;
    out[a.id] = lane;
  }
  return out;
}

export interface PathStep {
  id: number;
  /** Milliseconds for which it was ready and had no worker. */
  wait: number;
}

/**
 * The chain of actions that decided when the build ended, first to last. Each began when the one before it ended: a
 * prerequisite, or, where it had been ready and had no worker, whatever left it one.
 */
export function criticalPath(g: ActionGraph): PathStep[] {
  let last: Action | null = null;
  for (const a of g.actions) if (a.done >= 0 && (last === null || a.done > last.done)) last = a;
  const byEnd = g.actions
    .filter(a => a.start >= 0 && a.done - a.start > moment)
    .sort((a, b) => a.done - b.done || a.id - b.id);
  const out: PathStep[] = [];
  const seen = new Set<number>();
  while (last !== null && !seen.has(last.id)) {
    const a: Action = last;
    seen.add(a.id);
    const wait = Math.max(0, a.start - a.ready);
    out.push({ id: a.id, wait });
    last = null;
    if (a.start >= 0 && wait > moment) last = endedBefore(byEnd, a);
    if (last !== null) continue;
    for (const d of a.deps) {
      const dep = g.actions[d];
      if (dep.done >= 0 && (last === null || dep.done > last.done)) last = dep;
    }
  }
  return out.reverse();
}

/** The last of the actions, in the order of their ends, that ended when this one began or before; null for none. */
function endedBefore(byEnd: readonly Action[], a: Action): Action | null {
  let low = 0;
  let high = byEnd.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byEnd[middle].done <= a.start + moment) low = middle + 1;
    else high = middle;
  }
  while (low > 0 && byEnd[low - 1] === a) low--;
  return byEnd[low - 1] ?? null;
}

export interface WhatIf {
  workers: number;
  /** The time an action of the record would take, in milliseconds; the recorded time unless changed. */
  duration?(a: Action): number;
}

/** Milliseconds the build would have taken (the go command's scheduler over the recorded durations). */
export function replay(g: ActionGraph, what: WhatIf): number {
  const { raw } = g;
  const n = raw.length;
  const waits = new Int32Array(n);
  const dependents: number[][] = raw.map(() => []);
  for (const a of raw) {
    for (const d of a.deps) {
      waits[a.id]++;
      dependents[d].push(a.id);
    }
  }
  const before = (x: number, y: number): boolean =>
    raw[x].priority !== raw[y].priority ? raw[x].priority < raw[y].priority : x < y;
  const ready = new Heap(before);
  const end = new Float64Array(n);
  const running = new Heap((x, y) => (end[x] !== end[y] ? end[x] < end[y] : x < y));
  for (let i = 0; i < n; i++) if (waits[i] === 0) ready.push(i);
  const workers = Math.max(1, Math.floor(what.workers));
  let now = 0;
  for (;;) {
    while (running.size < workers && ready.size > 0) {
      const i = ready.pop();
      const a = raw[i];
      const recorded = a.start >= 0 && a.done >= a.start ? a.done - a.start : 0;
      end[i] = now + Math.max(0, what.duration ? what.duration(a) : recorded);
      running.push(i);
    }
    if (running.size === 0) return now;
    const i = running.pop();
    now = end[i];
    for (const d of dependents[i]) if (--waits[d] === 0) ready.push(d);
  }
}

/** The largest number of recorded actions that ran at one time: the build's -p, or less if it never had that many. */
export function observedWorkers(g: ActionGraph): number {
  const events: [number, number][] = [];
  for (const a of g.raw) {
    if (a.start < 0 || a.done - a.start <= moment) continue;
    events.push([a.start, 1], [a.done, -1]);
  }
  events.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  let now = 0;
  let most = 1;
  for (const [, step] of events) {
    now += step;
    if (now > most) most = now;
  }
  return most;
}

/** A binary heap of numbers. */
class Heap {
  private readonly list: number[] = [];
  constructor(private readonly before: (a: number, b: number) => boolean) {}
  get size(): number {
    return this.list.length;
  }
  push(x: number): void {
    const { list, before } = this;
    let i = list.push(x) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(list[i], list[parent])) break;
      [list[i], list[parent]] = [list[parent], list[i]];
      i = parent;
    }
  }
  pop(): number {
    const { list, before } = this;
    const top = list[0];
    const last = list.pop() as number;
    if (list.length > 0) {
      list[0] = last;
      for (let i = 0; ; ) {
        let least = i;
        for (const c of [2 * i + 1, 2 * i + 2]) if (c < list.length && before(list[c], list[least])) least = c;
        if (least === i) break;
        [list[i], list[least]] = [list[least], list[i]];
        i = least;
      }
    }
    return top;
  }
}
