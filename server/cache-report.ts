/**
 * What is in the go command's build cache: how much, for which packages, how old, what the next trimming takes, and what
 * is damaged. An output is named by the SHA-256 of its bytes, so re-hashing finds every damaged one; repair removes those
 * and the entries that lead to them, and nothing else.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { objectPackage } from '../core/binary/objectpackage.ts';
import { makeFolder } from './build/folder.ts';
import { sourceOfFd } from './binary/file.ts';
import { cacheFolder } from './cache-folder.ts';
import {
  type CacheEntry,
  day,
  entryFile,
  folderCount,
  isExecutable,
  lastTrimmed,
  parseEntry,
  trimDays,
} from './go-cache.ts';
import type { Environment } from './go-env.ts';
import type { CacheFault, CachePackage, CacheReport } from './protocol/cache.ts';

/** Milliseconds of an hour: the go command notes the use of an entry at most once an hour. */
const hour = 3_600_000;

interface OutputFile {
  hash: string;
  file: string;
  size: number;
  used: number;
  /** An executable that is cached lies in a folder of its own. */
  folder: boolean;
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
  const entries: { file: string; entry: CacheEntry }[] = [];
  for (const [i, folder] of foldersOf(dir).entries()) {
    if (signal.aborted) break;
    readFolder(folder, report, outputs, entries, cutoff);
    tell(i + 1, total);
    await new Promise(resolve => setImmediate(resolve));
  }
  const wanted = new Set<string>();
  const names = new PackageNames(env);
  for (const { file, entry } of entries) {
    wanted.add(entry.output);
    const output = outputs.get(entry.output);
    const fault = (message: string): void =>
      void report.faults.push({ file, hash: entry.key, of: output ? nameOf(names.of(output)) : '', message });
    // Outputs that were put there since their folder was read are not missing.
    if (!output) {
      if (!signal.aborted && !fs.existsSync(entryFile(dir, entry.output, 'd'))) fault('the output it leads to is gone');
    } else if (!output.folder && output.size !== entry.size)
      fault(`the output it leads to has ${output.size} bytes instead of ${entry.size}`);
  }
  const packages = new Map<string, CachePackage>();
  const others = new Map<string, { kind: string; count: number; size: number }>();
  let seen = 0;
  for (const o of outputs.values()) {
    if (signal.aborted) break;
    seen++;
    report.size += o.size;
    if (report.oldest === null || o.used < report.oldest) report.oldest = o.used;
    if (!wanted.has(o.hash)) {
      report.unused.files++;
      report.unused.size += o.size;
    }
    if (o.used < cutoff) report.trim.size += o.size;
    const kind = names.of(o);
    if (check && !(await hashIs(o))) {
      const message = 'its bytes are not those it was made of: the SHA-256 is another one';
      report.faults.push({ file: o.file, hash: o.hash, of: nameOf(kind), message });
    }
    if (typeof kind === 'string') {
      const row = others.get(kind) ?? { kind, count: 0, size: 0 };
      row.count++;
      row.size += o.size;
      others.set(kind, row);
    } else {
      const row = packages.get(kind.path) ?? { path: kind.path, variants: 0, targets: [], size: 0, used: 0 };
      const target = `${kind.goos}/${kind.goarch} ${kind.goVersion}`;
      row.variants++;
      row.size += o.size;
      row.used = Math.max(row.used, o.used);
      if (!row.targets.includes(target)) row.targets.push(target);
      packages.set(kind.path, row);
    }
    if (seen % 64 === 0) {
      await new Promise(resolve => setImmediate(resolve));
      tell(folderCount + Math.round((folderCount * seen) / outputs.size), total);
    }
  }
  names.save();
  report.packages = [...packages.values()].sort((a, b) => b.size - a.size);
  report.others = [...others.values()].sort((a, b) => b.size - a.size);
  return report;
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
  entries: { file: string; entry: CacheEntry }[],
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

interface Named {
  path: string;
  goos: string;
  goarch: string;
  goVersion: string;
}

const nameOf = (what: Named | string): string => (typeof what === 'string' ? what : what.path);

/** What outputs are, by their hash. The bytes behind a hash never change: each is looked at once, and remembered on disk. */
class PackageNames {
  private readonly file: string;
  private readonly known: Map<string, Named | string>;
  private readonly used = new Map<string, Named | string>();
  private added = false;

  constructor(env: Environment) {
    this.file = path.join(cacheFolder(env), 'outputs.json');
    this.known = new Map();
    try {
      const kept = JSON.parse(fs.readFileSync(this.file, 'utf8')) as { v?: unknown; outputs?: unknown };
      if (kept.v !== 1 || !Array.isArray(kept.outputs)) return;
      for (const [hash, what] of kept.outputs as [string, string][]) {
        const [path = '', goos = '', goarch = '', goVersion = ''] = what.split('\n');
        this.known.set(hash, goos === '' ? path : { path, goos, goarch, goVersion });
      }
    } catch {
      // Read for the first time.
    }
  }

  of(o: OutputFile): Named | string {
    let what = this.known.get(o.hash);
    if (what === undefined) {
      what = o.folder ? 'programs that go run and go tool built' : identify(o);
      this.added = true;
    }
    this.used.set(o.hash, what);
    return what;
  }

  save(): void {
    if (!this.added) return;
    try {
      makeFolder(path.dirname(this.file));
      const outputs = [...this.used].map(([hash, w]) => [
        hash,
        typeof w === 'string' ? w : [w.path, w.goos, w.goarch, w.goVersion].join('\n'),
      ]);
      fs.writeFileSync(`${this.file}.${process.pid}`, JSON.stringify({ v: 1, outputs }));
      fs.renameSync(`${this.file}.${process.pid}`, this.file);
    } catch {
      // It is read again next time.
    }
  }
}

/** The package an output is of, or what else it is. */
function identify(o: OutputFile): Named | string {
  if (o.size === 0) return 'empty: commands that said nothing';
  const fd = fs.openSync(o.file, 'r');
  try {
    const source = sourceOfFd(fd, o.size);
    const head = Buffer.from(source.read(0, Math.min(o.size, 64))).toString('latin1');
    if (head.startsWith('!<arch>\n')) {
      const found = objectPackage(source);
      return found && found.path !== '' ? found : 'archives of no package that is named';
    }
    if (head.startsWith('go index ')) return 'module indexes';
    if (isExecutable(head)) return 'programs and C objects';
    if (head.startsWith('GO PREPROFILE')) return 'profiles for optimisation';
    if (/^(ok|PASS|FAIL|---|=== |# test log)/m.test(head)) return 'results of tests';
    return 'sources that cgo and -cover made, output of compilers, vet';
  } catch {
    return 'not readable';
  } finally {
    fs.closeSync(fd);
  }
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
