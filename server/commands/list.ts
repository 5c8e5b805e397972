/** gospect list: as go list. */
import { loadPackages } from '../../core/load/load.ts';
import { errorText, type Package, packageDesc, packageList } from '../../core/load/package.ts';
import { collectDeps, goJson, type ListField, listFields, moduleJson, packageJson } from '../../core/load/list.ts';
import { matchModules } from '../../core/load/listmodules.ts';
import { fatalLine } from '../../core/load/modules.ts';
import { loadModules } from '../../core/load/mainmodules.ts';
import type { ModuleInfo } from '../../core/load/moduleinfo.ts';
import { testError, testPackages } from '../../core/load/testpackages.ts';
import { BUILD_FLAGS, type Command, Exit, type Io, UsageError } from '../command.ts';
import { type Loading, loadDefaults, prepareLoading } from '../loading.ts';

export const list: Command = {
  name: 'list',
  usage: '[-deps] [-test] [-e] [-json[=fields]] [packages]\n-m [-json] [modules]',
  help: [
    'Prints what go list prints, without running it: import paths, or with -json the fields',
    listFields.join(' ').replace(/(.{60,100}) /g, '$1\n'),
    '\nWith -m, modules: the main one, those that patterns match, or all. Nothing is downloaded.',
  ].join('\n'),
  examples: [
    ['list -deps -json=ImportPath,GoFiles .', 'what is compiled'],
    ['list -m all', 'the build list'],
  ],
  flags: {
    deps: { value: 'none', help: 'also all that the packages import, imports first' },
    e: { value: 'none', help: 'packages with errors do not change the exit status' },
    json: { value: 'optional', placeholder: 'fields', help: 'print JSON, all fields or those named' },
    test: { value: 'none', help: 'also the packages that go test compiles of those named' },
    m: { value: 'none', help: 'list modules' },
    ...BUILD_FLAGS,
  },
  run({ flags, args }, io) {
    const loading = prepareLoading(flags, io);
    return flags.has('m') ? listModules(loading, flags, args, io) : listPackages(loading, flags, args, io);
  },
};

function listPackages(
  { env, target, pgo }: Loading,
  flags: ReadonlyMap<string, string>,
  args: readonly string[],
  io: Io,
): number {
  const asked = (flags.get('json') ?? '').split(',').filter(f => f !== '');
  for (const f of asked) {
    if (!(listFields as readonly string[]).includes(f))
      throw new UsageError(`list has no field ${f}: it has ${listFields.join(', ')}`);
  }
  const json = flags.has('json');
  const fields = new Set<string>(asked);
  const want = (f: ListField): boolean => (fields.size === 0 ? true : fields.has(f));
  const tests = flags.has('test');
  const options = { ...loadDefaults, embed: !json || want('EmbedFiles'), tests, pgo };
  const result = loadPackages(env, target, args, options);
  for (const line of result.warnings) io.err(`go: ${line}\n`);
  for (const line of result.fatal) io.err(`${fatalLine(line)}\n`);
  if (result.fatal.length > 0) return Exit.Errors;
  const roots = [...result.roots];
  if (!flags.has('e') && reportErrors(roots, io)) return Exit.Errors;
  if (tests) {
    for (const p of result.roots) {
      if (p.files.testGoFiles.length + p.files.xTestGoFiles.length === 0) continue;
      const found = testPackages(result.loader, p);
      const error = flags.has('e') ? null : testError(found);
      if (error !== null) {
        io.err(`go: can't load test package: ${errorText(error)}\n`);
        return Exit.Errors;
      }
      roots.push(found.main);
      if (found.test !== p) roots.push(found.test);
      if (found.xtest !== null) roots.push(found.xtest);
    }
  }
  const all = packageList(roots);
  const shown = flags.has('deps') ? all : roots;
  // go list looks at what is imported too when it lists that, tests, or what may have profiles of their own
  const whole = flags.has('deps') || tests || (options.pgo === 'auto' && roots.length > 1);
  const status = !flags.has('e') && whole && reportErrors(all, io) ? Exit.Errors : Exit.Done;
  if (!json) {
    for (const p of shown) io.out(`${packageDesc(p)}\n`);
    return status;
  }
  const named = new Set<Package>(roots);
  const collected = want('Deps') || want('DepsErrors') ? collectDeps(all, want('DepsErrors')) : null;
  for (const p of shown) io.out(`${goJson(packageJson(result.loader, p, collected, !named.has(p), want))}\n`);
  return status;
}

/** Prints the errors of the packages; whether there are any. */
function reportErrors(packages: readonly Package[], io: Io): boolean {
  const errors = packages.flatMap(p => (p.error === null ? [] : [errorText(p.error)]));
  for (const text of new Set(errors)) io.err(`${text}\n`);
  return errors.length > 0;
}

function moduleLine(m: ModuleInfo): string {
  let s = m.Path;
  if (m.Version !== '') s += ` ${m.Version}`;
  if (m.Replace) s += ` => ${m.Replace.Path}${m.Replace.Version === '' ? '' : ` ${m.Replace.Version}`}`;
  return s;
}

function listModules({ env }: Loading, flags: ReadonlyMap<string, string>, args: readonly string[], io: Io): number {
  const found = matchModules(loadModules(env), args);
  const strict = !flags.has('e');
  const wrong = found.modules.flatMap(m => (m.Error === '' ? [] : [moduleError(m)]));
  const errors = [...(strict ? [...wrong, ...found.errors.map(fatalLine)] : []), ...found.fatal.map(fatalLine)];
  for (const line of [...found.warnings, ...errors]) io.err(`${line}\n`);
  if (errors.length > 0) return Exit.Errors;
  for (const m of found.modules) io.out(flags.has('json') ? `${goJson(moduleJson(m))}\n` : `${moduleLine(m)}\n`);
  return Exit.Done;
}

/** The error of looking a module up has its name only where it is not known at all. */
function moduleError(m: ModuleInfo): string {
  return m.Version === '' ? `go: module ${m.Path}: ${m.Error}` : `go: ${m.Error}`;
}
