/** What `go list -m` says of a module (modload.moduleInfo). */
import { isAbsolute, join } from '../source/path.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import { escapePath } from './modpath.ts';
import {
  cacheDir,
  downloadDir,
  type Modules,
  mustHaveSums,
  notCached,
  replacement,
  replaceRelativeTo,
} from './modules.ts';
import { rawSummary } from './requirements.ts';
import { isToolchainPath, type ModuleVersion, versionKey } from './version.ts';

/** What go list shows of a module (modinfo.ModulePublic), in the order of its fields; '' and false are left out. */
export interface ModuleInfo {
  Path: string;
  Version: string;
  Replace: ModuleInfo | null;
  Time: string;
  Main: boolean;
  Indirect: boolean;
  Dir: string;
  GoMod: string;
  GoVersion: string;
  Error: string;
  Sum: string;
  GoModSum: string;
}

function bareInfo(path: string, version: string): ModuleInfo {
  return {
    Path: path,
    Version: version,
    Replace: null,
    Time: '',
    Main: false,
    Indirect: false,
    Dir: '',
    GoMod: '',
    GoVersion: '',
    Error: '',
    Sum: '',
    GoModSum: '',
  };
}

/** What is known of the module (modload.moduleInfo). */
export function moduleInfo(ms: Modules, m: ModuleVersion): ModuleInfo {
  const main = m.version === '' ? ms.mains.find(x => x.path === m.path) : undefined;
  if (main)
    return { ...bareInfo(m.path, ''), Main: true, GoVersion: main.goVersion, Dir: main.root, GoMod: main.gomod };
  const info = bareInfo(m.path, m.version);
  info.Indirect = !ms.direct.has(m.path);
  const r = replacement(ms, m);
  if (!r) {
    if (ms.vendor) info.GoVersion = ms.vendor.meta.get(versionKey(m))?.goVersion ?? '';
    else completeInfo(ms, info);
    return info;
  }
  const rep = bareInfo(r.path, r.version);
  info.Replace = rep;
  if (ms.vendor) rep.GoVersion = ms.vendor.meta.get(versionKey(m))?.goVersion ?? '';
  if (r.version === '') {
    rep.Dir = isAbsolute(r.path) ? r.path : join(replaceRelativeTo(ms), r.path);
    rep.GoMod = join(rep.Dir, 'go.mod');
  }
  if (!ms.vendor) {
    completeInfo(ms, rep);
    info.Dir = rep.Dir;
    info.GoMod = rep.GoMod;
  }
  info.GoVersion = rep.GoVersion;
  return info;
}

function completeInfo(ms: Modules, info: ModuleInfo): void {
  const m = { path: info.Path, version: info.Version };
  if (isToolchainPath(m.path)) return;
  const { fs } = ms.env;
  const sumOk = (suffix: string): boolean =>
    m.version === '' || !mustHaveSums(ms) || ms.sums.has(`${m.path} ${m.version}${suffix}`);
  if (m.version !== '') {
    const src = fs.readFile(join(downloadDir(ms, m.path), `${escapePath(m.version)}.info`));
    if (src) {
      const time = /"Time"\s*:\s*"([^"]*)"/.exec(decodeUtf8(src));
      if (time) info.Time = time[1];
    } else info.Error = notCached(ms.env, '');
  }
  if (info.GoVersion === '' && sumOk('/go.mod')) info.GoVersion = rawSummary(ms, m).goVersion;
  if (m.version === '') return;
  if (sumOk('/go.mod')) {
    const gomod = join(downloadDir(ms, m.path), `${escapePath(m.version)}.mod`);
    if (fs.stat(gomod) === 'file') info.GoMod = gomod;
    info.GoModSum = ms.sums.get(`${m.path} ${m.version}/go.mod`) ?? '';
  }
  if (sumOk('')) {
    const dir = cacheDir(ms, m);
    if (fs.stat(dir) === 'dir') info.Dir = dir;
    info.Sum = ms.sums.get(versionKey(m)) ?? '';
  }
}
