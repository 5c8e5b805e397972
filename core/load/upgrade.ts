/**
 * What a newer version of a module would be, and what asking for it would change: the query "upgrade" of the go command
 * (modload/query.go) and minimal version selection over a go.mod that asks for it (modload/edit.go).
 * Versions and go.mod files are handed in.
 */
import type { ModFile } from './modfile.ts';
import type { Modules } from './modules.ts';
import { buildList, expandGraph } from './requirements.ts';
import { compareSemver, isSemver, type ModuleVersion, sortVersions } from './version.ts';

/** Whether the version is one before a release; pseudo-versions are. */
function isPrerelease(v: string): boolean {
  return /^v\d+\.\d+\.\d+-/.test(v);
}

/** Whether the version says a commit: v0.0.0-20060102150405-abcdefabcdef and its like (module.IsPseudoVersion). */
function isPseudo(v: string): boolean {
  return /^v\d+\.(?:0\.0-|\d+\.\d+-(?:[^+]*\.)?0\.)\d{14}-[A-Za-z0-9]+(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/.test(
    v,
  );
}

/** The versions that a proxy lists, least first: valid ones, no pseudo-versions (modfetch.proxyRepo.Versions). */
export function listedVersions(text: string): string[] {
  const all = text.split('\n').map(line => line.split(/\s+/)[0]);
  return all.filter(v => isSemver(v) && !isPseudo(v)).sort(compareSemver);
}

/**
 * The newest commit among what a proxy lists, by the time beside it or the one that a pseudo-version says, for a proxy
 * that does not name the newest itself (modfetch.proxyRepo.latest); ''.
 */
export function newestListed(text: string): string {
  let best = '';
  let newest = '';
  for (const line of text.split('\n')) {
    const [version = '', stated = ''] = line.split(/\s+/);
    if (!isSemver(version)) continue;
    const own = isPseudo(version) ? (/(\d{14})-[A-Za-z0-9]+(?:\+|$)/.exec(version)?.[1] ?? '') : '';
    const time = stated.replaceAll(/\D/g, '').slice(0, 14) || own;
    if (time > newest) [best, newest] = [version, time];
  }
  return best;
}

export interface Offered {
  /** What is listed, least first. */
  versions: readonly string[];
  /** What stands for the newest commit when nothing is listed that may be taken; ''. */
  latest: string;
  /** The go.mod that says what is retracted: of the newest version, retracted or not; null when there is none. */
  newest: ModFile | null;
  /** Versions that the main module excludes. */
  excluded: ReadonlySet<string>;
  /** Whether that version has a go.mod of its own, not one that was made up for it. */
  hasGoMod(version: string): boolean;
}

/** Why the version is retracted, or null when it is not (modload.CheckRetractions). */
export function retraction(newest: ModFile | null, version: string): string | null {
  for (const r of newest?.retract ?? [])
    if (compareSemver(r.low, version) <= 0 && compareSemver(version, r.high) <= 0) return r.rationale;
  return null;
}

/** The version that upgrading would take, newer than the current one; '' when there is none (query "upgrade"). */
export function upgradeOf(current: string, o: Offered): string {
  const allowed = (v: string): boolean => !o.excluded.has(v) && retraction(o.newest, v) === null;
  let release = '';
  let prerelease = '';
  let compatible = '';
  let incompatible = false;
  for (const v of o.versions) {
    if (!allowed(v)) continue;
    if (!incompatible) {
      if (!v.endsWith('+incompatible')) compatible = v;
      else if (compatible !== '') {
        // A module with a go.mod says its major version in its path: higher ones are other modules.
        if (o.hasGoMod(compatible)) break;
        incompatible = true;
      }
    }
    if (isPrerelease(v)) prerelease = v;
    else release = v;
  }
  const found = release || prerelease || (o.latest !== '' && allowed(o.latest) ? o.latest : '');
  return found !== '' && compareSemver(current, found) < 0 ? found : '';
}

/** A module whose selected version changes; 'none' for one that comes or goes. The path `go` is Go itself. */
export interface Change {
  path: string;
  before: string;
  after: string;
}

/** The build list with the module at that version, as go get leaves it; and why it cannot be told, or null. */
export function upgraded(
  ms: Modules,
  wanted: readonly ModuleVersion[],
): { list: ModuleVersion[]; error: string | null } {
  const paths = new Set(wanted.map(w => w.path));
  const roots = sortVersions([...ms.roots.filter(r => !paths.has(r.path)), ...wanted]);
  // Go itself is upgraded where a module asks for that: none is refused for being too new.
  const env = { ...ms.env, goVersion: '1.9999' };
  const asked: Modules = {
    ...ms,
    env,
    roots,
    rootVersion: new Map(roots.map(r => [r.path, r.version])),
    graphCache: null,
    summaries: new Map(),
    files: new Map(),
  };
  const graph = expandGraph(asked);
  return { list: buildList(graph), error: graph.error };
}

/** What is selected otherwise, by path; the toolchain line follows the go line and is left out. */
export function listChanges(before: readonly ModuleVersion[], after: readonly ModuleVersion[]): Change[] {
  const was = new Map(before.map(m => [m.path, m.version]));
  const now = new Map(after.map(m => [m.path, m.version]));
  const out: Change[] = [];
  for (const path of [...new Set([...was.keys(), ...now.keys()])].sort()) {
    const [b, a] = [was.get(path) ?? 'none', now.get(path) ?? 'none'];
    if (a !== b && path !== 'toolchain') out.push({ path, before: b, after: a });
  }
  return out;
}
