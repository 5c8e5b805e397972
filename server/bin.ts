#!/usr/bin/env node
import { once } from 'node:events';
import { main } from './cli.ts';

const interrupt = new AbortController();
// the first Ctrl-C (or SIGTERM, or closing the terminal) asks the command to stop and tidy up; the second ends it
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const)
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(128 + number);
    interrupt.abort();
  });
// a reader that has seen enough (`gospect m | head`) is no error
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
// nobody reads what goes wrong any more, as on a terminal that was closed
process.stderr.on('error', () => {});

const { env } = process;
process.exitCode = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  env,
  out: text => void process.stdout.write(text),
  drained: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  },
  err: text => void process.stderr.write(text),
  terminal: process.stderr.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  signal: interrupt.signal,
});
