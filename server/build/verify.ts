/**
 * Whether a build gives the same bytes anywhere: it is made twice, from different folders and with different caches, and
 * the files are compared; where they differ, the first section and what it most likely comes from.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sourceOf } from '../../core/binary/bytes.ts';
import { readBuildInfo } from '../../core/binary/buildinfo.ts';
import { readImage } from '../../core/binary/open.ts';
import { runBuilds } from './build.ts';
import { type BuildRequest, goOf } from './go-command.ts';
import { hintFor } from './hints.ts';
import type { Environment } from '../go-env.ts';
import { copySources, sourcesOf } from './module-copy.ts';
import { slashed } from '../node-files.ts';
import type { BuildEvent } from '../protocol/builds.ts';

export interface Difference {
  /** The executable's name. */
  file: string;
  sizes: [number, number];
  /** The first byte that differs; null when they are the same. */
  offset: number | null;
  /** The section it lies in, or what the format calls that part. */
  section: string;
  /** Bytes that differ, of the shorter file. */
  differing: number;
  cause: 'paths' | 'build information' | 'build ID' | 'cgo' | 'not found out';
  /** What to change, in a sentence. */
  advice: string;
}

export interface Verified {
  reproducible: boolean;
  /** One for each program. */
  files: Difference[];
  /** Why nothing could be compared; ''. */
  message: string;
}

/** Builds twice and compares. `tell` hears both builds. */
export async function verifyBuild(
  request: Omit<BuildRequest, 'folder'>,
  env: Environment,
  signal: AbortSignal,
  tell: (event: BuildEvent) => void,
): Promise<Verified> {
  const none = (message: string): Verified => ({ reproducible: false, files: [], message });
  const cwd = slashed(request.cwd);
  const found = goOf(request, env);
  if (!found.ok) return none(found.message);
  const sources = sourcesOf(cwd, slashed(found.go.get('GOWORK')), found.go.goroot);
  if (sources === null) {
    const said = "go.mod file not found in current directory or any parent directory; see 'go help modules'";
    return none(`${said}; ${hintFor(said)}`);
  }
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-verify-'));
  try {
    const copy = path.join(scratch, 'elsewhere', 'deeper', path.basename(sources.top));
    copySources(sources, copy);
    const copied = (file: string): string => path.join(copy, path.relative(sources.top, file));
    const outs = [path.join(scratch, 'first'), path.join(scratch, 'second')];
    // The copy has no version control to be stamped with.
    const flags = [...request.flags, '-buildvcs=false'];
    const cache = path.join(scratch, 'cache');
    const runs: [string, Environment][] = [
      [request.cwd, env],
      [copied(cwd), { ...env, GOCACHE: cache, GOWORK: sources.work === '' ? 'off' : copied(sources.work) }],
    ];
    for (const [i, [where, environment]] of runs.entries()) {
      const { results, message } = await runBuilds(
        { ...request, cwd: where, flags, folder: () => outs[i] },
        { ...environment, GOSPECT_CACHE: path.join(scratch, 'records') },
        signal,
        tell,
      );
      const failed = results.find(r => r.status !== 'ok');
      if (message !== '' || failed || results.length === 0)
        return none(message || failed?.message || `the ${i === 0 ? 'first' : 'second'} build failed`);
      if (results[0].files.length === 0) return none('nothing to compare: the packages have no main package');
    }
    const compared = fs
      .readdirSync(outs[0])
      .sort()
      .map(name =>
        compare(
          name,
          outs,
          sources.folders.flatMap(f => [f, copied(f)]),
        ),
      );
    return { reproducible: compared.every(d => d.offset === null), files: compared, message: '' };
  } finally {
    // Compilers of a build that was stopped may still be writing.
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

function compare(name: string, [first, second]: string[], folders: readonly string[]): Difference {
  const a = fs.readFileSync(path.join(first, name));
  const b = fs.readFileSync(path.join(second, name));
  const out: Difference = {
    file: name,
    sizes: [a.length, b.length],
    offset: null,
    section: '',
    differing: 0,
    cause: 'not found out',
    advice: '',
  };
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] === b[i]) continue;
    out.offset ??= i;
    out.differing++;
  }
  if (out.offset === null && a.length !== b.length) out.offset = length;
  if (out.offset === null) return out;
  const at = out.offset;
  const image = readImage(sourceOf(a), image => {
    const section = image.sections.find(s => at >= s.offset && at < s.offset + s.fileSize);
    const part = image.parts.find(p => at >= p.offset && at < p.offset + p.size);
    const info = readBuildInfo(image);
    return { section: section?.name ?? part?.name ?? '', settings: info?.settings ?? [] };
  });
  if (image.ok) out.section = image.value.section;
  const cgo = image.ok && image.value.settings.some(s => s.key === 'CGO_ENABLED' && s.value === '1');
  const settings = (bytes: Buffer): string => {
    const read = readImage(sourceOf(bytes), i => readBuildInfo(i)?.text ?? '');
    return read.ok ? read.value : '';
  };
  if (folders.some(f => a.includes(f) || b.includes(f))) {
    out.cause = 'paths';
    out.advice = 'The folder of the sources is in the file: build with -trimpath (profile release or reproducible).';
  } else if (settings(a) !== settings(b)) {
    out.cause = 'build information';
    out.advice = 'The recorded settings differ: compare gospect version -m of the two, and give the flags that differ.';
  } else if (cgo) {
    out.cause = 'cgo';
    out.advice =
      'C code is in it, whose compiler writes its own paths and options: CGO_ENABLED=0 or the same C compiler.';
  } else if (/buildid/i.test(out.section)) {
    out.cause = 'build ID';
    out.advice = 'Only the build ID differs, which follows from the inputs: compare the packages with gospect explain.';
  } else out.advice = 'Nothing that is known to differ was found in the file.';
  return out;
}
