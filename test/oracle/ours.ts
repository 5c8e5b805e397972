/** Our own lines of -m for the packages of the oracle, by the code that `gospect m` runs. */
import { availableParallelism } from 'node:os';
import { packageDesc } from '../../core/load/package.ts';
import { decodeUtf8 } from '../../core/source/utf8.ts';
import { compilePatterns, parseGcflags, shortenPaths } from '../../server/analysis/batch.ts';
import { prepareLoading } from '../../server/loading.ts';
import { normalise, type Target } from './gc.ts';

export interface OurLines {
  path: string;
  lines: string[];
  /** What kept the package from being analysed; empty. */
  error: string;
}

export async function* ourLines(packages: readonly string[], target: Target): AsyncGenerator<OurLines> {
  const flags = new Map([
    ['goos', target.goos],
    ['goarch', target.goarch],
  ]);
  const compile = parseGcflags(target.gcflags.split(' '));
  for (const flag of target.flags) {
    const name = flag.slice(1);
    if (name.startsWith('pgo=')) flags.set('pgo', name.slice(4));
    if (name.startsWith('overlay=')) flags.set('overlay', name.slice(8));
    if (name.startsWith('coverpkg=')) flags.set('coverpkg', name.slice(9));
    if (name.startsWith('covermode=')) flags.set('covermode', name.slice(10));
    if (name === 'cover') flags.set('cover', '');
    if (name !== 'race' && name !== 'msan' && name !== 'asan') continue;
    flags.set(name, '');
    compile[name] = true;
  }
  const loading = prepareLoading(flags, {
    cwd: target.dir,
    env: { ...process.env, CGO_ENABLED: target.cgo ? '1' : '0', GOTOOLCHAIN: 'local' },
  });
  const results = compilePatterns(packages, loading, {
    flags: compile,
    rendering: 'lines',
    store: null,
    tests: target.tests,
    threads: availableParallelism(),
  });
  for await (const { package: p, text, errors } of results)
    yield {
      path: target.tests ? packageDesc(p) : p.importPath,
      lines: (text ?? []).flatMap(piece => normalise(shortenPaths(decodeUtf8(piece), p.dir, target.dir))),
      error: errors.slice(0, 3).join('; '),
    };
}
