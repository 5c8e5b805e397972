import path from 'node:path';
import { type Command, Exit, helpText, type Io, parseArguments, UsageError } from './command.ts';
import { build } from './commands/build.ts';
import { buildid } from './commands/buildid.ts';
import { cache } from './commands/cache.ts';
import { check } from './commands/check.ts';
import { diff } from './commands/diff.ts';
import { explain } from './commands/explain.ts';
import { graph } from './commands/graph.ts';
import { list } from './commands/list.ts';
import { lsp } from './commands/lsp.ts';
import { mod } from './commands/mod.ts';
import { nm } from './commands/nm.ts';
import { ports } from './commands/ports.ts';
import { size } from './commands/size.ts';
import { m } from './commands/m.ts';
import { verify } from './commands/verify.ts';
import { why } from './commands/why.ts';
import { version } from './commands/version.ts';

/** Every command, in the order of the overview. */
export const commands: readonly Command[] = [
  m,
  diff,
  check,
  list,
  mod,
  ports,
  build,
  graph,
  explain,
  verify,
  cache,
  nm,
  size,
  why,
  version,
  buildid,
  lsp,
];

function overview(): string {
  const width = Math.max(...commands.map(command => command.name.length));
  const rows = commands.map(command => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
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
}

/** Runs the program on its arguments (without node and script); returns the exit status. Nothing is thrown. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  const wantsHelp = (args: readonly string[]) => args.some(arg => /^--?h(elp)?$/.test(arg));
  if (name === undefined) {
    io.err(overview());
    return Exit.Usage;
  }
  if (name === 'help' || wantsHelp([name])) {
    const command = commands.find(({ name }) => name === rest[0]);
    if (name === 'help' && rest.length > 0 && command === undefined) return unknown(rest[0], io);
    io.out(name === 'help' && command ? helpText(command) : overview());
    return Exit.Done;
  }
  const command = commands.find(command => command.name === name);
  if (command === undefined) return unknown(name, io);
  const end = rest.indexOf('--');
  if (wantsHelp(end < 0 ? rest : rest.slice(0, end))) {
    io.out(helpText(command));
    return Exit.Done;
  }
  try {
    const invocation = parseArguments(command, rest);
    const dir = invocation.flags.get('C');
    return await command.run(invocation, dir === undefined ? io : { ...io, cwd: path.resolve(io.cwd, dir) });
  } catch (error) {
    // a UsageError is the user's to mend; anything else is ours, told in one line all the same
    const message = error instanceof Error ? error.message : String(error);
    io.err(
      `gospect ${command.name}: ${error instanceof UsageError ? '' : 'internal error: '}${message.split('\n')[0]}\n`,
    );
    if (io.env.GOSPECT_DEBUG && error instanceof Error) io.err(`${error.stack}\n`);
    return Exit.Usage;
  }
}

function unknown(name: string, io: Io): number {
  io.err(`gospect ${name}: unknown command (gospect help lists them)\n`);
  return Exit.Usage;
}
