/** A build as VS Code shows it: the terminal of its task, with go's output and what became of each target. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  ARCHIVE_REQUEST,
  type ArchiveParams,
  type BuiltTarget,
  BUILD_PROGRESS,
  BUILD_REQUEST,
  type BuildEvent,
  type BuildParams,
  type BuildProgress,
  type LiveSpan,
  type OwnProfile,
  type TargetResult,
} from '../server/protocol/builds.ts';
import { formatCount } from '../server/protocol/units.ts';
import { type BuildTarget, targetName } from '../server/protocol/ports.ts';
import type { GoCommand } from './go.ts';

export interface BuiltFile {
  path: string;
  /** Bytes. */
  size: number;
  /** Where the file that it replaced is kept; absent when there was none. */
  previous?: string;
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
  /** Identifies the record of the build, for its action graph; '' when there is none. */
  record: string;
  /** How the first program is linked, what it needs, whether this machine runs it. */
  linkage: TargetResult['linkage'];
  needs: string[];
  runs: TargetResult['runs'];
}

export interface BuildRequest {
  client: BaseLanguageClient;
  go: GoCommand;
  /** Workspace folder; paths in messages are relative to it. */
  folder: string;
  /** Folders with a go.mod, to be built each. */
  modules: string[];
  targets: BuildTarget[];
  profile: string;
  profiles: Record<string, OwnProfile>;
  /** The folder to pack what was built into; '' for not at all. */
  archive: string;
  /** Where a target's executables go. */
  output(target: BuildTarget): string;
  onStart(target: BuildTarget): void;
  /** So many packages of the target have been looked at; `compiling` was begun last. */
  onProgress(target: BuildTarget, compiling: string, done: number, total: number): void;
  onLive(target: BuildTarget, spans: LiveSpan[]): void;
  onDone(outcome: BuildOutcome): void;
}

let builds = 0;

/** A build that runs: what it is asked for, where its output goes, how it is stopped. */
interface Running {
  request: BuildRequest;
  say(lines: string): void;
  stop: vscode.CancellationToken;
}

/** A terminal that has the server build each target in turn and shows what go says; closing it stops the build. */
export function buildTerminal(request: BuildRequest): vscode.Pseudoterminal {
  const text = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number>();
  const stop = new vscode.CancellationTokenSource();
  const say = (lines: string) => text.fire(lines.replaceAll('\n', '\r\n'));
  return {
    onDidWrite: text.event,
    onDidClose: closed.event,
    open() {
      void buildAll({ request, say, stop: stop.token })
        .catch(error => {
          say(`${messageOf(error)}\n`);
          return 1;
        })
        .then(status => closed.fire(status));
    },
    close: () => stop.cancel(),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Builds the targets and packs what came out, if that is wanted; the task's exit status. */
async function buildAll(running: Running): Promise<number> {
  const { request, say, stop } = running;
  let failures = 0;
  const built: BuiltTarget[] = [];
  for (const target of request.targets) {
    if (stop.isCancellationRequested) break;
    const outcome = await buildTarget(running, target);
    const name = targetName(target);
    const seconds = (outcome.ms / 1000).toFixed(1);
    say(`${name}: ${outcome.state} in ${seconds} s, ${formatCount(outcome.compiled, 'package')} compiled\n\n`);
    request.onDone(outcome);
    if (outcome.state === 'done') built.push({ target: name, files: outcome.files.map(f => f.path) });
    else failures++;
  }
  if (request.archive && built.length > 0 && !stop.isCancellationRequested) {
    const params: ArchiveParams = { results: built, folder: request.archive };
    try {
      const files = await request.client.sendRequest<string[]>(ARCHIVE_REQUEST, params);
      say(`${files.join('\n')}\n`);
    } catch (error) {
      failures++;
      say(`What was built is not packed: ${messageOf(error)}\n`);
    }
  }
  return failures === 0 ? 0 : 1;
}

/** Builds all modules for one target. */
async function buildTarget(running: Running, target: BuildTarget): Promise<BuildOutcome> {
  const { request, say, stop } = running;
  const outcome: BuildOutcome = {
    target,
    state: 'done',
    ms: 0,
    compiled: 0,
    files: [],
    message: '',
    record: '',
    linkage: '',
    needs: [],
    runs: 'unknown',
  };
  request.onStart(target);
  for (const module of request.modules) {
    let first = '';
    const result = await buildModule(running, target, module, line => (first ||= line)).catch(messageOf);
    if (stop.isCancellationRequested) return { ...outcome, state: 'stopped' };
    if (typeof result === 'string') {
      say(`${result}\n`);
      return { ...outcome, state: 'failed', message: result };
    }
    addResult(outcome, result);
    if (result.cacheProgram !== '' && result.status === 'ok') {
      const all = result.cached + result.compiled;
      say(`GOCACHEPROG=${result.cacheProgram}: ${result.cached} of ${all} packages came from its cache\n`);
    }
    if (result.status === 'ok') continue;
    if (result.message !== '') say(`${result.message}\n`);
    outcome.state = 'failed';
    outcome.message ||= result.message.split('\n')[0] || first || 'go build failed';
  }
  return outcome;
}

/** Adds what came of a module to what came of the target. */
function addResult(outcome: BuildOutcome, result: TargetResult): void {
  outcome.ms += result.time;
  outcome.compiled += result.compiled;
  outcome.record ||= result.record;
  if (outcome.linkage === '') {
    outcome.linkage = result.linkage;
    outcome.needs = result.needs;
    outcome.runs = result.runs;
  }
  for (const { path, size, previous } of result.files)
    outcome.files.push({ path, size, ...(previous === null ? {} : { previous }) });
}

/** Has the server build one module and shows what it tells; `line` hears the lines that go says of the code. */
async function buildModule(
  { request, say, stop }: Running,
  target: BuildTarget,
  module: string,
  line: (text: string) => void,
): Promise<TargetResult> {
  const where = path.relative(request.folder, module);
  const id = String(++builds);
  const hear = (event: BuildEvent) => {
    if (event.type === 'target') say(`\x1b[1m> ${event.command}\x1b[0m${where ? `  (in ${where})` : ''}\n`);
    else if (event.type === 'progress') request.onProgress(target, event.compiling, event.done, event.total);
    else if (event.type === 'live') request.onLive(target, event.spans);
    else if (event.type === 'output') {
      for (const text of event.text.split('\n')) if (text !== '' && !text.startsWith('# ')) line(text);
      // in a module below the folder go names files relative to the module: make them relative to the folder
      const place = /^(?:\.[/\\])?([^\s:]+\.go:\d+)/gm;
      say(where ? event.text.replace(place, (_, at: string) => path.join(where, at)) : event.text);
    }
  };
  const heard = request.client.onNotification(BUILD_PROGRESS, (progress: BuildProgress) => {
    if (progress.id === id) hear(progress.event);
  });
  try {
    const params: BuildParams = {
      id,
      cwd: module,
      packages: ['./...'],
      target: targetName(target),
      profile: request.profile,
      profiles: request.profiles,
      out: request.output(target),
      program: request.go.program,
      env: request.go.env,
      flags: request.go.buildFlags,
    };
    return await request.client.sendRequest<TargetResult>(BUILD_REQUEST, params, stop);
  } finally {
    heard.dispose();
  }
}
