/** What the outputs of the go command's build cache are: packages, programs, results of tests and others. */
import fs from 'node:fs';
import path from 'node:path';
import { objectPackage } from '../core/binary/objectpackage.ts';
import { sourceOfFd } from './binary/file.ts';
import { makeFolder } from './build/folder.ts';
import { cacheFolder } from './cache-folder.ts';
import { isExecutable } from './go-cache.ts';
import type { Environment } from './go-env.ts';

/** An output as it lies in the cache. */
export interface OutputFile {
  hash: string;
  file: string;
  size: number;
  used: number;
  /** An executable that is cached lies in a folder of its own. */
  folder: boolean;
}

/** A compiled package. */
export interface Named {
  path: string;
  goos: string;
  goarch: string;
  goVersion: string;
}

export const nameOf = (what: Named | string): string => (typeof what === 'string' ? what : what.path);

/** What outputs are, by their hash. The bytes behind a hash never change: each is looked at once, and remembered on disk. */
export class OutputNames {
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
      const known = [...this.used].filter(([, what]) => what !== UNREADABLE);
      const outputs = known.map(([hash, w]) => [
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

/** An output that could not be read: it may be next time. */
const UNREADABLE = 'not readable';

/** The package an output is of, or what else it is. */
function identify(o: OutputFile): Named | string {
  if (o.size === 0) return 'empty: commands that said nothing';
  let fd: number;
  try {
    fd = fs.openSync(o.file, 'r');
  } catch {
    // trimmed since its folder was read, or not ours to read
    return UNREADABLE;
  }
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
    return UNREADABLE;
  } finally {
    fs.closeSync(fd);
  }
}
