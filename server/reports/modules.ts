/** The build list with its reasons: where each module comes from, who asks for it, what go.sum says, what is missing. */
import path from 'node:path';
import { loadPackages } from '../../core/load/load.ts';
import { loadModules } from '../../core/load/mainmodules.ts';
import { matchModules } from '../../core/load/listmodules.ts';
import type { ModuleInfo } from '../../core/load/moduleinfo.ts';
import { escapePath } from '../../core/load/modpath.ts';
import { matchPrefixPatterns, proxySteps } from '../../core/load/proxy.ts';
import { downloadDir, hasModRoot, moduleDir, type Modules, vendorDir } from '../../core/load/modules.ts';
import { errorText, formatPos, type Package, type PackageError, packageList } from '../../core/load/package.ts';
import { expandGraph } from '../../core/load/requirements.ts';
import { type ModuleVersion, versionKey, versionString } from '../../core/load/version.ts';
import type { Environment } from '../go-env.ts';
import { loadDefaults } from '../loading.ts';
import { slashed } from '../node-files.ts';
import type { ReportNode } from '../protocol/reports.ts';
import { formatCount } from '../protocol/units.ts';
import { reportLoading } from './loading.ts';
import { row } from './row.ts';

/** The build list, how modules are fetched, and which packages below the folder cannot be loaded. */
export function modulesReport(cwd: string, env: Environment, flags: readonly string[]): ReportNode[] {
  const { go, env: moduleEnv, target } = reportLoading(cwd, env, flags);
  const ms = loadModules(moduleEnv);
  const fatal = (text: string): ReportNode => {
    const [message = '', ...rest] = text.split('\n');
    return row('bad', message.replace(/; to fetch it:$/, ''), rest.join(' ').trim(), { tooltip: text, copy: text });
  };
  if (ms.fatal.length > 0) return ms.fatal.map(fatal);
  if (!hasModRoot(ms)) return [row('bad', 'No module here', 'go mod init makes one', { copy: 'go mod init' })];
  const out: ReportNode[] = [];
  for (const m of ms.mains)
    out.push(row('module', m.path, `main module, go ${m.goVersion}`, { file: m.gomod, tooltip: m.root }));
  if (ms.work) out.push(row('folder', 'Workspace', path.basename(ms.work.path), { file: ms.work.path }));
  out.push(
    row(
      'setting',
      `-mod=${ms.buildMod}`,
      ms.buildModReason || (ms.vendor ? `packages come from ${vendorDir(ms)}` : 'go.mod is not changed by builds'),
    ),
  );
  out.push(...proxies(name => go.get(name)));
  const list = ms.vendor
    ? { modules: [] as ModuleInfo[], fatal: [] as string[], errors: [] as string[] }
    : matchModules(ms, ['all']);
  out.push(...[...list.fatal, ...list.errors].map(fatal));
  const askers = ms.vendor ? new Map<string, string[]>() : whoAsks(ms);
  const rows = ms.vendor
    ? ms.vendor.list.map(m =>
        row('module', m.path, `${m.version}, vendored`, { file: path.join(vendorDir(ms), m.path) }),
      )
    : list.modules.filter(m => !m.Main).map(m => moduleRow(ms, m, askers, name => go.get(name)));
  const bad = rows.filter(r => r.icon === 'bad' || r.icon === 'warning');
  out.push(
    row(
      bad.length > 0 ? 'warning' : 'good',
      'Build list',
      `${formatCount(rows.length, 'module')}${bad.length > 0 ? `, ${bad.length} with something missing` : ''}`,
      {
        expanded: rows.length < 30,
        children: [...bad, ...rows.filter(r => !bad.includes(r))],
      },
    ),
  );
  const loaded = loadPackages(moduleEnv, target, ['./...'], loadDefaults);
  const broken = packageList(loaded.roots).flatMap(p => (p.error ? [{ package: p, error: p.error }] : []));
  out.push(...loaded.fatal.map(fatal));
  if (broken.length > 0)
    out.push(
      row('bad', 'Imports that lead nowhere', formatCount(broken.length, 'package'), {
        expanded: true,
        children: broken.slice(0, mostBroken).map(b => brokenRow(b, cwd, broken.length < 5)),
      }),
    );
  return out;
}

/** More broken packages are counted, but not shown one by one. */
const mostBroken = 200;

/** A package that cannot be loaded: what to do about it, and below it the imports that lead there. */
function brokenRow(broken: { package: Package; error: PackageError }, cwd: string, expanded: boolean): ReportNode {
  const { package: p, error } = broken;
  const text = errorText(error);
  const fix = /^\t((?:go|cd) .*)$/m.exec(text)?.[1] ?? '';
  const label = error.cycle ? `${p.importPath}: imports itself in a circle` : p.importPath || p.dir;
  const remedy = error.cycle ? 'drop one of these imports, or move what both need into a package of its own' : fix;
  const place = (pos: PackageError['pos']) => ({
    file: pos ? path.resolve(cwd, pos.file) : '',
    line: pos?.line ?? 0,
  });
  return row('bad', label, remedy || error.message.split('\n')[0], {
    tooltip: text,
    copy: fix || text,
    ...place(error.pos),
    expanded,
    children: error.stack.map(i =>
      row('package', i.path, i.pos ? `imported at ${formatPos(i.pos)}` : '', place(i.pos)),
    ),
  });
}

/** Where modules are asked for, in order (GOPROXY), who vouches for them (GOSUMDB), and for which that is not so. */
function proxies(get: (name: string) => string): ReportNode[] {
  const proxy = get('GOPROXY');
  const children = proxySteps(proxy).map(({ where, next }) => {
    const what =
      where === 'direct'
        ? 'from the version control system of the module'
        : where === 'off'
          ? 'nothing is downloaded'
          : '';
    const then =
      next === ''
        ? 'last'
        : next === 'not found'
          ? 'the next one if it has none (404, 410)'
          : 'the next one after any error';
    return row('setting', where, [what, then].filter(Boolean).join('; '));
  });
  const out = [row('setting', 'GOPROXY', proxy || 'as go has it built in', { children, copy: proxy })];
  const past = get('GONOPROXY') ? 'GONOPROXY' : 'GOPRIVATE';
  if (get(past) !== '') out.push(row('setting', past, `${get(past)}: directly, past the proxies`));
  const sums = get('GOSUMDB');
  out.push(
    row(
      'setting',
      'GOSUMDB',
      sums === 'off' ? 'off: what go.sum does not have is believed' : sums || 'as go has it built in',
    ),
  );
  const unchecked = get('GONOSUMDB') ? 'GONOSUMDB' : 'GOPRIVATE';
  if (get(unchecked) !== '' && unchecked !== past)
    out.push(row('setting', unchecked, `${get(unchecked)}: not checked by the checksum database`));
  return out;
}

/** Who requires each version that is selected, by `path version`. */
function whoAsks(ms: Modules): Map<string, string[]> {
  const out = new Map<string, string[]>();
  const graph = expandGraph(ms);
  for (const [asker, required] of graph.required)
    for (const r of required) {
      if (graph.selected.get(r.path) !== r.version) continue;
      const name = asker.trim();
      const key = versionKey(r);
      const have = out.get(key);
      if (have) have.push(name);
      else out.set(key, [name]);
    }
  return out;
}

function moduleRow(
  ms: Modules,
  m: ModuleInfo,
  askers: Map<string, string[]>,
  get: (name: string) => string,
): ReportNode {
  const version = { path: m.Path, version: m.Version };
  const real: ModuleVersion = m.Replace ? { path: m.Replace.Path, version: m.Replace.Version } : version;
  const at = moduleDir(ms, version);
  const children: ReportNode[] = [];
  const who = askers.get(versionKey(version)) ?? [];
  children.push(
    row('info', 'Required by', who.length === 0 ? 'the main module' : formatCount(who.length, 'module'), {
      children: who.map(w => row('module', w)),
    }),
  );
  if (m.Replace) children.push(row('info', 'Replaced by', versionString(real), { file: at.dir }));
  if (real.version !== '') {
    const download = path.join(downloadDir(ms, real.path), `${escapePath(real.version)}.zip`);
    const zip = ms.env.fs.stat(slashed(download)) === 'file';
    const sum = ms.sums.get(versionKey(real));
    const modSum = ms.sums.has(`${real.path} ${real.version}/go.mod`);
    children.push(
      row(zip ? 'good' : 'info', 'Downloaded', zip ? path.basename(download) : 'no zip in the module cache', {
        file: zip ? download : '',
      }),
    );
    children.push(
      row(
        sum ? 'good' : 'info',
        'go.sum',
        sum ?? (modSum ? 'go.mod only: none of its packages is needed' : 'not in it'),
        { copy: sum ?? '' },
      ),
    );
  }
  // A replacement in a folder is not fetched at all.
  const fetched = real.version !== '';
  const direct = fetched && matchPrefixPatterns(get('GONOPROXY') || get('GOPRIVATE'), real.path);
  const unchecked =
    fetched && (get('GOSUMDB') === 'off' || matchPrefixPatterns(get('GONOSUMDB') || get('GOPRIVATE'), real.path));
  if (direct || unchecked)
    children.push(
      row(
        'setting',
        direct ? 'Private' : 'Unchecked',
        [direct ? 'fetched directly' : '', unchecked ? 'not checked by the checksum database' : '']
          .filter(Boolean)
          .join(', '),
      ),
    );
  const origin = m.Replace
    ? `replaced by ${versionString(real)}`
    : at.error === null
      ? 'module cache'
      : 'not in the module cache';
  const needed = at.error !== null && !m.Indirect;
  const fix = at.sumMissing ? `go mod download ${versionString(real)}` : `go mod download ${versionString(version)}`;
  if (at.error !== null)
    children.unshift(
      row(needed ? 'warning' : 'info', at.error.split('\n')[0].replace(/; to fetch it:$/, ''), fix, { copy: fix }),
    );
  return row(needed ? 'warning' : 'module', m.Path, `${m.Version}${m.Indirect ? ', indirect' : ''}, ${origin}`, {
    file: at.error === null ? at.dir : '',
    tooltip: at.error ?? `${m.Path} ${m.Version}\n${at.dir}`,
    copy: needed ? fix : `${m.Path}@${m.Version}`,
    children,
  });
}
