import { main } from './cli.ts';

const interrupt = new AbortController();
// the first Ctrl-C asks the command to stop and tidy up, the second ends it
process.once('SIGINT', () => {
  interrupt.abort();
  process.once('SIGINT', () => process.exit(130));
});
// a reader that has seen enough (`gospect m | head`) is no error
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

const { env } = process;
process.exitCode = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  env,
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  terminal: process.stderr.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  signal: interrupt.signal,
});
