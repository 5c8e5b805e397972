/** The main packages of a module. */
import path from 'node:path';
import { loadPackages } from '../../core/load/load.ts';
import type { Environment } from '../go-env.ts';
import { loadDefaults } from '../loading.ts';
import type { ReportNode } from '../protocol/reports.ts';
import { reportLoading } from './loading.ts';
import { row } from './row.ts';

/** The main packages of the module; copying one gives it as go run takes it. */
export function mainsReport(cwd: string, env: Environment, flags: readonly string[]): ReportNode[] {
  const { env: moduleEnv, target } = reportLoading(cwd, env, flags);
  const { roots } = loadPackages(moduleEnv, target, ['./...'], loadDefaults);
  return roots
    .filter(p => p.name === 'main' && p.dir !== '')
    .map(p => {
      const within = path.relative(cwd, p.dir).replaceAll('\\', '/');
      return row('package', p.importPath, within === '' ? '.' : within, {
        file: p.dir,
        copy: within === '' ? '.' : `./${within}`,
      });
    });
}
