/** Answers a request for a report: the part of the server that the view asks. */
import path from 'node:path';
import { changeText } from '../../core/actions/inputs.ts';
import { type Forecast, type Prediction, predictionText } from '../../core/actions/explain.ts';
import { gorootOf } from '../build/go-command.ts';
import { parseTargets } from '../build/targets.ts';
import type { BuildTarget } from '../protocol/ports.ts';
import { cacheReport, repairCache } from '../cache-report.ts';
import { explainNext } from '../build/explain.ts';
import { cacheDir, trimDays } from '../go-cache.ts';
import { type Environment, findGo } from '../go-env.ts';
import { nodeFiles, slashed } from '../node-files.ts';
import type { CacheReport } from '../protocol/cache.ts';
import type { ReportIcon, ReportNode, ReportParams, ReportResult } from '../protocol/reports.ts';
import { formatAge, formatCount, formatSize } from '../protocol/units.ts';
import { type Verified, verifyBuild } from '../build/verify.ts';
import { cgoReport } from './cgo.ts';
import { mainsReport, modulesReport, reportLoading, sumsReport, upgradesReport } from './modules.ts';
import { variablesReport } from './variables.ts';
import { row } from './node.ts';
import { toolchainReport } from './toolchain.ts';

/** The report that is asked for, or why there is none; what goes wrong is told, not thrown. */
export async function makeReport(
  params: ReportParams,
  environment: Environment,
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<ReportResult> {
  try {
    const given = { ...environment, ...params.env };
    // What is said is of the Go that the settings choose.
    const root = gorootOf(params.program, given);
    const env = root === null ? given : { ...given, GOROOT: root };
    const [target = null] = parseTargets(params.target === '' ? [] : [params.target]);
    return await answer(params, target, env, signal, tell);
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

async function answer(
  params: ReportParams,
  target: BuildTarget | null,
  env: Environment,
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<ReportResult> {
  const { cwd, kind, flags } = params;
  const request = {
    cwd,
    packages: params.packages,
    targets: target ? [target] : [],
    profile: params.profile,
    profiles: params.profiles,
    flags,
    program: params.program,
  };
  switch (kind) {
    case 'next': {
      tell('asking go build -n');
      const explained = await explainNext({ ...request, folder: () => cwd }, env, signal);
      if (!explained.ok) return explained;
      return { ok: true, nodes: nextNodes(explained.said, explained.run.last !== null) };
    }
    case 'verify': {
      let builds = 0;
      const verified = await verifyBuild(request, env, signal, event => {
        const nth = builds < 2 ? 'first' : 'second';
        if (event.type === 'target') tell(`${++builds === 1 ? 'first' : 'second'} build: ${event.command}`);
        else if (event.type === 'progress') tell(`${nth} build: ${event.done} of ${event.total} ${event.compiling}`);
      });
      if (verified.message !== '') return { ok: false, message: verified.message };
      return { ok: true, nodes: verifyNodes(verified) };
    }
    case 'toolchain':
      return { ok: true, nodes: toolchainReport(cwd, env, gorootOf(params.program, env) !== null) };
    case 'modules':
      return { ok: true, nodes: modulesReport(cwd, env, flags) };
    case 'sums':
      return { ok: true, nodes: await sumsReport(cwd, env, flags, signal, tell) };
    case 'upgrades':
      return { ok: true, nodes: await upgradesReport(cwd, env, flags, signal, tell) };
    case 'variables':
      return { ok: true, nodes: await variablesReport(reportLoading(cwd, env, flags), flags, signal) };
    case 'mains':
      return { ok: true, nodes: mainsReport(cwd, env, flags) };
    case 'cgo':
    case 'compile':
      return { ok: true, nodes: await cgoReport(cwd, target, env, kind === 'compile', signal) };
    case 'cache':
    case 'checkCache':
    case 'repairCache': {
      const found = findGo(nodeFiles(), slashed(cwd), env);
      if (!found.ok) return found;
      const where = cacheDir(found.go, env);
      if (!where.ok) return where;
      const question = { dir: where.dir, check: kind !== 'cache', now: Date.now() };
      const report = await cacheReport(question, env, signal, (done, total) =>
        tell(`reading the cache, ${Math.round((100 * done) / total)} %`),
      );
      const removed = kind === 'repairCache' && !signal.aborted ? await repairCache(where.dir, report.faults) : null;
      // What is left is told, without hashing it another time.
      const left = removed?.length ? await cacheReport({ ...question, check: false }, env, signal, () => {}) : report;
      return { ok: true, nodes: cacheNodes({ ...left, checked: report.checked, faults: report.faults }, removed) };
    }
  }
}

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

export function verifyNodes(v: Verified): ReportNode[] {
  const head = v.reproducible
    ? row('good', 'Reproducible', 'the same bytes from another folder with another cache')
    : row(
        'bad',
        'Not reproducible',
        formatCount(v.files.filter(f => f.offset !== null).length, 'file') + ' came out different',
      );
  return [
    head,
    ...v.files.map(f =>
      f.offset === null
        ? row('good', f.file, `${f.sizes[0].toLocaleString('en')} bytes`)
        : row('bad', f.file, `${f.cause}: ${f.advice}`, {
            expanded: true,
            tooltip: f.advice,
            children: [
              row(
                'info',
                'First difference',
                `byte ${f.offset.toLocaleString('en')}${f.section === '' ? '' : ` in ${f.section}`}`,
              ),
              row('info', 'Bytes that differ', f.differing.toLocaleString('en')),
              row('info', 'What to change', f.advice, { tooltip: f.advice, copy: f.advice }),
            ],
          }),
    ),
  ];
}

export function cacheNodes(r: CacheReport, removed: readonly string[] | null): ReportNode[] {
  const now = Date.now();
  const verdict: ReportNode[] = [];
  if (removed !== null && removed.length > 0)
    verdict.push(
      row('good', 'Repaired', `${formatCount(removed.length, 'file')} removed`, {
        children: removed.map(f => row('file', path.basename(f), '', { tooltip: f })),
      }),
    );
  else if (r.faults.length > 0)
    verdict.push(
      row('bad', 'Damaged', formatCount(r.faults.length, 'file'), {
        expanded: true,
        children: r.faults.map(f =>
          row('bad', f.of || path.basename(f.file), f.message, { tooltip: `${f.message}\n${f.file}`, file: f.file }),
        ),
      }),
    );
  else
    verdict.push(
      row(
        r.checked ? 'good' : 'info',
        r.checked ? 'Every output is whole' : 'No entry is damaged',
        r.checked ? 'hashed again' : 'outputs are not hashed yet',
      ),
    );
  // The answer to what was asked comes first.
  const out = r.checked ? [...verdict] : [];
  out.push(
    row('folder', `${formatSize(r.size)} in ${formatCount(r.entries, 'entry')}`, r.dir, {
      file: r.dir,
      copy: r.dir,
    }),
    row(
      'time',
      r.trim.entries === 0
        ? 'Trimming would take nothing'
        : `Trimming takes ${formatSize(r.trim.size)} in ${formatCount(r.trim.entries, 'entry')}`,
      `what was not used for ${trimDays} days; last trimmed ${r.trimmed === null ? 'never' : formatAge(now - r.trimmed)}`,
    ),
  );
  if (r.oldest !== null) out.push(row('time', 'Oldest', `last used ${formatAge(now - r.oldest)}`));
  if (r.unused.files > 0)
    out.push(row('info', 'Outputs that no entry leads to', `${r.unused.files}, ${formatSize(r.unused.size)}`));
  if (!r.checked) out.push(...verdict);
  out.push(
    row('package', 'Packages', formatCount(r.packages.length, 'package'), {
      children: r.packages.slice(0, 1000).map(p =>
        row(
          'package',
          p.path,
          `${formatSize(p.size)}, ${formatCount(p.variants, 'variant')}, ${formatAge(now - p.used)}`,
          {
            tooltip: p.targets.join('\n'),
          },
        ),
      ),
    }),
    row('file', 'Other', '', {
      children: r.others.map(o => row('file', o.kind, `${formatSize(o.size)}, ${o.count.toLocaleString('en')}`)),
    }),
  );
  return out;
}
