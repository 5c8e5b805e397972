import { loadPackages } from '../../core/load/load.ts';
import { errorText, type Package, packageDesc, packageList } from '../../core/load/package.ts';
import { fatalLine } from '../../core/load/modules.ts';
import { isMetaPackage } from '../../core/load/pattern.ts';
import { testedPackages } from '../../core/load/testpackages.ts';
import { type CompileError, compileErrors, formatError } from '../../core/types/gcerrors.ts';
import type { CheckedPackage } from '../../core/types/info.ts';
import { goRelease } from '../../core/load/release.ts';
import { checkSteps, isComplete, newProgram } from '../../core/types/packages.ts';
import { dirname } from '../../core/source/path.ts';
import { BUILD_FLAGS, type Command, Exit } from '../command.ts';
import { loadDefaults, prepareLoading } from '../loading.ts';
import { nodeParser } from '../node-parser.ts';

/** How many errors gc prints without -e. */
const errorLimit = 10;

export const check: Command = {
  name: 'check',
  usage: '[-e] [-test] [packages]',
  summary: 'the compile errors of go build',
  help: [
    'Type-checks packages and prints what go build prints for those with errors: `# package`, then its errors, at most',
    'ten. Packages that import a broken package are not checked, as go build does not compile them.',
  ].join('\n'),
  flags: {
    e: { value: 'none', help: 'print all errors, as go build -gcflags=-e' },
    test: { value: 'none', help: 'with the files of tests, as go test and go vet compile them' },
    ...BUILD_FLAGS,
  },
  async run({ flags, args }, io) {
    const { go, fs, env, target } = prepareLoading(flags, io);
    const tests = flags.has('test');
    const loaded = loadPackages(env, target, args, { ...loadDefaults, embed: true, tests });
    for (const line of loaded.warnings) io.err(`go: ${line}\n`);
    for (const line of loaded.fatal) io.err(`${fatalLine(line)}\n`);
    if (loaded.fatal.length > 0) return Exit.Errors;
    const named = tests ? testedPackages(loaded.loader, loaded.roots) : loaded.roots;
    const broken = packageList(named).filter(p => p.error !== null);
    for (const p of broken) io.err(`${errorText(p.error!)}\n`);
    // packages of tests alone are passed over unless they are named or imported
    const wild = (pattern: string) => pattern.includes('...') || isMetaPackage(pattern);
    const all = packageList(named);
    const imported = new Set(all.flatMap(p => p.deps ?? []));
    const passed = (p: Package) => !imported.has(p) && (p.cmdlineFiles || p.match.every(wild));
    const empty = tests ? [] : all.filter(p => isTestsOnly(p) && !passed(p));
    for (const p of empty) io.err(`${p.importPath}: no non-test Go files in ${p.dir}\n`);
    if (broken.length + empty.length > 0) return Exit.Errors;

    // Bodies matter where errors would be reported: not in the standard library, unless it is asked for.
    const roots = new Set<Package>(named);
    const rules = goRelease(target.release);
    const bodies = (p: Package) => roots.has(p) || !p.standard;
    // Nor do declarations that nobody uses.
    const lazy = (p: Package) => p.standard && !roots.has(p) && p.error === null && p.name !== '';
    const program = newProgram(fs, await nodeParser(), rules, target, bodies, () => true, lazy);
    const limit = flags.has('e') ? 0 : errorLimit;
    const failed = new Set<Package>();
    for (const root of named) {
      for (const p of checkSteps(program, root)) {
        if (io.signal.aborted) return Exit.Errors;
        if (p === null) continue;
        // What imports a broken package would repeat its errors.
        if ((p.deps ?? []).some(d => failed.has(d))) {
          failed.add(p);
          continue;
        }
        const checked = program.checked.get(p);
        if (checked === undefined || checked.lazy !== null) continue;
        const { errors, tooMany } = compileErrors(checked, {
          lang: `go${p.goVersion}`,
          limit,
          complete: isComplete(p),
          std: p.standard,
        });
        if (errors.length === 0) continue;
        failed.add(p);
        // Like the go command, the text is shortened as a whole: messages may name files too.
        // Files of the standard library carry the name they were compiled under.
        const name = (path: string) =>
          !p.standard && path.startsWith(`${go.goroot}/`) ? `$GOROOT${path.slice(go.goroot.length)}` : path;
        const lines = errors.map(e => formatError(e, name));
        if (tooMany !== null) lines.push(`${placeOf(tooMany)}: too many errors`);
        const dir = shortFile(`${p.dir}/`, io.cwd);
        io.err(`# ${packageDesc(p)}\n${lines.join('\n').replaceAll(`${p.dir}/`, dir)}\n`);
      }
    }
    // what the linker says of a program without main; gc itself wants none
    const mainless = tests
      ? []
      : named.filter(p => p.name === 'main' && !failed.has(p) && hasNoMain(program.checked.get(p)));
    for (const p of mainless)
      io.err(`# ${packageDesc(p)}\nruntime.main_main·f: function main is undeclared in the main package\n`);
    return failed.size + mainless.length > 0 ? Exit.Errors : Exit.Done;
  },
};

function isTestsOnly({ error, files }: Package): boolean {
  return error === null && files.dir !== '' && files.goFiles.length + files.cgoFiles.length === 0;
}

function hasNoMain(checked: CheckedPackage | undefined): boolean {
  return checked !== undefined && checked.lazy === null && checked.pkg.scope.lookup('main') === null;
}

function placeOf(e: CompileError): string {
  const text = formatError({ ...e, lines: [{ ...e.lines[0], text: '' }] }, name => name);
  return text.slice(0, text.lastIndexOf(':'));
}

/** A file as go build names it: relative to the working folder when that is shorter, `./` in front in that folder. */
function shortFile(path: string, cwd: string): string {
  const dir = cwd === '/' ? '' : cwd;
  if (dirname(path) === cwd) return `./${path.slice(dir.length + 1)}`;
  if (path.startsWith(`${dir}/`)) return path.slice(dir.length + 1);
  let up = '';
  for (let base = dirname(cwd); base !== '/' && base !== '.'; base = dirname(base)) {
    up += '../';
    if (path.startsWith(`${base}/`)) {
      const rel = `${up}../${path.slice(base.length + 1)}`.slice(3);
      return rel.length < path.length ? rel : path;
    }
  }
  return path;
}
