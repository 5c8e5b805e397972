/** What the next build does, as rows. */
import { changeText } from '../../core/actions/inputs.ts';
import { type Forecast, type Prediction, predictionText } from '../../core/actions/explain.ts';
import type { ReportIcon, ReportNode } from '../protocol/reports.ts';
import { formatCount } from '../protocol/units.ts';
import { row } from './row.ts';

const icons: Record<Prediction['verdict'], ReportIcon> = {
  rebuilt: 'rebuilt',
  absent: 'rebuilt',
  new: 'rebuilt',
  forced: 'rebuilt',
  unproved: 'rebuilt',
  depends: 'depends',
};

/** The forecast: an answer first, then packages by what is said of them. */
export function nextNodes(f: Forecast, recorded: boolean): ReportNode[] {
  const sure = f.packages.filter(p => p.certain);
  const open = f.packages.length - sure.length;
  const parts = [
    formatCount(sure.length, 'package') + ' built again',
    open > 0 ? `${formatCount(open, 'package')} if what they import comes out different` : '',
    `${f.kept} kept`,
  ].filter(Boolean);
  const head =
    f.packages.length === 0
      ? row('good', 'Nothing is compiled', `${formatCount(f.kept, 'package')} kept`)
      : row('info', parts.slice(0, -1).join(', '), parts.at(-1));
  const order: Prediction['verdict'][] = ['rebuilt', 'absent', 'new', 'forced', 'unproved', 'depends'];
  const titles: Record<Prediction['verdict'], string> = {
    rebuilt: 'An input changed',
    absent: 'No longer in the cache',
    new: 'New in this build',
    forced: 'Forced by -a',
    unproved: 'Not in the cache; the cause is not proved',
    depends: 'Depends on the output of others',
  };
  const short = shortNames(f.packages.map(p => p.package));
  const groups = order.flatMap(verdict => {
    const list = f.packages.filter(p => p.verdict === verdict);
    if (list.length === 0) return [];
    const children = list.map(p =>
      row(icons[verdict], short(p.package), headline(p), {
        tooltip: `${p.package}\n${predictionText(p)}`,
        copy: p.package,
        children: details(p),
      }),
    );
    return [
      row(icons[verdict], titles[verdict], formatCount(list.length, 'package'), {
        expanded: list.length <= 40,
        children,
      }),
    ];
  });
  const out = [head, ...groups];
  for (const l of f.links)
    out.push(row('link', `link ${l}`, 'unless the program in its place is up to date: the cache does not hold links'));
  if (!recorded && f.packages.length > 0)
    out.push(row('info', 'No earlier build is recorded', 'build once, and causes are named'));
  if (f.cgoKept.length > 0)
    out.push(
      row('warning', 'C headers in other folders and pkg-config are in no key', 'after a change there, build with -a', {
        tooltip: 'golang/go#24355',
        children: f.cgoKept.map(p => row('package', p)),
      }),
    );
  return out;
}

/** Import paths without the folders that all of them begin with, as `…/store`. */
export function shortNames(paths: readonly string[]): (path: string) => string {
  const [first = '', ...rest] = paths.map(p => p.split('/'));
  let same = Math.max(0, first.length - 1);
  for (const words of rest) {
    let i = 0;
    while (i < same && i < words.length - 1 && words[i] === first[i]) i++;
    same = i;
  }
  if (paths.length < 2 || same < 2) return path => path;
  return path => `…/${path.split('/').slice(same).join('/')}`;
}

function headline(p: Prediction): string {
  if (p.verdict === 'depends')
    return p.ifSame === 'kept' ? `${p.on.join(', ')}; kept if that comes out as before` : p.on.join(', ');
  if (p.verdict !== 'rebuilt') return p.note;
  return changeText(p.changes[0]) + (p.changes.length > 1 ? ` and ${p.changes.length - 1} more` : '');
}

function details(p: Prediction): ReportNode[] {
  const out = p.changes.map(c =>
    row(c.kind === 'file' ? 'file' : c.kind === 'import' ? 'package' : 'setting', changeText(c), '', {
      tooltip: c.before !== null && c.after !== null ? `${c.before}\n→ ${c.after}` : '',
    }),
  );
  if (p.note !== '' && p.verdict === 'rebuilt') out.push(row('info', p.note));
  for (const on of p.on) out.push(row('depends', `waits for the output of ${on}`));
  for (const r of p.roots) if (!p.on.includes(r)) out.push(row('info', `which goes back to ${r}`));
  return out;
}
