/** The command line: which command is called, what usage and errors look like, the exit status. */
import fs from 'node:fs';
import path from 'node:path';
import { filled } from './fill.ts';
import { type Command, Exit, GoError, helpText, type Io, parseArguments, UsageError } from './command.ts';
import { fileError } from './node-files.ts';

interface Listed {
  /** One line for the overview. */
  summary: string;
  read(): Promise<Command>;
}

/** Every command, in the order of the overview. The module of a command is read when it is called: starting is quick. */
export const commands: Readonly<Record<string, Listed>> = {
  m: {
    summary: 'what escapes to the heap and what is inlined, as go build -gcflags=-m prints it',
    read: async () => (await import('./commands/m.ts')).m,
  },
  diff: {
    summary: 'what the compiler decides otherwise than at another commit',
    read: async () => (await import('./commands/diff.ts')).diff,
  },
  check: {
    summary: 'the compile errors of go build',
    read: async () => (await import('./commands/check.ts')).check,
  },
  list: {
    summary: 'packages or modules, as go list prints them',
    read: async () => (await import('./commands/list.ts')).list,
  },
  mod: {
    summary: 'the module requirement graph, why a package or module is needed, what upgrades would change',
    read: async () => (await import('./commands/mod.ts')).mod,
  },
  ports: {
    summary: 'the operating systems and architectures Go builds for',
    read: async () => (await import('./commands/ports.ts')).ports,
  },
  build: {
    summary: 'build for one or many targets with the Go on this machine',
    read: async () => (await import('./commands/build.ts')).build,
  },
  graph: {
    summary: 'the action graph of a build: what ran, what was cached, what it waited for',
    read: async () => (await import('./commands/graph.ts')).graph,
  },
  explain: {
    summary: 'what the next build would build again, and which changed input is the cause',
    read: async () => (await import('./commands/explain.ts')).explain,
  },
  verify: {
    summary: 'whether a build gives the same bytes from another folder with another cache',
    read: async () => (await import('./commands/verify.ts')).verify,
  },
  cache: {
    summary: "what is in go's build cache, what trimming takes, and what is damaged",
    read: async () => (await import('./commands/cache.ts')).cache,
  },
  nm: {
    summary: 'the symbols of an executable, as go tool nm lists them',
    read: async () => (await import('./commands/nm.ts')).nm,
  },
  size: {
    summary: 'what every byte of an executable is for',
    read: async () => (await import('./commands/size.ts')).size,
  },
  why: {
    summary: 'why a symbol is in an executable, and what would go with it',
    read: async () => (await import('./commands/why.ts')).why,
  },
  version: {
    summary: 'the Go version (and with -m the modules) that files were built with',
    read: async () => (await import('./commands/version.ts')).version,
  },
  buildid: {
    summary: 'the build ID that the linker recorded in a file',
    read: async () => (await import('./commands/buildid.ts')).buildid,
  },
  lsp: {
    summary: 'the language server, for any editor',
    read: async () => (await import('./commands/lsp.ts')).lsp,
  },
};

/** The command of that name, or undefined. */
function findCommand(name: string): Promise<Command> | undefined {
  return Object.hasOwn(commands, name) ? commands[name].read() : undefined;
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map(name => name.length));
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
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
    io.err(overview());
    return Exit.Usage;
  }
  if (/^--?version$/.test(name)) return main(['version'], io);
  if (name === 'help' || wantsHelp([name])) {
    const command = await findCommand(rest[0] ?? '');
    if (name === 'help' && rest.length > 0 && command === undefined) return unknown(rest[0], io);
    io.out(name === 'help' && command ? helpText(command) : overview());
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
