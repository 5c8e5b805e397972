/**
 * Whether go.mod says all that the packages need. The go command refuses to go on where it would have to change the file
 * (modload.updateRoots, commitRequirements), unless -mod=mod lets it.
 */
import { isAbsolute, join } from '../source/path.ts';
import type { Loader, Resolved } from './loader.ts';
import { hasModRoot, type ModuleGraph, type Modules } from './modules.ts';
import { moduleGraph, selectedVersion, summary } from './requirements.ts';
import { compareSelected, versionKey } from './version.ts';

/** What the go command says of a go.mod that it may not update (modload.goModDirtyError). */
export function updatesText(ms: Modules): string {
  if (ms.buildModExplicit)
    return `updates to go.mod needed, disabled by -mod=${ms.buildMod}; to update it:\n\tgo mod tidy`;
  if (ms.buildModReason !== '')
    return `updates to go.mod needed, disabled by -mod=${ms.buildMod}\n\t(${ms.buildModReason})\n\tto update it:\n\tgo mod tidy`;
  return 'updates to go.mod needed; to update it:\n\tgo mod tidy';
}

/** Whether go.mod must stay as it is and be complete (modload.mustHaveCompleteRequirements). */
export function mustBeComplete(ms: Modules): boolean {
  return hasModRoot(ms) && ms.buildMod === 'readonly' && ms.work === null;
}

/** Whether go.mod names every root at the version that is selected of it. */
export function rootsSelected(ms: Modules, graph: ModuleGraph): boolean {
  return ms.roots.every(r => selectedVersion(graph, r.path) === r.version || ms.mains.some(m => m.path === r.path));
}

/** Whether go.mod requires a version that it excludes: the line does not count, and would be dropped. */
export function requiresExcluded(ms: Modules): boolean {
  if (ms.work !== null || !hasModRoot(ms)) return false;
  const { require, exclude } = ms.mains[0].file;
  const excluded = new Set(exclude.map(versionKey));
  return require.some(r => excluded.has(versionKey(r)));
}

/** Why the packages that were walked cannot be built with go.mod as it is; null when they can. */
export function updatesNeeded(ld: Loader, walk: readonly Resolved[]): string | null {
  const ms = ld.modules;
  const newer = walk.find(r => r.error?.kind === 'version');
  if (newer?.error) return newer.error.message;
  if (!mustBeComplete(ms)) return null;
  if (ms.pruning === 'unpruned') {
    const graph = moduleGraph(ms);
    if (graph.error !== null) return graph.error;
    if (!rootsSelected(ms, graph)) return updatesText(ms);
  } else {
    const check = new Map<string, Resolved>();
    for (const r of walk) {
      if (r.mod === null || !(r.inAll || r.root) || ms.mains.some(m => m.path === r.mod?.path)) continue;
      if (!ms.rootVersion.has(r.mod.path)) return updatesText(ms);
      check.set(versionKey(r.mod), r);
    }
    let graph = ms.graphCache;
    if (graph === null && [...check.values()].some(r => !isConsistent(ms, r))) {
      graph = moduleGraph(ms);
      if (graph.error !== null) return graph.error;
    }
    if (graph !== null && graph.error === null && !rootsSelected(ms, graph)) return updatesText(ms);
  }
  return requiresExcluded(ms) ? updatesText(ms) : null;
}

/** Whether what the module asks for is no newer than what go.mod has (modload.spotCheckRoots). */
function isConsistent(ms: Modules, { mod }: Resolved): boolean {
  if (mod === null) return true;
  const s = summary(ms, mod);
  if (s.error !== null) return false;
  return s.require.every(r => {
    const have = ms.rootVersion.get(r.path);
    return have === undefined || compareSelected(r.path, have, r.version) >= 0;
  });
}

/** Replacements of one module by two main modules of a workspace (modload.makeMainModules); null when they agree. */
export function conflictingReplaces(ms: Modules): string | null {
  if (ms.work === null) return null;
  const over = new Set(ms.work.file.replace.map(r => r.old.path));
  const known = new Map<string, { main: string; target: string }>();
  for (const main of ms.mains) {
    for (const r of main.file.replace) {
      if (over.has(r.old.path)) continue;
      const local = r.new.version === '';
      const path = local && !isAbsolute(r.new.path) ? join(main.root, r.new.path) : r.new.path;
      const target = local ? path : `${path}@${r.new.version}`;
      const old = r.old.version === '' ? r.old.path : `${r.old.path}@${r.old.version}`;
      const have = known.get(old);
      if (have !== undefined && have.main !== main.path && have.target !== target)
        return `conflicting replacements for ${old}:\n\t${have.target}\n\t${target}\nuse "go work edit -replace ${old}=[override]" to resolve`;
      known.set(old, { main: main.path, target });
    }
  }
  return null;
}
