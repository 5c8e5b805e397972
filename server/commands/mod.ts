/** gospect mod: as go mod graph and go mod why; and upgrades of modules. */
import { createLoader, type Loader } from '../../core/load/loader.ts';
import { reachedPackages, resolveSteps, why } from '../../core/load/walk.ts';
import { matchModules } from '../../core/load/listmodules.ts';
import { loadModules } from '../../core/load/mainmodules.ts';
import { fatalLine, hasModRoot, type Modules } from '../../core/load/modules.ts';
import { breadthFirst, expandGraph } from '../../core/load/requirements.ts';
import { noMainModules } from '../../core/load/resolve.ts';
import { versionKey, versionString } from '../../core/load/version.ts';
import { finish } from '../../core/source/steps.ts';
import { BUILD_FLAGS, type Command, Exit, type Io, UsageError } from '../command.ts';
import { type Loading, loadDefaults, prepareLoading } from '../loading.ts';
import { changeLine, findUpgrades } from '../upgrades.ts';

export const mod: Command = {
  name: 'mod',
  usage: 'graph\nwhy [-m] [-vendor] packages\nupgrades [-json] [modules]',
  help: [
    'mod graph prints what go mod graph prints, mod why what go mod why prints: the requirements of every module, and a',
    'shortest chain of imports from the main module. Both read the module cache only; nothing is downloaded.',
    'mod upgrades asks the proxies of GOPROXY, over the network, for newer versions of the modules (all, if none is named)',
    'and prints what each would change in the build list, by minimal version selection. Nothing is written.',
  ].join('\n'),
  examples: [
    ['mod graph', 'every requirement'],
    ['mod why -m golang.org/x/text', 'why a module is needed'],
    ['mod upgrades', 'newer versions, and what they change'],
  ],
  flags: {
    m: { value: 'none', help: 'why: the arguments are modules' },
    vendor: { value: 'none', help: 'why: leave out the tests of dependencies' },
    json: { value: 'none', help: 'upgrades: print JSON' },
    overlay: BUILD_FLAGS['overlay'],
    modfile: BUILD_FLAGS['modfile'],
  },
  async run({ flags, args }, io) {
    const [verb, ...rest] = args;
    if (!['graph', 'why', 'upgrades'].includes(verb))
      throw new UsageError('which one? gospect mod graph, gospect mod why packages, or gospect mod upgrades');
    // These commands look at what is there even if go.mod would need an update.
    const loading = prepareLoading(new Map([...flags, ['mod', 'mod']]), io);
    if (verb === 'upgrades') return upgrades(loading, rest, flags.has('json'), io);
    const work = loadModules({ ...loading.env, mod: '' }).work !== null;
    const env = { ...loading.env, mod: work ? '' : 'mod' };
    const modules = loadModules(env);
    modules.buildMod = 'mod';
    modules.vendor = null;
    const fatal = hasModRoot(modules) || modules.fatal.length > 0 ? modules.fatal : [noMainModules(modules)];
    if (fatal.length > 0) return fail(fatal, io);
    for (const line of modules.warnings) io.err(`go: ${line}\n`);
    if (verb === 'graph') {
      if (rest.length > 0) throw new UsageError('mod graph takes no arguments');
      return graph(modules, io);
    }
    return whyNeeded(loading, modules, flags, rest, io);
  },
};

function fail(lines: readonly string[], io: Io): number {
  for (const line of lines) io.err(`${fatalLine(line)}\n`);
  return Exit.Errors;
}

function graph(modules: Modules, io: Io): number {
  const g = expandGraph(modules);
  if (g.error !== null) return fail([g.error], io);
  let out = '';
  for (const m of breadthFirst(g))
    for (const r of g.required.get(versionKey(m)) ?? []) out += `${versionString(m)} ${versionString(r)}\n`;
  io.out(out);
  return Exit.Done;
}

/** Modules with newer versions as `go list -m -u` prints them, and below each what it would change. */
async function upgrades(loading: Loading, names: readonly string[], json: boolean, io: Io): Promise<number> {
  const answer = await findUpgrades(loading, names, io.signal, message => {
    if (io.terminal) io.err(`\r\x1b[K${message}`);
  });
  if (io.terminal) io.err('\r\x1b[K');
  if (!answer.ok) return fail([answer.message], io);
  const { modules, together } = answer.found;
  const failed = modules.some(m => m.message !== '');
  if (json) io.out(`${JSON.stringify({ v: 1, modules, together })}\n`);
  else {
    for (const m of modules) {
      const retracted = m.retracted === null ? '' : ' (retracted)';
      const deprecated = m.deprecated === '' ? '' : ' (deprecated)';
      if (m.upgrade !== '' || retracted !== '' || deprecated !== '')
        io.out(`${m.path} ${m.version}${retracted}${m.upgrade === '' ? '' : ` [${m.upgrade}]`}${deprecated}\n`);
      for (const c of m.changes) io.out(`\t${changeLine(c)}\n`);
      if (m.message !== '') io.err(`${m.path}: ${m.message}\n`);
    }
    const newer = modules.filter(m => m.upgrade !== '').length;
    if (newer > 1) io.out(`all of them\n${together.map(c => `\t${changeLine(c)}\n`).join('')}`);
    io.err(`${newer} of ${modules.length} modules have a newer version\n`);
  }
  return failed ? Exit.Errors : Exit.Done;
}

function whyNeeded(
  { target }: Loading,
  modules: Modules,
  flags: ReadonlyMap<string, string>,
  args: readonly string[],
  io: Io,
): number {
  const toVendor = flags.has('vendor');
  const options = { ...loadDefaults, anyTags: true, tests: !toVendor };
  const fresh = (): Loader => ({ ...createLoader(modules.env, target, options), modules });
  const need = toVendor ? ' to vendor' : '';
  const stanzas: string[] = [];
  if (flags.has('m')) {
    for (const arg of args)
      if (arg.includes('@')) return fail([`${arg}: 'go mod why' requires a module path, not a version query`], io);
    const found = matchModules(modules, args);
    const wrong = [...found.fatal, ...found.errors];
    if (wrong.length > 0) return fail(wrong, io);
    for (const line of found.warnings) io.err(`${line}\n`);
    const all = fresh();
    const r = finish(resolveSteps(all, ['all']));
    if (r.fatal.length > 0) return fail(r.fatal, io);
    for (const line of r.warnings) io.err(`go: ${line}\n`);
    const packages = reachedPackages(all);
    for (const m of found.modules) {
      let best = '';
      let depth = Number.POSITIVE_INFINITY;
      for (const p of packages) {
        if (p.mod?.path !== m.Path || p.depth >= depth) continue;
        best = p.path;
        depth = p.depth;
      }
      const chain = best === '' ? '' : why(all, best);
      stanzas.push(`# ${m.Path}\n${chain || `(main module does not need${need} module ${m.Path})\n`}`);
    }
  } else {
    const named = finish(resolveSteps(fresh(), args));
    if (named.fatal.length > 0) return fail(named.fatal, io);
    for (const line of named.warnings) io.err(`go: ${line}\n`);
    const all = fresh();
    const r = finish(resolveSteps(all, ['all']));
    if (r.fatal.length > 0) return fail(r.fatal, io);
    for (const line of r.warnings) io.err(`go: ${line}\n`);
    for (const path of named.paths)
      stanzas.push(`# ${path}\n${why(all, path) || `(main module does not need${need} package ${path})\n`}`);
  }
  io.out(stanzas.join('\n'));
  return Exit.Done;
}
