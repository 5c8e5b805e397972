/** gospect verify: whether a build is reproducible. */
import { requestedOne, TARGET_FLAGS } from '../build/flags.ts';
import { type Command, Exit, UsageError } from '../command.ts';
import { echo } from './build-output.ts';
import { verifyBuild } from '../build/verify.ts';

export const verify: Command = {
  name: 'verify',
  usage: '[--target os/arch[/level]] [--profile name] [--json] [packages]',
  help: [
    'Builds twice with the Go on this machine: here, and in a copy of the module with an empty cache, which takes a while.',
    'Then compares byte by byte and names the first section that differs and what to change. Version control stamps are',
    'left out, since the copy has none.',
  ].join('\n'),
  examples: [
    ['verify ./cmd/app', 'as it is built'],
    ['verify --profile reproducible .', 'as it should be'],
  ],
  flags: {
    ...TARGET_FLAGS,
    json: { value: 'none', help: 'print JSON' },
  },
  async run(invocation, io) {
    const { flags } = invocation;
    const result = await verifyBuild(requestedOne('verify', invocation, io), io.env, io.signal, echo(io));
    if (result.message !== '') throw new UsageError(result.message);
    if (flags.has('json')) io.out(`${JSON.stringify({ v: 1, ...result })}\n`);
    else {
      for (const d of result.files) {
        if (d.offset === null) {
          io.out(`${d.file}: the same ${d.sizes[0]} bytes\n`);
          continue;
        }
        const where = d.section === '' ? 'outside the sections' : `in ${d.section}`;
        io.out(`${d.file}: differs first at byte ${d.offset} ${where}, ${d.differing} bytes in all (${d.cause})\n`);
        io.out(`\t${d.advice}\n`);
      }
    }
    return result.reproducible ? Exit.Done : Exit.Errors;
  },
};
