/**
 * What is kept of a build: its action graph and the lines hashed into its keys, for the page and for the next build. A
 * record is a file of two lines: the head, all that a list and a build that finds nothing to do need, and the body, which
 * is a hundred times as long.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type CacheKey, hashText } from '../../core/actions/keys.ts';
import { makeFolder } from './folder.ts';
import { cacheFolder } from '../cache-folder.ts';
import type { Environment } from '../go-env.ts';
import type { ProcessInfo, RecordInfo, TargetResult } from '../protocol/builds.ts';

export interface RecordHead {
  v: 3;
  /** What was built: the same in the next build of the same thing. */
  key: string;
  title: string;
  target: string;
  /** Bytes of each program that builds of this made. */
  sizes: Record<string, number>;
  /** When it began, in milliseconds since 1970. */
  time: number;
  /** Milliseconds from its first action to the end of its last. */
  wall: number;
  /** Milliseconds in which packages were loaded, before the first action; -1 when not known. */
  loading: number;
  /** The folder of go's build cache; '' when a program keeps it. */
  cache: string;
  /** How many actions ran: with none the build tells nothing new. */
  ran: number;
  /** The keys of its actions (`idleActions`), when none ran; ''. */
  actions: string;
  /** What was made, by name, and what was said of it. */
  programs: string[];
  told: Pick<TargetResult, 'cached' | 'compiled' | 'packages' | 'cgo' | 'linkage' | 'needs'>;
}

export interface BuildRecord extends RecordHead {
  /** What -debug-actiongraph wrote. */
  graph: string;
  keys: CacheKey[];
  /** The keys of the build before, of packages whose key changed. */
  before: CacheKey[] | null;
  processes: ProcessInfo[] | null;
}

function recordFile(env: Environment, id: string): string {
  return path.join(cacheFolder(env), 'builds', `${id}.json`);
}

/** The identifier under which the last build of the same thing lies. */
export function recordId(cwd: string, target: string, flags: readonly string[], packages: readonly string[]): string {
  return hashText(JSON.stringify([cwd, target, flags, packages])).slice(0, 24);
}

const maxRecords = 96;
/** Earlier builds of the same thing that are kept, to compare with. */
const maxEarlier = 5;

/**
 * Writes the record, whole or not at all, and removes the oldest beyond a bound; false where the cache cannot be written.
 * The record before is kept too, unless nothing ran in either build: idle builds do not crowd out others.
 */
export function saveRecord(env: Environment, id: string, record: BuildRecord, last: RecordHead | null): boolean {
  try {
    const file = recordFile(env, id);
    const dir = path.dirname(file);
    makeFolder(dir);
    const replaces = record.ran === 0 && last?.ran === 0;
    if (!replaces) keepEarlier(dir, id);
    const temporary = `${file}.${process.pid}`;
    const { graph, keys, before, processes, ...head } = record;
    fs.writeFileSync(temporary, `${JSON.stringify(head)}\n${JSON.stringify({ graph, keys, before, processes })}`);
    fs.renameSync(temporary, file);
    if (replaces) return true;
    const old = fs
      .readdirSync(dir)
      .map(name => ({ name, time: fs.statSync(path.join(dir, name)).mtimeMs }))
      .sort((a, b) => b.time - a.time)
      .slice(maxRecords);
    for (const { name } of old) fs.rmSync(path.join(dir, name), { force: true });
    return true;
  } catch {
    return false;
  }
}

/** Keeps the build before this one under a name with its time, and removes the oldest beyond a bound. */
function keepEarlier(dir: string, id: string): void {
  const file = path.join(dir, `${id}.json`);
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat) fs.renameSync(file, path.join(dir, `${id}-${Math.round(stat.mtimeMs)}.json`));
  const earlier = fs
    .readdirSync(dir)
    .filter(name => name.startsWith(`${id}-`))
    .sort();
  for (const name of earlier.slice(0, -maxEarlier)) fs.rmSync(path.join(dir, name), { force: true });
}

/** More are not offered. */
const maxListed = 24;

/** The newest of the builds that are kept, newest first. */
export function listRecords(env: Environment): RecordInfo[] {
  let names: string[];
  try {
    const dir = path.join(cacheFolder(env), 'builds');
    names = fs
      .readdirSync(dir)
      .map(name => ({ name, time: fs.statSync(path.join(dir, name)).mtimeMs }))
      .sort((a, b) => b.time - a.time)
      .map(f => f.name);
  } catch {
    return [];
  }
  const out: RecordInfo[] = [];
  for (const name of names) {
    if (out.length === maxListed) break;
    const id = name.replace(/\.json$/, '');
    const head = loadHead(env, id);
    if (!head) continue;
    out.push({
      record: id,
      title: head.title,
      target: head.target,
      time: head.time,
      wall: head.wall,
      run: head.told.compiled,
    });
  }
  return out.sort((a, b) => b.time - a.time);
}

const isIdentifier = (id: string): boolean => /^[0-9a-f]{1,64}(-\d{1,16})?$/.test(id);

export function loadRecord(env: Environment, id: string): BuildRecord | null {
  if (!isIdentifier(id)) return null;
  try {
    const text = fs.readFileSync(recordFile(env, id), 'utf8');
    const end = text.indexOf('\n');
    const head = headOf(text.slice(0, Math.max(end, 0)));
    const body = JSON.parse(text.slice(end + 1)) as Omit<BuildRecord, keyof RecordHead>;
    return head && typeof body.graph === 'string' && Array.isArray(body.keys) ? { ...head, ...body } : null;
  } catch {
    return null;
  }
}

function headOf(line: string): RecordHead | null {
  const head = JSON.parse(line) as RecordHead;
  return head.v === 3 && Array.isArray(head.programs) ? head : null;
}

/** A head is longer than this only where a build has thousands of packages or programs: then the record is read whole. */
const headBytes = 1 << 16;

/** The head of the record alone. */
export function loadHead(env: Environment, id: string): RecordHead | null {
  if (!isIdentifier(id)) return null;
  let fd: number | null = null;
  try {
    fd = fs.openSync(recordFile(env, id), 'r');
    const buffer = Buffer.allocUnsafe(headBytes);
    const read = buffer.subarray(0, fs.readSync(fd, buffer, 0, headBytes, 0));
    const end = read.indexOf('\n');
    return end < 0 ? loadRecord(env, id) : headOf(read.toString('utf8', 0, end));
  } catch {
    return null;
  } finally {
    if (fd !== null) fs.closeSync(fd);
  }
}

/** Notes that a build did again what the record tells: records that were not used for longest are removed first. */
export function touchRecord(env: Environment, id: string): void {
  try {
    const now = new Date();
    fs.utimesSync(recordFile(env, id), now, now);
  } catch {
    // Then it goes earlier.
  }
}

/** What makes two builds comparable although target, flags or folder differ: the folder, or the module and the place in it. */
export interface Place {
  cwd: string;
  /** Path of the main module, and the working folder in it; '' without one. */
  module: string;
  within: string;
}

/** The identifiers of the last build of the same packages, whatever its target and flags: here, and of this module anywhere. */
function latestIds({ cwd, module, within }: Place, packages: readonly string[]): string[] {
  const id = (...what: string[]): string => hashText(JSON.stringify(['latest', ...what, packages])).slice(0, 24);
  return module === '' ? [id(cwd)] : [id(cwd), id('module', module, within)];
}

/** Remembers which record is the last of its packages. */
export function saveLatest(env: Environment, place: Place, packages: readonly string[], id: string): void {
  for (const latest of latestIds(place, packages)) {
    try {
      fs.writeFileSync(recordFile(env, latest), JSON.stringify({ id }));
    } catch {
      // Without it an explanation has one comparison less.
    }
  }
}

/** The record of the last build of the same packages, with whatever target and flags; null when there is none. */
export function loadLatest(env: Environment, place: Place, packages: readonly string[]): BuildRecord | null {
  for (const latest of latestIds(place, packages)) {
    try {
      const { id } = JSON.parse(fs.readFileSync(recordFile(env, latest), 'utf8')) as { id?: unknown };
      const record = typeof id === 'string' ? loadRecord(env, id) : null;
      if (record) return record;
    } catch {
      // Not built there.
    }
  }
  return null;
}

/** The keys of the earlier record that are not the same in the later one. */
export function changedKeys(before: readonly CacheKey[], after: readonly CacheKey[]): CacheKey[] {
  const now = new Map(after.map(k => [k.name, k.sum]));
  return before.filter(k => now.has(k.name) && now.get(k.name) !== k.sum);
}
