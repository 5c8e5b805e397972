/** gospect buildid: as go tool buildid. */
import { readBuildId } from '../../core/binary/buildid.ts';
import { withImage } from '../binary/file.ts';
import { type Command, Exit, UsageError } from '../command.ts';

export const buildid: Command = {
  name: 'buildid',
  usage: 'FILE',
  help: 'Prints what go tool buildid prints. Of files linked by mold, whose Go note that tool overlooks, the Go note.',
  examples: [['buildid app', '']],
  flags: {},
  run({ args }, io) {
    if (args.length !== 1) throw new UsageError('which file? gospect buildid FILE');
    const id = withImage(io.cwd, args[0], readBuildId);
    if (id === null) throw new UsageError(`${args[0]} has no Go build ID, only one of the system's linker`);
    io.out(`${id}\n`);
    return Exit.Done;
  },
};
