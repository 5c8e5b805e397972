/** Our own lines of -m for packages that may have errors, by the code that analyses what is being edited. */
import { messageLevel } from '../../core/ir/message.ts';
import { loadPackages } from '../../core/load/load.ts';
import { messageLines } from '../../core/remark/wording.ts';
import { finish } from '../../core/source/steps.ts';
import { Program } from '../../core/summary/program.ts';
import { parseGcflags, shortenPaths } from '../../server/analysis/batch.ts';
import { loadDefaults, prepareLoading } from '../../server/loading.ts';
import { nodeParser } from '../../server/node-parser.ts';
import { memorySummaries } from '../summaries.ts';
import { normalise, type Target } from './gc.ts';
import type { OurLines } from './ours.ts';

/** `overlay` names a file as -overlay does; empty. The lines of a package are not in gc's order. */
export async function liveLines(packages: readonly string[], target: Target, overlay: string): Promise<OurLines[]> {
  const { dir, gcflags } = target;
  const loading = prepareLoading(new Map(overlay === '' ? [] : [['overlay', overlay]]), {
    cwd: dir,
    env: { ...process.env, GOOS: target.goos, GOARCH: target.goarch, CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
  });
  const loaded = loadPackages(loading.env, loading.target, packages, loadDefaults);
  if (loaded.fatal.length > 0) throw new Error(loaded.fatal.join('\n'));
  const flags = parseGcflags(gcflags.split(' '));
  const store = { summaries: memorySummaries(), version: '' };
  const host = { fs: loading.fs, parser: await nodeParser(), target: loading.target, flags, store };
  return loaded.roots.map(p => {
    const program = new Program(host, true);
    program.edited = p;
    const { compiled, failure } = finish(program.compile(p));
    const text = (compiled?.messages ?? [])
      .filter(msg => messageLevel(msg.kind) <= flags.m)
      .flatMap(msg => messageLines(msg, flags.m))
      .join('\n');
    return { path: p.importPath, lines: normalise(shortenPaths(text, p.dir, dir)), error: failure };
  });
}
