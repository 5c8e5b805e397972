import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { GoCommand } from './go.ts';

/** A port to build for. */
export interface BuildTarget {
  goos: string;
  goarch: string;
}

export interface BuiltFile {
  path: string;
  /** Bytes. */
  size: number;
}

/** What became of building one target. */
export interface BuildOutcome {
  target: BuildTarget;
  state: 'done' | 'failed' | 'stopped';
  /** Wall clock in milliseconds. */
  ms: number;
  /** Packages that were compiled; the others came from the cache. */
  compiled: number;
  files: BuiltFile[];
  /** First line of what went wrong. */
  message: string;
}

export interface BuildRequest {
  go: GoCommand;
  /** Workspace folder; paths in messages are relative to it. */
  folder: string;
  /** Folders with a go.mod, to be built each. */
  modules: string[];
  targets: BuildTarget[];
  /** Where a target's executables go. */
  output(target: BuildTarget): string;
  onStart(target: BuildTarget): void;
  onPackage(target: BuildTarget, pkg: string, compiled: number): void;
  onDone(outcome: BuildOutcome): void;
}

export const targetName = ({ goos, goarch }: BuildTarget): string => `${goos}/${goarch}`;

/** A terminal that runs `go build` for each target in turn; closing it stops the build. */
export function buildTerminal(request: BuildRequest): vscode.Pseudoterminal {
  const text = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number>();
  let child: ChildProcess | undefined;
  let stopped = false;

  /** Runs `go`, line by line; resolves with its exit status, 127 when there is no such program. */
  const run = (cwd: string, args: string[], env: GoCommand['env'], onLine: (line: string) => void) =>
    new Promise<number>(resolve => {
      const detached = process.platform !== 'win32';
      child = spawn(request.go.program, args, { cwd, env, detached, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout!, child.stderr!]) {
        let rest = '';
        stream.setEncoding('utf8').on('data', (data: string) => {
          const lines = (rest + data).split('\n');
          rest = lines.pop()!;
          for (const line of lines) onLine(line);
        });
        stream.on('end', () => rest && onLine(rest));
      }
      child.on('error', (error: NodeJS.ErrnoException) => {
        onLine(
          error.code === 'ENOENT'
            ? `${request.go.program} was not found: install Go (https://go.dev/dl), or set go.goroot or go.alternateTools`
            : error.message,
        );
        resolve(127);
      });
      child.on('close', code => resolve(code ?? 1));
    });

  const say = (line: string) => text.fire(`${line}\r\n`);

  const build = async (target: BuildTarget): Promise<BuildOutcome> => {
    const start = performance.now();
    const env = { ...request.go.env, GOOS: target.goos, GOARCH: target.goarch };
    const output = request.output(target);
    const files: BuiltFile[] = [];
    let message = '';
    let compiled = 0;
    let failed = false;
    request.onStart(target);
    fs.mkdirSync(output, { recursive: true });
    for (const module of request.modules) {
      const where = path.relative(request.folder, module);
      const mains: string[] = [];
      const list = ['list', '-e', '-f', '{{if eq .Name "main"}}{{.ImportPath}}{{end}}', ...request.go.buildFlags];
      const listed = await run(module, [...list, './...'], env, line => {
        if (line.trim() !== '') mains.push(line);
      });
      if (stopped) break;
      if (listed !== 0) {
        mains.forEach(say);
        message ||= mains[0] ?? `go list failed with status ${listed}`;
        failed = true;
        continue;
      }
      // -o wants a package main; a module of libraries is compiled only
      const args = ['build', '-v', ...request.go.buildFlags];
      if (mains.length > 0) args.push('-o', output + path.sep);
      args.push('./...');
      const command = [request.go.program, ...args]
        .map(arg => (/[\s"']/.test(arg) ? JSON.stringify(arg) : arg))
        .join(' ');
      say(`\x1b[1m> GOOS=${target.goos} GOARCH=${target.goarch} ${command}\x1b[0m${where ? `  (in ${where})` : ''}`);
      const begun = Date.now();
      const code = await run(module, args, env, line => {
        if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) request.onPackage(target, line, ++compiled);
        else if (!line.startsWith('# ')) message ||= line;
        // in a module below the folder go names files relative to the module: make them relative to the folder
        say(
          where ? line.replace(/^(?:\.[/\\])?([^\s:]+\.go:\d+)/, (_, place: string) => path.join(where, place)) : line,
        );
      });
      if (stopped) break;
      if (code !== 0) {
        failed = true;
        message ||= `go build failed with status ${code}`;
      } else {
        for (const name of mains.length > 0 ? fs.readdirSync(output) : []) {
          const file = path.join(output, name);
          const stat = fs.statSync(file);
          if (stat.isFile() && (stat.mtimeMs >= begun - 2000 || mains.some(main => matches(main, name)))) {
            if (!files.some(known => known.path === file)) files.push({ path: file, size: stat.size });
          }
        }
      }
    }
    const state = stopped ? 'stopped' : failed ? 'failed' : 'done';
    const ms = performance.now() - start;
    return { target, state, ms, compiled, files, message: state === 'done' ? '' : message };
  };

  const main = async () => {
    let failures = 0;
    for (const target of request.targets) {
      if (stopped) break;
      const outcome = await build(target);
      if (outcome.state !== 'done') failures++;
      const seconds = (outcome.ms / 1000).toFixed(1);
      say(`${targetName(target)}: ${outcome.state} in ${seconds} s, ${outcome.compiled} packages compiled\r\n`);
      request.onDone(outcome);
    }
    closed.fire(failures === 0 ? 0 : 1);
  };

  return {
    onDidWrite: text.event,
    onDidClose: closed.event,
    open: () => void main(),
    close() {
      stopped = true;
      if (child?.pid === undefined || child.exitCode !== null) return;
      try {
        // go's compilers are its children: the group goes with it
        if (process.platform === 'win32') child.kill();
        else process.kill(-child.pid, 'SIGINT');
      } catch {
        // it has ended
      }
    },
  };
}

/** Whether go names the executable of this main package so: the last element of its path, a version's `/v2` aside. */
function matches(main: string, name: string): boolean {
  const parts = main.split('/');
  if (parts.length > 1 && /^v\d+$/.test(parts.at(-1)!)) parts.pop();
  return name.replace(/\.(exe|wasm)$/, '') === parts.at(-1);
}
