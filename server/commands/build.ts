/** gospect build: go build for one or many targets. */
import fs from 'node:fs';
import path from 'node:path';
import { runBuilds } from '../build/build.ts';
import { placeInRepository, requested, TARGETS_FLAGS } from '../build/flags.ts';
import { slashed } from '../node-files.ts';
import { findProfile, profiles, profileText } from '../build/targets.ts';
import { targetName } from '../protocol/ports.ts';
import { type Command, Exit, UsageError } from '../command.ts';
import { mainLibrary, type TargetResult } from '../protocol/builds.ts';
import { formatSize, formatTime } from '../protocol/units.ts';
import { report } from './build-output.ts';

export const build: Command = {
  name: 'build',
  usage: '[--target os/arch[/level],…|all|first-class] [--profile name] [-o file | --out dir] [packages]',
  help: [
    'Runs go build for each target, prints what it prints and a table at the end. One target is built as go build does;',
    'of several, or with --out, each has a folder os_arch. Profiles:',
    ...profiles.map(p => `  ${p.name.padEnd(13)} ${p.description} (${profileText(p) || 'no flags'})`),
  ].join('\n'),
  examples: [
    ['build --target linux/amd64,windows/arm64 ./cmd/app', ''],
    ['build --target first-class --profile release --archive .', ''],
  ],
  flags: {
    ...TARGETS_FLAGS,
    o: {
      value: 'required',
      placeholder: 'file',
      help: 'the executable of one target; a folder if there is one, or for a / at its end',
    },
    v: { value: 'none', help: 'passed to go build: name packages as they are compiled' },
    x: { value: 'none', help: 'passed to go build: print the commands it runs' },
    n: { value: 'none', help: 'passed to go build: print the commands it would run, and run none' },
    out: {
      value: 'required',
      placeholder: 'dir',
      help: 'folder for the executables (default bin, if there are several)',
    },
    archive: { value: 'none', help: 'pack the programs of each target, with a file of checksums' },
    github: { value: 'none', help: 'build nothing: print a GitHub Actions workflow that builds these targets' },
    json: { value: 'none', help: 'print the table as JSON' },
  },
  async run(invocation, io) {
    const { flags } = invocation;
    const request = requested(invocation, io);
    const { targets, packages } = request;
    const dry = flags.has('n');
    if (flags.has('github')) {
      if (targets.length === 0) throw new UsageError('--github needs the targets to build: --target');
      const { env, flags: own, musl } = findProfile(request.profile || 'default', request.profiles);
      io.out(
        (await import('../build/workflow.ts')).workflow({
          targets,
          env,
          musl: musl === true,
          flags: [...own, ...request.flags],
          packages,
          ...placeInRepository(slashed(io.cwd)),
        }),
      );
      return Exit.Done;
    }
    const named = flags.get('out');
    const several = targets.length > 1 || named !== undefined;
    const file = flags.get('o');
    if (file !== undefined && several)
      throw new UsageError('-o names what one target builds; --out a folder for several');
    const output = file === undefined ? null : outputOf(path.resolve(io.cwd, file), /[\\/]$/.test(file));
    const out = output?.folder ?? path.resolve(io.cwd, named ?? (several ? 'bin' : '.'));
    const { results, message } = await runBuilds(
      {
        ...request,
        say: { packages: flags.has('v'), commands: flags.has('x') },
        dry,
        folder: target => (several ? path.join(out, targetName(target).replaceAll(/[/,]/g, '_')) : out),
        ...(output === null ? {} : { executable: output.executable }),
      },
      io.env,
      io.signal,
      report(io),
    );
    if (message !== '') throw new UsageError(message);
    const archives =
      flags.has('archive') && !dry && !io.signal.aborted
        ? (await import('../build/archives.ts')).archive(built(results), out)
        : [];
    if (flags.has('json')) io.out(`${JSON.stringify({ v: 1, results, archives })}\n`);
    else if (!dry) {
      io.out(table(results, io.cwd));
      const shared = results.find(r => r.cacheProgram !== '' && r.status === 'ok');
      if (shared) {
        const hits = results.reduce((sum, r) => sum + r.cached, 0);
        const all = results.reduce((sum, r) => sum + r.cached + r.compiled, 0);
        io.out(`GOCACHEPROG=${shared.cacheProgram}: ${hits} of ${all} packages came from its cache\n`);
      }
      for (const a of archives) io.out(`${a.sha256}  ${path.relative(io.cwd, a.path)}\n`);
    }
    return io.signal.aborted || results.some(r => r.status !== 'ok') ? Exit.Errors : Exit.Done;
  },
};

/** What -o means to go build: a folder if there is one of that name or the name ends as one, else a file. */
function outputOf(file: string, isFolder: boolean): { folder: string; executable: string } {
  if (isFolder || fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()) return { folder: file, executable: '' };
  return { folder: path.dirname(file), executable: path.basename(file) };
}

const built = (results: readonly TargetResult[]) =>
  results.filter(r => r.status === 'ok').map(r => ({ target: r.target, files: r.files.map(f => f.path) }));

/** The libraries that a program needs: one by its name, of the others how many. */
function needsText(needs: readonly string[]): string {
  const library = mainLibrary(needs);
  if (library === undefined) return 'dynamic';
  return needs.length > 1 ? `${library}, ${needs.length - 1} more` : library;
}

function table(results: readonly TargetResult[], cwd: string): string {
  const rows: string[][] = [
    [
      'target',
      'result',
      'time',
      'compiled',
      'size',
      'difference',
      'cgo',
      'linked',
      'runs here',
      'reproducible',
      'file',
    ],
  ];
  for (const r of results) {
    const all = r.compiled + r.cached;
    const head = [r.target, r.status, formatTime(r.time), all > 0 ? `${r.compiled} of ${all}` : ''];
    const linked = r.linkage === 'dynamic' ? needsText(r.needs) : r.linkage;
    const runs = r.runs === 'unknown' ? '?' : r.runs;
    const made = r.files.length > 0;
    // Nothing is said of a file that is not there.
    const tail = [
      r.status === 'ok' ? (r.cgo ? 'yes' : 'no') : '',
      linked,
      made ? runs : '',
      made ? (r.reproducible === 'paths' ? 'no: paths' : 'not checked') : '',
    ];
    const files = r.files.length > 0 ? r.files : [null];
    for (const f of files) {
      const change =
        f === null || f.before === null
          ? ''
          : f.size === f.before
            ? '0'
            : `${f.size - f.before > 0 ? '+' : ''}${f.size - f.before} B`;
      rows.push([...head, f ? formatSize(f.size) : '', change, ...tail, f ? path.relative(cwd, f.path) : '']);
    }
  }
  const right = new Set([2, 3, 4, 5]);
  const widths = rows[0].map((_, i) => Math.max(...rows.map(r => r[i].length)));
  return rows
    .map(
      r =>
        `${r
          .map((c, i) => (right.has(i) ? c.padStart(widths[i]) : c.padEnd(widths[i])))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
