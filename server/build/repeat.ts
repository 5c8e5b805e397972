/**
 * Builds that find nothing to do. go is run as always. If it names the same actions as a recorded build, runs none of them
 * and leaves the programs alone, the record describes this build too: reading it whole and writing the same again would
 * take a tenth of the time that go takes.
 */
import fs from 'node:fs';
import path from 'node:path';
import { previousOf } from './previous.ts';
import type { RecordHead } from './records.ts';
import type { Environment } from '../go-env.ts';
import type { TargetResult } from '../protocol/builds.ts';

/** The keys of all actions that -debug-actiongraph wrote, in their order; '' when something ran. */
export function idleActions(graph: string): string {
  // Only an action that ran has commands; in JSON no text holds a quote that is not escaped.
  if (graph.includes('"Cmd": [')) return '';
  const keys = graph.match(/"ActionID": "[^"]*"/g);
  return keys === null ? '' : keys.map(key => key.slice('"ActionID": "'.length, -1)).join();
}

/** Puts the programs that lie in `folder` where go is to build them, as links: their names. */
export function showPrograms(folder: string, bin: string, names: readonly string[]): Set<string> {
  const there = new Set<string>();
  for (const name of names) {
    if (name !== path.basename(name)) continue;
    try {
      const file = path.join(folder, name);
      if (!fs.lstatSync(file).isFile()) continue;
      fs.linkSync(file, path.join(bin, name));
      there.add(name);
    } catch {
      // It is gone, or there are no links here: go links it anew.
    }
  }
  return there;
}

export function isSame(a: string, b: string): boolean {
  const [x, y] = [fs.statSync(a, { bigint: true }), fs.statSync(b, { bigint: true })];
  return x.ino === y.ino && x.dev === y.dev;
}

/** What go was shown, and what came of it. */
interface Repeat {
  env: Environment;
  head: RecordHead;
  /** What -debug-actiongraph wrote. */
  graph: string;
  bin: string;
  folder: string;
  there: ReadonlySet<string>;
}

/** Whether the build did nothing, as the one that the record's head describes; then the result is filled from there. */
export function repeats({ env, head, graph, bin, folder, there }: Repeat, result: TargetResult): boolean {
  if (head.actions === '' || head.actions !== idleActions(graph)) return false;
  if (fs.readdirSync(bin).some(name => !there.has(name))) return false;
  const kept = (name: string): boolean => there.has(name) && isSame(path.join(bin, name), path.join(folder, name));
  if (!head.programs.every(kept)) return false;
  const files = head.programs.map(name => {
    const to = path.join(folder, name);
    return {
      path: to,
      size: fs.statSync(to).size,
      before: head.sizes[name] ?? null,
      previous: previousOf(env, head.key, to),
    };
  });
  if (files.some(f => f.size !== f.before)) return false;
  Object.assign(result, head.told, { status: 'ok', files, record: head.key });
  return true;
}
