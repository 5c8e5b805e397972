/** Newer versions of modules, as rows. */
import type { Change } from '../../core/load/upgrade.ts';
import type { Environment } from '../go-env.ts';
import type { ReportNode } from '../protocol/reports.ts';
import { formatCount } from '../protocol/units.ts';
import { changeLine, findUpgrades } from '../upgrades.ts';
import { reportLoading } from './loading.ts';
import { row } from './row.ts';

/** What newer versions there are and what each would change; asks the proxies. */
export async function upgradesReport(
  cwd: string,
  env: Environment,
  flags: readonly string[],
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<ReportNode[]> {
  const answer = await findUpgrades(reportLoading(cwd, env, flags), [], signal, tell);
  if (!answer.ok) return [row('bad', answer.message.split('\n')[0], '', { tooltip: answer.message })];
  const { modules, together } = answer.found;
  const newer = modules.filter(m => m.upgrade !== '');
  const changeRow = (c: Change): ReportNode => {
    const arrow =
      c.before === 'none' ? `added, ${c.after}` : c.after === 'none' ? 'removed' : `${c.before} → ${c.after}`;
    return row('info', c.path, arrow, { copy: changeLine(c) });
  };
  const others = (changes: readonly Change[]): string =>
    changes.length === 0 ? 'changes nothing else' : `changes ${formatCount(changes.length, 'other')} too`;
  const out = newer.map(m => {
    const get = `go get ${m.path}@${m.upgrade}`;
    const [icon, note] =
      m.retracted === null ? (['module', ''] as const) : (['warning', ', the one in use is retracted'] as const);
    return row(icon, m.path, `${m.version} → ${m.upgrade}${note}, ${others(m.changes)}`, {
      tooltip: [get, m.retracted, m.deprecated && `deprecated: ${m.deprecated}`, m.message].filter(Boolean).join('\n'),
      copy: get,
      children: m.changes.map(changeRow),
    });
  });
  for (const m of modules.filter(x => x.upgrade === '' && (x.retracted !== null || x.deprecated !== '')))
    out.push(
      row('warning', m.path, `${m.version}, ${m.retracted === null ? 'deprecated' : 'retracted'}`, {
        tooltip: m.retracted || m.deprecated,
      }),
    );
  const silent = modules.filter(m => m.message !== '');
  const head = row(
    newer.length > 0 ? 'info' : silent.length > 0 ? 'warning' : 'good',
    newer.length > 0
      ? `${formatCount(newer.length, 'module')} of ${modules.length} can be upgraded`
      : 'No newer version',
    newer.length > 0
      ? 'copying a row gives the command'
      : `${formatCount(modules.length - silent.length, 'module')} asked for`,
    { expanded: out.length < 40, children: out },
  );
  const all =
    newer.length > 1
      ? [
          row('info', 'All of them', formatCount(together.length, 'change'), {
            copy: `go get ${newer.map(m => `${m.path}@${m.upgrade}`).join(' ')}`,
            children: together.map(changeRow),
          }),
        ]
      : [];
  const unasked =
    silent.length === 0
      ? []
      : [
          row('warning', 'Not found out', formatCount(silent.length, 'module'), {
            children: silent.map(m => row('warning', m.path, m.message, { tooltip: m.message })),
          }),
        ];
  return [head, ...all, ...unasked];
}
