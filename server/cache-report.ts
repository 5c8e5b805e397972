/**
 * What is in the go command's build cache: how much, for which packages, how old, what the next trimming takes, and what
 * is damaged. An output is named by the SHA-256 of its bytes, so re-hashing finds every damaged one; repair removes those
 * and the entries that lead to them, and nothing else.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { nameOf, type OutputFile, OutputNames } from './cache-outputs.ts';
import { type CacheEntry, day, entryFile, folderCount, lastTrimmed, parseEntry, trimDays } from './go-cache.ts';
import type { Environment } from './go-env.ts';
import type { CacheFault, CachePackage, CacheReport } from './protocol/cache.ts';

/** Milliseconds of an hour: the go command notes the use of an entry at most once an hour. */
const hour = 3_600_000;

/** An entry, and the file that it was read from. */
interface Entry {
  file: string;
  entry: CacheEntry;
}

export interface CacheQuestion {
  dir: string;
  /** Re-hash every output. */
  check: boolean;
  now: number;
}

/** What `tell` counts to: half of it is reading folders, half looking at outputs. */
const total = 2 * folderCount;

/** Reads the cache; `tell` hears how far it is. Aborting ends it with what was found so far. */
export async function cacheReport(
  { dir, check, now }: CacheQuestion,
  env: Environment,
  signal: AbortSignal,
  tell: (done: number, total: number) => void,
): Promise<CacheReport> {
  const cutoff = now - trimDays * day - hour;
  const report: CacheReport = {
    v: 1,
    dir,
    entries: 0,
    size: 0,
    oldest: null,
    trimmed: lastTrimmed(dir),
    trim: { entries: 0, size: 0 },
    unused: { files: 0, size: 0 },
    packages: [],
    others: [],
    checked: check,
    faults: [],
  };
  const outputs = new Map<string, OutputFile>();
  const entries: Entry[] = [];
  for (const [i, folder] of foldersOf(dir).entries()) {
    if (signal.aborted) break;
    readFolder(folder, report, outputs, entries, cutoff);
    tell(i + 1, total);
    await new Promise(resolve => setImmediate(resolve));
  }
  const names = new OutputNames(env);
  for (const entry of entries) addFault(entry, report, outputs, names, signal);
  const wanted = new Set(entries.map(({ entry }) => entry.output));
  let seen = 0;
  for (const o of outputs.values()) {
    if (signal.aborted) break;
    report.size += o.size;
    if (report.oldest === null || o.used < report.oldest) report.oldest = o.used;
    if (!wanted.has(o.hash)) {
      report.unused.files++;
      report.unused.size += o.size;
    }
    if (o.used < cutoff) report.trim.size += o.size;
    const what = names.of(o);
    if (check && !(await hashIs(o))) {
      const message = 'its bytes are not those it was made of: the SHA-256 is another one';
      report.faults.push({ file: o.file, hash: o.hash, of: nameOf(what), message });
    }
    if (++seen % 64 === 0) {
      await new Promise(resolve => setImmediate(resolve));
      tell(folderCount + Math.round((folderCount * seen) / outputs.size), total);
    }
  }
  addRows(report, [...outputs.values()].slice(0, seen), names);
  names.save();
  return report;
}

/** Adds to the report what is wrong with an entry's output, hashes aside. */
function addFault(
  { file, entry }: Entry,
  report: CacheReport,
  outputs: ReadonlyMap<string, OutputFile>,
  names: OutputNames,
  signal: AbortSignal,
): void {
  const output = outputs.get(entry.output);
  const fault = (message: string): void =>
    void report.faults.push({ file, hash: entry.key, of: output ? nameOf(names.of(output)) : '', message });
  // an output that was put there since its folder was read is not missing
  if (!output) {
    const there = signal.aborted || fs.existsSync(entryFile(report.dir, entry.output, 'd'));
    if (!there) fault('the output it leads to is gone');
  } else if (!output.folder && output.size !== entry.size)
    fault(`the output it leads to has ${output.size} bytes instead of ${entry.size}`);
}

/** Adds the outputs up by package, or by what else they are, the largest first. */
function addRows(report: CacheReport, outputs: readonly OutputFile[], names: OutputNames): void {
  const packages = new Map<string, CachePackage>();
  const others = new Map<string, CacheReport['others'][number]>();
  for (const o of outputs) {
    const kind = names.of(o);
    if (typeof kind === 'string') {
      const row = others.get(kind) ?? { kind, count: 0, size: 0 };
      row.count++;
      row.size += o.size;
      others.set(kind, row);
      continue;
    }
    const row = packages.get(kind.path) ?? { path: kind.path, variants: 0, targets: [], size: 0, used: 0 };
    const target = `${kind.goos}/${kind.goarch} ${kind.goVersion}`;
    row.variants++;
    row.size += o.size;
    row.used = Math.max(row.used, o.used);
    if (!row.targets.includes(target)) row.targets.push(target);
    packages.set(kind.path, row);
  }
  report.packages = [...packages.values()].sort((a, b) => b.size - a.size);
  report.others = [...others.values()].sort((a, b) => b.size - a.size);
}

/** The folders of the cache, whether they are there or not. */
function foldersOf(dir: string): string[] {
  return Array.from({ length: folderCount }, (_, i) => path.join(dir, i.toString(16).padStart(2, '0')));
}

/** Reads one folder: adds its outputs and entries to the lists, and the number and faults of its entries to the report. */
function readFolder(
  folder: string,
  report: CacheReport,
  outputs: Map<string, OutputFile>,
  entries: Entry[],
  cutoff: number,
): void {
  let files: string[];
  try {
    files = fs.readdirSync(folder);
  } catch {
    return;
  }
  for (const file of files) {
    const m = /^([0-9a-f]{64})-([ad])$/.exec(file);
    if (!m) continue;
    const full = path.join(folder, file);
    const stat = fs.statSync(full, { throwIfNoEntry: false });
    // Trimmed meanwhile.
    if (!stat) continue;
    if (m[2] === 'd') {
      const inner = stat.isDirectory() ? onlyFile(full) : { file: full, size: stat.size };
      if (inner) outputs.set(m[1], { hash: m[1], ...inner, used: stat.mtimeMs, folder: stat.isDirectory() });
      continue;
    }
    report.entries++;
    if (stat.mtimeMs < cutoff) report.trim.entries++;
    const fault = (message: string): void => void report.faults.push({ file: full, hash: m[1], of: '', message });
    let text: string;
    try {
      text = fs.readFileSync(full, 'latin1');
    } catch {
      fault('the entry cannot be read');
      continue;
    }
    const entry = parseEntry(text, m[1]);
    if (typeof entry === 'string') fault(entry.replace('its entry in the cache', 'the entry'));
    else entries.push({ file: full, entry });
  }
}

/** The program in a folder of the cache, and its size. */
function onlyFile(folder: string): { file: string; size: number } | null {
  try {
    const [name] = fs.readdirSync(folder);
    const file = path.join(folder, name);
    return { file, size: fs.statSync(file).size };
  } catch {
    return null;
  }
}

async function hashIs(o: OutputFile): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of fs.createReadStream(o.file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  } catch {
    return false;
  }
  return hash.digest('hex') === o.hash;
}

/** Removes the files of the faults, and the entries that lead to damaged outputs; returns what was removed. */
export async function repairCache(dir: string, faults: readonly CacheFault[]): Promise<string[]> {
  const removed = new Set<string>();
  const bad = new Set(faults.filter(f => !f.file.endsWith('-a')).map(f => f.hash));
  const remove = async (file: string): Promise<void> => {
    await fs.promises.rm(file, { recursive: true, force: true });
    removed.add(file);
  };
  if (bad.size > 0) {
    for (const folder of foldersOf(dir)) {
      for (const name of await fs.promises.readdir(folder).catch(() => [] as string[])) {
        if (!name.endsWith('-a')) continue;
        const text = await fs.promises.readFile(path.join(folder, name), 'latin1').catch(() => '');
        const entry = parseEntry(text, name.slice(0, -2));
        if (typeof entry !== 'string' && bad.has(entry.output)) await remove(path.join(folder, name));
      }
    }
    for (const hash of bad) await remove(entryFile(dir, hash, 'd'));
  }
  for (const f of faults) if (f.file.endsWith('-a')) await remove(f.file);
  return [...removed];
}
