/** Runs the go command and turns what it says into events. It is given an argument array, never a shell's line. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Environment } from './go-env.ts';
import { watchProcesses } from './process-watch.ts';
import type { BuildEvent, ProcessInfo } from './protocol/builds.ts';

/** What hears a run of the go command. */
export interface Progress {
  /** A line of stdout. */
  line(text: string): void;
  /** A key of the package was computed: it has been looked at. */
  key(): void;
  /** A line of stderr that is no hash. */
  error(text: string): void;
}

/** Turns the go command's lines into events; progress at most ten times a second. */
export function progressOf(target: string, total: number, json: boolean, tell: (event: BuildEvent) => void): Progress {
  let done = 0;
  let compiling = '';
  let last = 0;
  const update = (now: boolean): void => {
    const t = performance.now();
    if (!now && t - last < 100) return;
    last = t;
    tell({ type: 'progress', target, done: Math.min(done, total), total, compiling });
  };
  const output = (text: string): void => tell({ type: 'output', target, text });
  const plain = (text: string): void => {
    // With -v a package's path alone on a line says that it is being compiled.
    if (/^[^\s#:]+$/.test(text)) {
      compiling = text;
      update(false);
    } else output(`${text}\n`);
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
      if (event.Output.trimEnd() === path.replace(/ \[.*\]$/, '')) {
        compiling = path;
        update(false);
      } else output(event.Output);
    },
    key() {
      done++;
      update(done >= total);
    },
    error: plain,
  };
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
): Promise<{ code: number; error: string; hashes: string; processes: ProcessInfo[] | null }> {
  return new Promise(resolve => {
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
      const message = error instanceof Error ? error.message : String(error);
      resolve({ code: -1, error: message, hashes: '', processes: null });
      return;
    }
    const watch = watched && child.pid !== undefined ? watchProcesses(child.pid) : null;
    const hashes: string[] = [];
    const lines = (each: (line: string) => void) => {
      let rest = '';
      return {
        data: (chunk: string): void => {
          const parts = (rest + chunk).split('\n');
          rest = parts.pop() ?? '';
          for (const line of parts) each(line);
        },
        end: (): void => {
          if (rest !== '') each(rest);
          rest = '';
        },
      };
    };
    const out = lines(line => progress.line(line));
    const err = lines(line => {
      if (!line.startsWith('HASH')) {
        progress.error(line);
        return;
      }
      if (!line.startsWith('HASH[build ') && !line.startsWith('HASH[link ')) return;
      hashes.push(line);
      if (/^HASH\[build .*\]: [0-9a-f]{64}$/.test(line)) progress.key();
    });
    child.stdout?.setEncoding('utf8').on('data', out.data);
    child.stderr?.setEncoding('utf8').on('data', err.data);
    let force: NodeJS.Timeout | null = null;
    const stop = (how: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/t', '/f']);
        else process.kill(-child.pid, how);
      } catch {
        // It has ended by itself.
      }
    };
    const abort = (): void => {
      // The go command tidies up after an interrupt; if it does not, it is ended.
      stop('SIGINT');
      force = setTimeout(() => stop('SIGKILL'), 3000);
    };
    const orphan = (): void => stop('SIGKILL');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    process.once('exit', orphan);
    const finish = (code: number, error: string): void => {
      signal.removeEventListener('abort', abort);
      process.removeListener('exit', orphan);
      if (force) clearTimeout(force);
      // Compilers may outlive the go command that ran them.
      if (signal.aborted) stop('SIGKILL');
      out.end();
      err.end();
      resolve({ code, error, hashes: hashes.join('\n'), processes: watch?.stop() ?? null });
    };
    child.on('error', error => finish(-1, `cannot run ${program}: ${error.message}`));
    child.on('close', code => finish(code ?? -1, ''));
  });
}
