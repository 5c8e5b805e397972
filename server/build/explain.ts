/** What the next build would do: the go command's dry run, the record of the last build and the cache, put together. */
import fs from 'node:fs';
import path from 'node:path';
import { type Forecast, forecast } from '../../core/actions/explain.ts';
import type { InputChange } from '../../core/actions/inputs.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import type { BuildRequest } from './go-command.ts';
import { entryFault } from '../go-cache.ts';
import type { Environment } from '../go-env.ts';

/** The forecast for a build of this request, or why it cannot be made. */
export async function explainNext(
  request: BuildRequest,
  env: Environment,
  signal: AbortSignal,
): Promise<{ ok: true; run: DryRun; said: Forecast } | { ok: false; message: string }> {
  const dry = await dryRun(request, env, signal);
  if (!dry.ok) return dry;
  const { run } = dry;
  const said = forecast(run.graph, run.keys, {
    before: run.last?.keys ?? null,
    forced: request.flags.includes('-a'),
    entry: sum => (run.cache === '' ? null : entryFault(run.cache, sum, run.last?.time ?? Number.POSITIVE_INFINITY)),
  });
  const other = run.last !== null && run.cache !== '' && run.last.cache !== '' && run.last.cache !== run.cache;
  const folders = new Map(run.keys.map(k => [k.name, folderOf(k.lines)]));
  for (const p of said.packages) {
    if (p.verdict === 'absent' && other)
      p.note = `the cache is another one (GOCACHE was ${run.last?.cache}, is ${run.cache})`;
    const folder = folders.get(`build ${p.package}`);
    if (!folder) continue;
    const out = p.changes.find(c => c.kind === 'file' && c.after === null && fs.existsSync(path.join(folder, c.name)));
    if (!out) continue;
    if (p.changes.some(c => c.kind === 'tool' && c.name === 'cgo' && c.after === null)) {
      // CGO_ENABLED is in no key; files that are no longer compiled follow from it.
      const follows = (c: InputChange): boolean =>
        c.after === null && (c.kind === 'cgo' || c.kind === 'tool' || c.name === 'CC' || c.kind === 'file');
      const rest = p.changes.filter(c => !follows(c));
      p.changes = [{ kind: 'environment', name: 'CGO_ENABLED', before: '1', after: '0' }, ...rest];
    } else p.note = `${out.name} is still there: its name or a build constraint leaves it out now`;
  }
  return { ok: true, run, said };
}

/** The folder of a package as its key has it; null for std and with -trimpath. */
function folderOf(lines: readonly string[]): string | null {
  const line = lines.find(l => l.startsWith('"dir '));
  return line === undefined ? null : line.slice('"dir '.length, -'\\n"'.length);
}
