/** Whether the module cache is what go.sum says. */
import path from 'node:path';
import { matchModules } from '../../core/load/listmodules.ts';
import { loadModules } from '../../core/load/mainmodules.ts';
import { escapePath } from '../../core/load/modpath.ts';
import { downloadDir } from '../../core/load/modules.ts';
import type { Environment } from '../go-env.ts';
import { slashed } from '../node-files.ts';
import type { ReportNode } from '../protocol/reports.ts';
import { formatCount } from '../protocol/units.ts';
import { reportLoading } from './loading.ts';
import { goModHash, zipHash } from './module-zip.ts';
import { row } from './row.ts';

/** Hashes the zips and go.mod files of the build list and compares with go.sum: go mod verify, without running it. */
export async function sumsReport(
  cwd: string,
  env: Environment,
  flags: readonly string[],
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<ReportNode[]> {
  const { env: moduleEnv } = reportLoading(cwd, env, flags);
  const ms = loadModules(moduleEnv);
  if (ms.fatal.length > 0) return ms.fatal.map(f => row('bad', f));
  const list = matchModules({ ...ms, vendor: null, buildMod: 'mod' }, ['all']).modules.filter(m => !m.Main);
  const out: ReportNode[] = [];
  let good = 0;
  let absent = 0;
  for (const [i, m] of list.entries()) {
    if (signal.aborted) break;
    tell(`${i + 1} of ${list.length}: ${m.Path}`);
    const real = m.Replace ?? m;
    if (real.Version === '') continue;
    const base = path.join(downloadDir(ms, real.Path), escapePath(real.Version));
    const name = `${real.Path} ${real.Version}`;
    const bad = (label: string, detail: string, file: string): void => {
      out.push(
        row('bad', name, `${label}: ${detail}`, {
          file,
          copy: `go clean -modcache && go mod download ${real.Path}@${real.Version}`,
        }),
      );
    };
    const modFile = ms.env.fs.readFile(slashed(`${base}.mod`));
    const modSum = ms.sums.get(`${name}/go.mod`);
    if (modFile && modSum && goModHash(modFile) !== modSum)
      bad('go.mod', `is ${goModHash(modFile)}, go.sum says ${modSum}`, `${base}.mod`);
    const sum = ms.sums.get(name);
    if (ms.env.fs.stat(slashed(`${base}.zip`)) !== 'file') {
      absent++;
      continue;
    }
    try {
      const is = await zipHash(`${base}.zip`);
      if (sum === undefined)
        out.push(row('info', name, `not in go.sum; its zip is ${is}`, { file: `${base}.zip`, copy: is }));
      else if (is !== sum) bad('zip', `is ${is}, go.sum says ${sum}`, `${base}.zip`);
      else good++;
    } catch (error) {
      bad('zip', error instanceof Error ? error.message : String(error), `${base}.zip`);
    }
  }
  const failed = out.filter(n => n.icon === 'bad').length;
  out.unshift(
    row(
      failed > 0 ? 'bad' : 'good',
      failed > 0 ? `${formatCount(failed, 'file')} not as go.sum says` : 'Every zip is what go.sum says',
      `${good} compared${absent > 0 ? `, ${absent} not downloaded` : ''}`,
    ),
  );
  return out;
}
