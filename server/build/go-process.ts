/** Runs the go command and turns what it says into events. It is given an argument array, never a shell's line. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Environment } from '../go-env.ts';
import { watchProcesses } from './process-watch.ts';
import type { BuildEvent, ProcessInfo } from '../protocol/builds.ts';

/** What is told of a run of the go command. */
export interface Progress {
  /** A line of stdout. */
  line(text: string): void;
  /** A key of the package was computed: it has been looked at. */
  key(): void;
  /** The key of a program was computed: all that it is linked from is compiled, or has been found. */
  linking(): void;
  /** A line of stderr that is no hash. */
  error(text: string): void;
}

/** What counts as output: with `packages` the names of packages that are compiled; with `commands` go prints commands. */
export interface Telling {
  json: boolean;
  packages: boolean;
  commands: boolean;
}

/** Milliseconds between two events of progress, at least. */
const progressInterval = 100;
/** Milliseconds that the go command has to tidy up after an interrupt. */
const graceTime = 3000;

/** Turns the go command's lines into events. */
export function progressOf(
  target: string,
  total: () => number,
  { json, packages, commands }: Telling,
  tell: (event: BuildEvent) => void,
): Omit<Progress, 'linking'> {
  let done = 0;
  let compiling = '';
  let last = 0;
  const update = (now: boolean): void => {
    const t = performance.now();
    if (!now && t - last < progressInterval) return;
    last = t;
    const all = total();
    tell({ type: 'progress', target, done: all > 0 ? Math.min(done, all) : done, total: all, compiling });
  };
  const output = (text: string): void => tell({ type: 'output', target, text });
  const name = (path: string): void => {
    if (packages) output(`${path}\n`);
    compiling = path;
    update(false);
  };
  const plain = (text: string): void => {
    // With -v a package's path alone on a line says that it is being compiled; so may a line of a command's input.
    if (!commands && /^[^\s#:]+$/.test(text)) name(text);
    else output(`${text}\n`);
  };
  return {
    line(text) {
      if (!json) return plain(text);
      let event: { ImportPath?: unknown; Action?: unknown; Output?: unknown };
      try {
        event = JSON.parse(text);
      } catch {
        return output(`${text}\n`);
      }
      if (event.Action !== 'build-output' || typeof event.Output !== 'string') return;
      const path = typeof event.ImportPath === 'string' ? event.ImportPath : '';
      if (event.Output.trimEnd() === path.replace(/ \[.*\]$/, '')) name(event.Output.trimEnd());
      else output(event.Output);
    },
    key() {
      done++;
      update(done === total());
    },
    error: plain,
  };
}

/** What go says when it is to put programs into a folder and there are none. */
const noMains = 'no main packages to build';

export interface GoRun {
  code: number;
  /** Why the program could not be run; ''. */
  error: string;
  /** The lines that were hashed into keys of packages and programs. */
  hashes: string;
  /** It ended since nothing it was to build is a program, which is not told as output. */
  noMains: boolean;
  /** Milliseconds until the first key, in which packages were loaded; -1 when there was none. */
  loading: number;
  processes: ProcessInfo[] | null;
}

/** A shell script: it keeps a list of the process groups that it is told of, and kills those left when its input ends. */
const guarding = `g=
while read -r what id; do
  case $what in
    begun) g="$g $id" ;;
    over) left=; for x in $g; do [ "$x" = "$id" ] || left="$left $x"; done; g=$left ;;
  esac
done
for x in $g; do kill -KILL "-$x"; done`;
let guard: ChildProcess | null = null;

/**
 * Has the process group killed if this process is killed, and cannot do it itself. Does nothing on Windows, which has no
 * such groups. The caller calls what is returned when the group has ended.
 */
function guardGroup(group: number): () => void {
  if (process.platform === 'win32') return () => {};
  try {
    if (guard === null) {
      const child = spawn('/bin/sh', ['-c', guarding], {
        cwd: '/',
        stdio: ['pipe', 'ignore', 'ignore'],
        detached: true,
      });
      for (const part of [child, child.stdin]) part.on('error', () => {});
      child.once('exit', () => (guard = null));
      // It is no reason to stay.
      child.unref();
      (child.stdin as Socket).unref();
      guard = child;
    }
    guard.stdin?.write(`begun ${group}\n`);
  } catch {
    // No shell here: nothing is lost but this.
  }
  return () => guard?.stdin?.write(`over ${group}\n`);
}

/** Puts pieces of text together to lines. */
function linesOf(each: (line: string) => void): { data(chunk: string): void; end(): void } {
  let rest = '';
  return {
    data(chunk) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) each(line);
    },
    end() {
      if (rest !== '') each(rest);
      rest = '';
    },
  };
}

/** Sends a signal to the program and all that it has started. */
function stopTree(child: ChildProcess, how: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32')
      spawn('taskkill', ['/pid', String(child.pid), '/t', '/f']).on('error', () => child.kill());
    else process.kill(-child.pid, how);
  } catch {
    // it has ended by itself
  }
}

/**
 * Runs the program; what it hashes is collected, the rest is told line by line. Aborting stops it and its children.
 * `watched`: the programs it runs are looked at meanwhile.
 */
export function runGo(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Environment,
  signal: AbortSignal,
  progress: Progress,
  watched = false,
): Promise<GoRun> {
  return new Promise(resolve => {
    const began = performance.now();
    const ran: GoRun = { code: -1, error: '', hashes: '', noMains: false, loading: -1, processes: null };
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        cwd,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        // A process group of its own: stopping it stops the compilers too.
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
    } catch (error) {
      resolve({ ...ran, error: error instanceof Error ? error.message : String(error) });
      return;
    }
    const over = child.pid === undefined ? () => {} : guardGroup(child.pid);
    const watch = watched && child.pid !== undefined ? watchProcesses(child.pid) : null;
    const hashes: string[] = [];
    const out = linesOf(line => progress.line(line));
    const err = linesOf(line => {
      if (!line.startsWith('HASH')) {
        if (line.includes(noMains)) ran.noMains = true;
        else progress.error(line);
        return;
      }
      if (!line.startsWith('HASH[build ') && !line.startsWith('HASH[link ')) return;
      if (hashes.push(line) === 1) ran.loading = performance.now() - began;
      const key = /^HASH\[(build|link) .*\]: [0-9a-f]{64}$/.exec(line);
      if (key?.[1] === 'build') progress.key();
      else if (key) progress.linking();
    });
    child.stdout?.setEncoding('utf8').on('data', out.data);
    child.stderr?.setEncoding('utf8').on('data', err.data);
    let force: NodeJS.Timeout | null = null;
    const abort = (): void => {
      // the go command tidies up after an interrupt; if it does not, it is ended
      stopTree(child, 'SIGINT');
      force = setTimeout(() => stopTree(child, 'SIGKILL'), graceTime);
    };
    const orphan = (): void => stopTree(child, 'SIGKILL');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    process.once('exit', orphan);
    const finish = (code: number, error: string): void => {
      signal.removeEventListener('abort', abort);
      process.removeListener('exit', orphan);
      if (force) clearTimeout(force);
      over();
      // compilers may outlive the go command that ran them
      if (signal.aborted) stopTree(child, 'SIGKILL');
      out.end();
      err.end();
      resolve({ ...ran, code, error, hashes: hashes.join('\n'), processes: watch?.stop() ?? null });
    };
    child.on('error', error => finish(-1, `cannot run ${program}: ${error.message}`));
    child.on('close', code => finish(code ?? -1, ''));
  });
}
