/** The command line: which command is called, what usage and errors look like, the exit status. */
import fs from 'node:fs';
import path from 'node:path';
import { filled } from './fill.ts';
import { type Command, Exit, GoError, helpText, type Io, parseArguments, UsageError } from './command.ts';
import { fileError } from './node-files.ts';

/** Every command, in the order of the overview. The module of a command is read when it is called: starting is quick. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  m: async () => (await import('./commands/m.ts')).m,
  diff: async () => (await import('./commands/diff.ts')).diff,
  check: async () => (await import('./commands/check.ts')).check,
  list: async () => (await import('./commands/list.ts')).list,
  mod: async () => (await import('./commands/mod.ts')).mod,
  ports: async () => (await import('./commands/ports.ts')).ports,
  build: async () => (await import('./commands/build.ts')).build,
  graph: async () => (await import('./commands/graph.ts')).graph,
  explain: async () => (await import('./commands/explain.ts')).explain,
  verify: async () => (await import('./commands/verify.ts')).verify,
  cache: async () => (await import('./commands/cache.ts')).cache,
  nm: async () => (await import('./commands/nm.ts')).nm,
  size: async () => (await import('./commands/size.ts')).size,
  why: async () => (await import('./commands/why.ts')).why,
  version: async () => (await import('./commands/version.ts')).version,
  buildid: async () => (await import('./commands/buildid.ts')).buildid,
  lsp: async () => (await import('./commands/lsp.ts')).lsp,
};

/** The command of that name, or undefined. */
function findCommand(name: string): Promise<Command> | undefined {
  return Object.hasOwn(commands, name) ? commands[name]() : undefined;
}

async function overview(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map(read => read()));
  const width = Math.max(...all.map(command => command.name.length));
  const rows = all.map(command => `  ${command.name.padEnd(width)}  ${command.summary}`);
  const text = [
    'Gospect shows what the Go toolchain decides.',
    '',
    'usage: gospect <command> [flags] [arguments]',
    '',
    'Commands:',
    ...rows,
    '',
    'gospect <command> --help tells more. Exit status: 0 done, 1 errors in the code, 2 wrong usage or unreadable input.',
    '',
  ].join('\n');
  return filled(text);
}

/** Runs the program on its arguments (without node and script); returns the exit status. Nothing is thrown. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  const wantsHelp = (args: readonly string[]) => args.some(arg => /^--?h(elp)?$/.test(arg));
  if (name === undefined) {
    io.err(await overview());
    return Exit.Usage;
  }
  if (/^--?version$/.test(name)) return main(['version'], io);
  if (name === 'help' || wantsHelp([name])) {
    const command = await findCommand(rest[0] ?? '');
    if (name === 'help' && rest.length > 0 && command === undefined) return unknown(rest[0], io);
    io.out(name === 'help' && command ? helpText(command) : await overview());
    return Exit.Done;
  }
  const command = await findCommand(name);
  if (command === undefined) return unknown(name, io);
  const end = rest.indexOf('--');
  if (wantsHelp(end < 0 ? rest : rest.slice(0, end))) {
    io.out(helpText(command));
    return Exit.Done;
  }
  try {
    const invocation = parseArguments(command, rest);
    const dir = invocation.flags.get('C');
    return await command.run(invocation, dir === undefined ? io : { ...io, cwd: changed(io.cwd, dir) });
  } catch (error) {
    if (error instanceof GoError) {
      io.err(`${error.message}\n`);
      return error.status;
    }
    // a UsageError is the user's to mend; anything else is ours, told in one line all the same
    const message = error instanceof Error ? error.message : String(error);
    io.err(
      `gospect ${command.name}: ${error instanceof UsageError ? '' : 'internal error: '}${message.split('\n')[0]}\n`,
    );
    if (io.env.GOSPECT_DEBUG && error instanceof Error) io.err(`${error.stack}\n`);
    return Exit.Usage;
  }
}

/** The folder that -C names. */
function changed(cwd: string, dir: string): string {
  const folder = path.resolve(cwd, dir);
  try {
    if (fs.statSync(folder).isDirectory()) return folder;
  } catch (error) {
    throw new UsageError(fileError(error, 'chdir', dir));
  }
  throw new UsageError(`chdir ${dir}: not a directory`);
}

function unknown(name: string, io: Io): number {
  io.err(`gospect ${name}: unknown command (gospect help lists them)\n`);
  return Exit.Usage;
}
