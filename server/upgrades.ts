/** Newer versions of the modules of a build list, and what each would change: the only analysis that asks a network. */
import { loadModules } from '../core/load/mainmodules.ts';
import { matchModules } from '../core/load/listmodules.ts';
import { type ModFile, parseModFile } from '../core/load/modfile.ts';
import { hasModRoot } from '../core/load/modules.ts';
import { noMainModules } from '../core/load/resolve.ts';
import { buildList, expandGraph } from '../core/load/requirements.ts';
import {
  type Change,
  listChanges,
  listedVersions,
  newestListed,
  type Offered,
  retraction,
  upgraded,
  upgradeOf,
} from '../core/load/upgrade.ts';
import type { ModuleVersion } from '../core/load/version.ts';
import type { FileSystem } from '../core/source/files.ts';
import { encodeUtf8 } from '../core/source/utf8.ts';
import type { Loading } from './loading.ts';
import { type ModuleProxy, moduleProxy } from './module-proxy.ts';

export interface Upgrade {
  path: string;
  /** What is selected now. */
  version: string;
  /** The newer version; '' when there is none. */
  upgrade: string;
  indirect: boolean;
  /** Why the version that is selected should not be used any more; null. */
  retracted: string | null;
  /** What is said of the module's end; ''. */
  deprecated: string;
  /** What else the build list would select otherwise; the path `go` is Go itself. */
  changes: Change[];
  /** What could not be found out; ''. */
  message: string;
}

export interface Upgrades {
  modules: Upgrade[];
  /** All upgrades at once: what the build list would select otherwise, those modules included. */
  together: Change[];
}

/** A change in a line, in the words of go get. */
export function changeLine({ path, before, after }: Change): string {
  if (before === 'none') return `added ${path} ${after}`;
  if (after === 'none') return `removed ${path} ${before}`;
  return `${path} ${before} => ${after}`;
}

/** Looks for newer versions of the modules that are named, all when none is. */
export async function findUpgrades(
  loading: Loading,
  names: readonly string[],
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<{ ok: true; found: Upgrades } | { ok: false; message: string }> {
  const cached = newFiles(loading.env.fs, `${loading.env.gomodcache}/cache/download/`);
  const work = loadModules({ ...loading.env, mod: '' }).work !== null;
  const ms = loadModules({ ...loading.env, fs: cached.fs, mod: work ? '' : 'mod' });
  ms.buildMod = 'mod';
  ms.vendor = null;
  if (ms.fatal.length > 0) return { ok: false, message: ms.fatal.join('\n') };
  if (!hasModRoot(ms)) return { ok: false, message: noMainModules(ms) };
  const proxy = moduleProxy(name => loading.go.get(name), signal);
  // the build list may need go.mod files that were never downloaded
  const unanswered = await complete(cached, proxy, () => {
    ms.graphCache = null;
    ms.summaries.clear();
    ms.files.clear();
    expandGraph(ms);
  });
  const matched = matchModules(ms, names.length > 0 ? names : ['all']);
  const fatal = [...matched.fatal, ...matched.errors];
  if (fatal.length > 0) return { ok: false, message: unanswered || fatal.join('\n') };
  const wrong = matched.modules.find(m => m.Error !== '');
  if (wrong) return { ok: false, message: `${wrong.Path}: ${wrong.Error}` };
  const excluded = new Map<string, Set<string>>();
  for (const { file } of ms.mains)
    for (const { path, version } of file.exclude) excluded.set(path, (excluded.get(path) ?? new Set()).add(version));
  const list = matched.modules.filter(m => !m.Main);
  let done = 0;
  const modules = await Promise.all(
    list.map(async (m): Promise<Upgrade> => {
      const answer = await offered(m.Path, excluded.get(m.Path) ?? new Set(), proxy);
      tell(`${++done} of ${list.length}: ${m.Path}`);
      const plain = { path: m.Path, version: m.Version, indirect: m.Indirect, changes: [] };
      if (typeof answer === 'string')
        return { ...plain, upgrade: '', retracted: null, deprecated: '', message: answer };
      return {
        ...plain,
        upgrade: upgradeOf(m.Version, answer),
        retracted: retraction(answer.newest, m.Version),
        deprecated: answer.newest?.deprecated ?? '',
        message: '',
      };
    }),
  );
  if (signal.aborted) return { ok: false, message: 'cancelled' };
  const newer = modules.filter(m => m.upgrade !== '');
  if (ms.work || newer.length === 0) return { ok: true, found: { modules, together: [] } };
  const before = buildList(expandGraph(ms));
  const change = async (wanted: ModuleVersion[]): Promise<{ changes: Change[]; error: string | null }> => {
    let after = upgraded(ms, wanted);
    await complete(cached, proxy, () => (after = upgraded(ms, wanted)));
    return { changes: listChanges(before, after.list), error: after.error };
  };
  for (const [i, m] of newer.entries()) {
    if (signal.aborted) return { ok: false, message: 'cancelled' };
    tell(`what changes, ${i + 1} of ${newer.length}: ${m.path}`);
    const { changes, error } = await change([{ path: m.path, version: m.upgrade }]);
    m.changes = changes.filter(c => c.path !== m.path);
    if (error !== null) m.message = error.split('\n')[0].replace(/; to fetch it:$/, '');
  }
  const { changes: together } = await change(newer.map(m => ({ path: m.path, version: m.upgrade })));
  return { ok: true, found: { modules, together } };
}

/** The versions of a module and what speaks against them, or why that cannot be told. */
async function offered(path: string, excluded: ReadonlySet<string>, proxy: ModuleProxy): Promise<Offered | string> {
  const list = await proxy.ask(path, '@v/list');
  if (!list.ok && !list.absent) return list.message;
  const versions = list.ok ? listedVersions(list.text) : [];
  let latest = '';
  if (versions.length === 0) {
    const answer = await proxy.ask(path, '@latest');
    latest = answer.ok ? latestVersion(answer.text) : newestListed(list.ok && answer.absent ? list.text : '');
    if (!answer.ok && latest === '') return list.ok ? answer.message : list.message;
  }
  const mods = new Map<string, string>();
  const read = async (version: string): Promise<void> => {
    const answer = await proxy.ask(path, `@v/${version}.mod`);
    if (answer.ok) mods.set(version, answer.text);
  };
  // the go.mod of the newest version says what is retracted, even where it is retracted itself
  const releases = versions.filter(v => !/^v\d+\.\d+\.\d+-/.test(v));
  const newest =
    releases.filter(v => !v.endsWith('+incompatible')).at(-1) ?? releases.at(-1) ?? versions.at(-1) ?? latest;
  if (newest !== '') await read(newest);
  const text = mods.get(newest);
  const file: ModFile | null = text === undefined ? null : parseModFile(encodeUtf8(text), true);
  // the go.mod of the last version before them decides whether +incompatible versions count
  const first = versions.findIndex(v => v.endsWith('+incompatible'));
  const compatible = versions.slice(0, Math.max(first, 0));
  const last = compatible.findLast(v => !excluded.has(v) && retraction(file, v) === null);
  if (last !== undefined && !mods.has(last)) await read(last);
  const hasGoMod = (v: string): boolean => mods.has(v) && !/^module "?[^\s"]+"?\n?$/.test(mods.get(v) ?? '');
  return { versions, latest, newest: file, excluded, hasGoMod };
}

function latestVersion(text: string): string {
  try {
    const { Version } = JSON.parse(text) as { Version?: unknown };
    return typeof Version === 'string' ? Version : '';
  } catch {
    return '';
  }
}

interface NewFiles {
  fs: FileSystem;
  /** go.mod files of the module cache that were looked for and are not there. */
  missing: Set<string>;
  brought: Map<string, Uint8Array>;
  folder: string;
}

/** The file system, with go.mod files that a proxy brings in the place of those the module cache does not have. */
function newFiles(fs: FileSystem, folder: string): NewFiles {
  const missing = new Set<string>();
  const brought = new Map<string, Uint8Array>();
  const readFile = (path: string): Uint8Array | null => {
    const bytes = brought.get(path) ?? fs.readFile(path);
    if (bytes === null && path.startsWith(folder) && path.endsWith('.mod')) missing.add(path);
    return bytes;
  };
  return { fs: { ...fs, readFile }, missing, brought, folder };
}

/** Calls `run` until it misses no file that a proxy has. Returns why a file could not be had, or ''. Nothing is written. */
async function complete(files: NewFiles, proxy: ModuleProxy, run: () => void): Promise<string> {
  const tried = new Set<string>();
  let unanswered = '';
  for (;;) {
    files.missing.clear();
    run();
    const wanted = [...files.missing].filter(f => !tried.has(f));
    if (wanted.length === 0) return unanswered;
    let any = false;
    await Promise.all(
      wanted.map(async file => {
        tried.add(file);
        const m = /^(.*)\/@v\/(.*)\.mod$/.exec(file.slice(files.folder.length));
        if (!m) return;
        const unescape = (s: string): string => s.replaceAll(/!([a-z])/g, (_, c: string) => c.toUpperCase());
        const answer = await proxy.ask(unescape(m[1]), `@v/${unescape(m[2])}.mod`);
        if (!answer.ok) {
          unanswered ||= answer.message;
          return;
        }
        files.brought.set(file, encodeUtf8(answer.text));
        any = true;
      }),
    );
    if (!any) return unanswered;
  }
}
