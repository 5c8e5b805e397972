/** The modules that `go list -m` arguments mean (modload.listModules), versions asked for aside. */
import { type ModuleInfo, moduleInfo } from './moduleinfo.ts';
import { hasModRoot, type Modules } from './modules.ts';
import { buildList, expandGraph, moduleGraph, selectedVersion } from './requirements.ts';
import { matchPattern } from './pattern.ts';
import { noMainModules } from './resolve.ts';
import { mustBeComplete, requiresExcluded, rootsSelected, updatesText } from './updates.ts';
import { isToolchainPath, versionKey } from './version.ts';

export interface MatchedModules {
  modules: ModuleInfo[];
  warnings: string[];
  fatal: string[];
  /** What is wrong with the module graph, which -e passes over. */
  errors: string[];
}

export function matchModules(ms: Modules, args: readonly string[]): MatchedModules {
  const out: MatchedModules = {
    modules: [],
    warnings: ms.warnings.map(w => `go: ${w}`),
    fatal: [...ms.fatal],
    errors: [],
  };
  if (out.fatal.length > 0) return out;
  if (args.length === 0) {
    out.modules = ms.mains.map(m => moduleInfo(ms, { path: m.path, version: '' }));
    return out;
  }
  let full = false;
  for (const arg of args) {
    if (arg.includes('\\')) out.fatal.push('module paths never use backslash');
    else if (/^\.\.?(\/|$)/.test(arg)) out.fatal.push(`cannot use relative path ${arg} to specify module`);
    else if (arg.includes('@'))
      out.fatal.push(`${arg}: versions are looked up on the network, which is not used here: name the module alone`);
    else if (arg === 'all' || arg.includes('...')) {
      full = true;
      if (!hasModRoot(ms)) out.fatal.push(`cannot match "${arg}": ${noMainModules(ms)}`);
      else if (ms.vendor)
        out.fatal.push(
          arg === 'all'
            ? "can't compute 'all' using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)"
            : "can't match module patterns using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)",
        );
    } else if (!ms.mains.some(m => m.path === arg) && (!ms.rootVersion.has(arg) || ms.pruning === 'unpruned')) {
      full = true;
      if (!hasModRoot(ms))
        out.fatal.push(`cannot match "${arg}" without -versions or an explicit version: ${noMainModules(ms)}`);
    }
  }
  if (out.fatal.length > 0) return out;
  // the roots before they are made consistent
  const grown = full && moduleGraph(ms).error === null && !rootsSelected(ms, moduleGraph(ms));
  const graph = full ? expandGraph(ms) : null;
  if (graph?.error) out.errors.push(graph.error);
  else if (mustBeComplete(ms) && ((graph !== null && grown) || requiresExcluded(ms))) {
    out.errors.push(updatesText(ms));
    return out;
  }
  const seen = new Set<string>();
  for (const arg of args) {
    if (arg !== 'all' && !arg.includes('...')) {
      const isMain = ms.mains.some(m => m.path === arg);
      const version = graph ? selectedVersion(graph, arg) : isMain ? '' : (ms.rootVersion.get(arg) ?? 'none');
      if (version !== 'none') out.modules.push(moduleInfo(ms, { path: arg, version }));
      else if (!graph?.error) {
        const info = moduleInfo(ms, { path: arg, version: '' });
        const why = ms.vendor
          ? "can't resolve module using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)"
          : 'not a known dependency';
        out.modules.push({ ...info, Indirect: false, GoVersion: '', Replace: null, Error: why });
      }
      continue;
    }
    const match = arg === 'all' ? () => true : matchPattern(arg);
    let any = false;
    for (const m of graph ? buildList(graph) : []) {
      if (isToolchainPath(m.path) || !match(m.path) || seen.has(versionKey(m))) continue;
      seen.add(versionKey(m));
      any = true;
      out.modules.push(moduleInfo(ms, m));
    }
    if (!any) out.warnings.push(`warning: pattern "${arg}" matched no module dependencies`);
  }
  return out;
}
