/**
 * The requirement graph with its pruning, and minimal version selection (modload/buildlist.go, mvs).
 *
 * From go 1.17 on a module's go.mod names all that its packages need, so below such a module the graph need not be
 * read: it is pruned. Older modules, and all below them, are read in full.
 */
import { isAbsolute, join } from '../source/path.ts';
import { fileErrors, type ModFile, parseModFile } from './modfile.ts';
import { checkModulePath, escapePath } from './modpath.ts';
import {
  downloadDir,
  type ModuleGraph,
  type Modules,
  mustHaveSums,
  type Pruning,
  replacement,
  replaceRelativeTo,
  notCached,
  shortPath,
  type SummaryError,
  tooNew,
  type Summary,
} from './modules.ts';
import {
  compareGoVersion,
  compareSelected,
  isToolchainPath,
  type ModuleVersion,
  sortVersions,
  versionKey,
  versionString,
} from './version.ts';

/** What a dependency's go.mod says, without exclusions applied (modload.rawGoModSummary). */
export function rawSummary(ms: Modules, m: ModuleVersion): Summary {
  const key = versionKey(m);
  const have = ms.files.get(key);
  if (have) return have;
  const s = readSummary(ms, m);
  ms.files.set(key, s);
  return s;
}

/** The summary of a module that requires nothing. */
function emptySummary(module: string): Summary {
  return { module, goVersion: '', pruning: 'unpruned', require: [], file: null, error: null };
}

function readSummary(ms: Modules, m: ModuleVersion): Summary {
  const s = emptySummary(m.path);
  if (isToolchainPath(m.path)) {
    if (m.path === 'go' && compareGoVersion(m.version, '1.21') >= 0)
      s.require = [{ path: 'toolchain', version: `go${m.version}` }];
    s.pruning = 'pruned';
    return s;
  }
  const main = m.version === '' ? ms.mains.find(x => x.path === m.path) : undefined;
  let file: ModFile;
  if (main) file = main.file;
  else {
    let path: string;
    if (m.version === '') {
      const dir = isAbsolute(m.path) ? m.path : join(replaceRelativeTo(ms), m.path);
      path = join(dir, 'go.mod');
    } else {
      const bad = checkModulePath(m.path);
      if (bad !== null) return { ...s, error: { of: null, text: bad, tooNew: false } };
      path = join(downloadDir(ms, m.path), `${escapePath(m.version)}.mod`);
    }
    const src = ms.env.fs.readFile(path);
    if (!src) {
      const text =
        m.version === ''
          ? `reading ${shortPath(path, ms.env.cwd)}: open ${path}: no such file or directory`
          : notCached(
              ms.env,
              `its go.mod is not in the module cache; to fetch it:\n\tgo mod download ${versionString(m)}`,
            );
      return { ...s, error: { of: m, text, tooNew: false } };
    }
    file = parseModFile(src, true);
    if (file.errors.length > 0)
      return {
        ...s,
        error: {
          of: m,
          text: `parsing ${shortPath(path, ms.env.cwd)}: ${fileErrors(path, path, file)}`,
          tooNew: false,
        },
      };
  }
  s.file = file;
  s.module = file.module;
  s.goVersion = file.go;
  s.pruning = compareGoVersion(file.go === '' ? '1.16' : file.go, '1.17') < 0 ? 'unpruned' : 'pruned';
  const require: ModuleVersion[] = file.require.map(r => ({ path: r.path, version: r.version }));
  s.require = require;
  // From 1.21 on a go line is a requirement on Go; before that it was a hint.
  if (file.go !== '' && compareGoVersion(file.go, '1.21') >= 0) {
    require.push({ path: 'go', version: file.go });
    if (compareGoVersion(file.go, ms.env.goVersion) > 0)
      s.error = { of: null, text: tooNew(ms.env, `module ${versionString(m)}`, file.go), tooNew: true };
  }
  return s;
}

/** What the module requires, replaced, checked and with excluded versions dropped (modload.goModSummary). */
export function summary(ms: Modules, m: ModuleVersion): Summary {
  const key = versionKey(m);
  const have = ms.summaries.get(key);
  if (have) return have;
  const s = makeSummary(ms, m);
  ms.summaries.set(key, s);
  return s;
}

function makeSummary(ms: Modules, m: ModuleVersion): Summary {
  if (isToolchainPath(m.path)) return rawSummary(ms, m);
  const v = ms.vendor;
  if (v) {
    const listed = v.version.get(m.path) === m.version;
    return { ...emptySummary(m.path), pruning: 'pruned', require: listed ? v.list : [] };
  }
  const actual = replacement(ms, m) ?? m;
  if (mustHaveSums(ms) && actual.version !== '' && !ms.sums.has(`${actual.path} ${actual.version}/go.mod`))
    return {
      ...emptySummary(m.path),
      error: {
        of: actual,
        text: `missing go.sum entry for go.mod file; to add it:\n\tgo mod download ${m.path}`,
        tooNew: false,
      },
    };
  let s = rawSummary(ms, actual);
  if (s.error !== null) return s;
  if (actual.version !== '') {
    if (s.module === '')
      return { ...s, error: { of: actual, text: 'parsing go.mod: missing module line', tooNew: false } };
    if (s.module !== m.path && s.module !== actual.path)
      return {
        ...s,
        error: {
          of: actual,
          text: `parsing go.mod:\n\tmodule declares its path as: ${s.module}\n\t        but was required as: ${m.path}`,
          tooNew: false,
        },
      };
  }
  for (const main of ms.mains) {
    if (main.file.exclude.length === 0) continue;
    const excluded = new Set(main.file.exclude.map(versionKey));
    if (s.require.some(r => excluded.has(versionKey(r))))
      s = { ...s, require: s.require.filter(r => !excluded.has(versionKey(r))) };
  }
  return s;
}

/** The go line of the module's go.mod; '' when it has none or cannot be read. */
export function moduleGoVersion(ms: Modules, m: ModuleVersion): string {
  const main = m.version === '' ? ms.mains.find(x => x.path === m.path) : undefined;
  if (main) return main.goVersion;
  if (ms.vendor) return ms.vendor.meta.get(versionKey(m))?.goVersion ?? '';
  const s = rawSummary(ms, replacement(ms, m) ?? m);
  return s.goVersion;
}

/** The error that the module's own go.mod gives, or null (module.ModuleError). */
export function moduleFileError(ms: Modules, m: ModuleVersion): { text: string; tooNew: boolean } | null {
  const { error } = summary(ms, m);
  if (error === null || error.of === null) return error;
  const at = error.of.version === '' ? `module ${error.of.path}` : versionString(error.of);
  return { text: `${at}: ${error.text}`, tooNew: error.tooNew };
}

/** The full requirement graph (modload.readModGraph); read once. */
export function moduleGraph(ms: Modules): ModuleGraph {
  ms.graphCache ??= readGraph(ms, ms.roots);
  return ms.graphCache;
}

/** The graph while it is read (mvs.Graph). */
interface GrowingGraph extends ModuleGraph {
  required: Map<string, readonly ModuleVersion[]>;
  selected: Map<string, string>;
}

interface GraphReader {
  ms: Modules;
  graph: GrowingGraph;
  /** Modules whose go.mod is read next, and how much below them is. */
  queue: { m: ModuleVersion; pruning: Pruning }[];
  queued: Set<string>;
  errors: Map<string, SummaryError>;
}

function readGraph(ms: Modules, roots: readonly ModuleVersion[]): ModuleGraph {
  const graph: GrowingGraph = {
    roots: ms.work ? [...roots] : ms.mains.map(m => ({ path: m.path, version: '' })),
    required: new Map(),
    selected: new Map(),
    error: null,
  };
  for (const r of graph.roots) select(graph, r);
  if (ms.vendor) {
    requireVendored(ms, ms.vendor.list, graph, roots);
    return graph;
  }
  if (!ms.work) require(graph, graph.roots[0], roots);
  const reader: GraphReader = { ms, graph, queue: [], queued: new Set(), errors: new Map() };
  for (const r of roots) enqueue(reader, r, ms.pruning);
  drain(reader);
  if (ms.pruning === 'workspace') readSelected(reader, roots);
  if (reader.errors.size > 0) graph.error = buildListError(graph, reader.errors);
  return graph;
}

/** Selects the version, unless a later one of the module is selected. */
function select(g: GrowingGraph, m: ModuleVersion): void {
  const v = g.selected.get(m.path);
  if (v === undefined || compareSelected(m.path, v, m.version) < 0) g.selected.set(m.path, m.version);
}

/** m requires `reqs`; what is known of a module stays (mvs.Graph.Require). */
function require(g: GrowingGraph, m: ModuleVersion, reqs: readonly ModuleVersion[]): void {
  if (g.required.has(versionKey(m))) return;
  g.required.set(versionKey(m), reqs);
  for (const r of reqs) select(g, r);
}

/** With a vendor folder modules.txt says what there is; no go.mod is read but those of the main modules. */
function requireVendored(
  ms: Modules,
  vendored: readonly ModuleVersion[],
  graph: GrowingGraph,
  roots: readonly ModuleVersion[],
): void {
  const fake = { path: 'vendor/modules.txt', version: '' };
  if (ms.work) {
    for (const main of ms.mains) {
      const reqs = [
        ...main.file.require.map(r => ({ path: r.path, version: r.version })),
        { path: 'go', version: main.goVersion },
      ];
      require(graph, { path: main.path, version: '' }, [...sortVersions(reqs), fake]);
    }
    require(graph, fake, vendored);
  } else if (ms.pruning === 'pruned') require(graph, graph.roots[0], roots);
  else {
    require(graph, graph.roots[0], [...roots, fake]);
    require(graph, fake, vendored);
  }
}

function enqueue(r: GraphReader, m: ModuleVersion, pruning: Pruning): void {
  if (m.version === 'none') return;
  const key = `${versionKey(m)} ${pruning}`;
  if (r.queued.has(key)) return;
  r.queued.add(key);
  r.queue.push({ m, pruning });
}

/** Reads what is in the queue, and what that puts into it. */
function drain(r: GraphReader): void {
  for (let i = 0; i < r.queue.length; i++) {
    const { m, pruning } = r.queue[i];
    const s = summary(r.ms, m);
    if (s.error !== null) {
      r.errors.set(versionKey(m), s.error);
      continue;
    }
    require(r.graph, m, s.require);
    // A module before go 1.17 does not name all that its packages need: all below it must be read.
    const next = pruning === 'unpruned' ? 'unpruned' : s.pruning;
    if (pruning !== 'pruned' || s.pruning === 'unpruned') for (const req of s.require) enqueue(r, req, next);
  }
  r.queue.length = 0;
}

/** A dependency of a workspace's modules may be selected at a version that no root names: reads that one too. */
function readSelected(reader: GraphReader, roots: readonly ModuleVersion[]): void {
  const { graph } = reader;
  const inAll = new Set(roots.map(r => r.path));
  const seen = new Set<string>();
  for (;;) {
    const need = new Map<string, ModuleVersion>();
    for (const path of inAll) {
      const m = { path, version: selectedVersion(graph, path) };
      if (!seen.has(versionKey(m))) {
        need.set(versionKey(m), m);
        continue;
      }
      for (const r of graph.required.get(versionKey(m)) ?? []) {
        const s = { path: r.path, version: selectedVersion(graph, r.path) };
        if (compareSelected(r.path, s.version, r.version) > 0 && !seen.has(versionKey(s))) need.set(versionKey(s), s);
      }
    }
    if (need.size === 0) break;
    for (const [key, m] of need) {
      enqueue(reader, m, 'workspace');
      seen.add(key);
      inAll.add(m.path);
    }
    drain(reader);
  }
}

/** The first module whose requirements failed, with the chain that leads to it (mvs.BuildListError). */
function buildListError(g: ModuleGraph, errors: ReadonlyMap<string, SummaryError>): string {
  const from = new Map<string, ModuleVersion | null>();
  const queue: ModuleVersion[] = [];
  for (const r of g.roots) {
    from.set(versionKey(r), null);
    queue.push(r);
  }
  for (let i = 0; i < queue.length; i++) {
    const m = queue[i];
    const error = errors.get(versionKey(m));
    if (error !== undefined) {
      const chain: string[] = [];
      // Main modules, which have no version, go without saying.
      for (let x: ModuleVersion | null | undefined = m; x; x = from.get(versionKey(x)))
        if (x.version !== '') chain.unshift(versionString(x));
      const last = errorOf(m, error);
      return chain.length <= 1 ? last : `${chain.slice(0, -1).join(' requires\n\t')} requires\n\t${last}`;
    }
    for (const r of g.required.get(versionKey(m)) ?? []) {
      if (from.has(versionKey(r)) || r.version === 'none') continue;
      from.set(versionKey(r), m);
      queue.push(r);
    }
  }
  return [...errors.values()][0].text;
}

/** An error of the module with its name, and that of what replaces it. */
function errorOf(m: ModuleVersion, { of, text }: SummaryError): string {
  if (of === null || versionKey(of) === versionKey(m)) return `${versionString(m)}: ${text}`;
  return `${versionString(m)} (replaced by ${versionString(of)}): ${text}`;
}

/** The version selected of the path, 'none' when no module of the graph requires it. */
export function selectedVersion(g: ModuleGraph, path: string): string {
  return g.selected.get(path) ?? 'none';
}

/** Main modules first, then the selected version of each path in order (mvs.Graph.BuildList). */
export function buildList(g: ModuleGraph): ModuleVersion[] {
  const list: ModuleVersion[] = [];
  const seen = new Set<string>();
  for (const r of g.roots) {
    if (seen.has(r.path) || selectedVersion(g, r.path) !== r.version) continue;
    seen.add(r.path);
    list.push(r);
  }
  const rest: ModuleVersion[] = [];
  for (const [path, version] of g.selected) if (!seen.has(path) && version !== 'none') rest.push({ path, version });
  return [...list, ...sortVersions(rest)];
}

/** Each module of the graph once, from the roots outwards (mvs.Graph.WalkBreadthFirst). */
export function breadthFirst(g: ModuleGraph): ModuleVersion[] {
  const queue: ModuleVersion[] = [];
  const seen = new Set<string>();
  for (const r of g.roots) {
    if (seen.has(versionKey(r))) continue;
    seen.add(versionKey(r));
    queue.push(r);
  }
  for (let i = 0; i < queue.length; i++) {
    for (const r of g.required.get(versionKey(queue[i])) ?? []) {
      if (seen.has(versionKey(r)) || r.version === 'none') continue;
      seen.add(versionKey(r));
      queue.push(r);
    }
  }
  return queue;
}

/**
 * The graph with every root at its selected version (modload.expandGraph): an untidy go.mod may name versions that
 * its own requirements outgrow.
 */
export function expandGraph(ms: Modules): ModuleGraph {
  for (let round = 0; round < 100; round++) {
    const g = moduleGraph(ms);
    if (g.error !== null || ms.work || ms.vendor) return g;
    let changed = false;
    const roots: ModuleVersion[] = [];
    const seen = new Set<string>();
    for (const r of ms.roots) {
      const v = selectedVersion(g, r.path);
      if (ms.mains.some(m => m.path === r.path) || seen.has(r.path)) {
        changed = true;
        continue;
      }
      seen.add(r.path);
      if (v !== r.version) changed = true;
      roots.push({ path: r.path, version: v });
    }
    if (!changed) return g;
    ms.roots = sortVersions(roots);
    ms.rootVersion = new Map(ms.roots.map(r => [r.path, r.version]));
    ms.graphCache = null;
  }
  return moduleGraph(ms);
}
