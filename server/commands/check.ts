/** gospect check: the compile errors of go build. */
import { loadPackages } from '../../core/load/load.ts';
import { errorText, type Package, packageDesc, packageList } from '../../core/load/package.ts';
import { fatalLine } from '../../core/load/modules.ts';
import { isMetaPackage } from '../../core/load/pattern.ts';
import { goRelease } from '../../core/load/release.ts';
import { testFuncError } from '../../core/load/testfuncs.ts';
import { testedPackages } from '../../core/load/testpackages.ts';
import { failureText } from '../analysis/batch.ts';
import { type Assignment, errorLimit } from '../analysis/package-work.ts';
import { type Job, runJobs } from '../analysis/pool.ts';
import { BUILD_FLAGS, type Command, Exit } from '../command.ts';
import { loadDefaults, prepareLoading } from '../loading.ts';
import { slashed } from '../node-files.ts';
import { nodeParser } from '../node-parser.ts';
import { THREADS_FLAG, threadsOf } from '../threads.ts';

export const check: Command = {
  name: 'check',
  usage: '[-e] [-test] [packages]',
  help: [
    'Type-checks packages and prints what go build prints for those with errors: `# package`, then its errors, at most',
    'ten. Packages that import a broken package are not checked, as go build does not compile them.',
  ].join('\n'),
  examples: [
    ['check ./...', 'every package below'],
    ['check -e -test ./...', 'all errors, those of tests too'],
    ['check -goos windows std', 'the standard library for Windows'],
  ],
  flags: {
    e: { value: 'none', help: 'print all errors, as go build -gcflags=-e' },
    test: { value: 'none', help: 'with the files of tests, as go test and go vet compile them' },
    ...THREADS_FLAG,
    ...BUILD_FLAGS,
  },
  async run({ flags, args }, io) {
    const { go, overlay, env, target } = prepareLoading(flags, io);
    const tests = flags.has('test');
    const cwd = slashed(io.cwd);
    const loaded = loadPackages(env, target, args, { ...loadDefaults, embed: true, tests });
    for (const line of loaded.warnings) io.err(`go: ${line}\n`);
    for (const line of loaded.fatal) io.err(`${fatalLine(line)}\n`);
    if (loaded.fatal.length > 0) return Exit.Errors;
    const faulty: { p: Package; error: string }[] = [];
    if (tests) {
      const parser = await nodeParser();
      for (const p of loaded.roots) {
        const error = testFuncError(env.fs, parser, goRelease(target.release), p);
        if (error !== null) faulty.push({ p, error });
      }
    }
    const sound = loaded.roots.filter(p => faulty.every(f => f.p !== p));
    const named = tests ? testedPackages(loaded.loader, sound) : loaded.roots;
    const broken = packageList(named).filter(p => p.error !== null);
    for (const p of broken) io.err(`${errorText(p.error!)}\n`);
    // packages of tests alone are passed over unless they are named or imported
    const wild = (pattern: string) => pattern.includes('...') || isMetaPackage(pattern);
    const packages = packageList(named);
    const imported = new Set(packages.flatMap(p => p.deps ?? []));
    const passed = (p: Package) => !imported.has(p) && (p.cmdlineFiles || p.match.every(wild));
    const empty = tests ? [] : packages.filter(p => isTestsOnly(p) && !passed(p));
    for (const p of empty) io.err(`${p.importPath}: no non-test Go files in ${p.dir}\n`);
    if (broken.length + empty.length > 0) return Exit.Errors;
    // go test does not compile these
    for (const { p, error } of faulty) io.err(`# ${p.importPath}\n${error}\n`);

    // Errors matter where they would be reported: not in the standard library, unless it is asked for.
    const roots = new Set<Package>(named);
    const jobs: Job[] = [];
    packages.forEach((p, id) => {
      if (p.importPath === 'unsafe' || (p.standard && !roots.has(p))) return;
      jobs.push({ id, needs: [], size: p.files.goFiles.length + p.files.cgoFiles.length });
    });
    const given: Assignment = {
      packages,
      target,
      overlay,
      goroot: go.goroot,
      limit: flags.has('e') ? 0 : errorLimit,
      compile: null,
    };
    const failed = new Set<Package>();
    const found = new Map<Package, string[]>();
    const withoutMain = new Set<Package>();
    const running = runJobs(given, jobs, threadsOf(flags), io.signal, null);
    try {
      for (const { id } of jobs) {
        const p = packages[id];
        while (!found.has(p)) {
          const step = await running.next();
          // stopped
          if (step.done === true) return Exit.Errors;
          const { outcome } = step.value;
          if (outcome === null) continue;
          const { errors, failure, hasMain } = outcome;
          found.set(packages[step.value.id], failure === '' ? errors : [failure]);
          if (!hasMain) withoutMain.add(packages[step.value.id]);
        }
        const errors = found.get(p)!;
        if (errors.length > 0 || (p.deps ?? []).some(d => failed.has(d))) failed.add(p);
        // What imports a broken package would repeat its errors.
        if (errors.length === 0 || (p.deps ?? []).some(d => failed.has(d))) continue;
        io.err(failureText(p, errors, cwd));
      }
    } finally {
      await running.return(undefined);
    }
    // what the linker says of a program without main; gc itself wants none
    const mainless = tests
      ? []
      : named.filter(p => p.name === 'main' && !isTestsOnly(p) && !failed.has(p) && withoutMain.has(p));
    for (const p of mainless)
      io.err(`# ${packageDesc(p)}\nruntime.main_main·f: function main is undeclared in the main package\n`);
    return failed.size + mainless.length + faulty.length > 0 ? Exit.Errors : Exit.Done;
  },
};

function isTestsOnly({ error, files }: Package): boolean {
  return error === null && files.dir !== '' && files.goFiles.length + files.cgoFiles.length === 0;
}
