/** Runs the command line in the process of the tests. */
import { main } from '../server/cli.ts';
import type { Io } from '../server/command.ts';
import type { Environment } from '../server/go-env.ts';

/** What `gospect args` prints and its exit status; `env` is the whole environment that it sees. */
export async function gospect(
  args: readonly string[],
  cwd: string,
  env: Environment,
  signal: Io['signal'] = new AbortController().signal,
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await main(args, {
    cwd,
    env,
    out: text => void (out += text),
    drained: async () => {},
    err: text => void (err += text),
    terminal: false,
    signal,
  });
  return { code, out, err };
}
