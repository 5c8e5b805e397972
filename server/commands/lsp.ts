/** gospect lsp: the language server on standard input and output. */
import {
  createConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { type Command, Exit, UsageError } from '../command.ts';
import { nodeHost } from '../node-host.ts';
import { serve } from '../serve.ts';

export const lsp: Command = {
  name: 'lsp',
  usage: '[--stdio]',
  help: 'Speaks the Language Server Protocol on standard input and output until the client ends it.',
  examples: [['lsp --stdio', 'what an editor is told to run']],
  flags: {
    stdio: { value: 'none', help: 'speak on standard input and output: the only way there is, so it may be left out' },
    clientProcessId: { value: 'required', placeholder: 'pid', help: 'end when this process has ended' },
  },
  async run({ flags, args }, io) {
    if (args.length > 0) throw new UsageError(`unexpected argument ${args[0]}`);
    if (!flags.has('stdio') && process.stdin.isTTY) {
      throw new UsageError(
        'an editor starts this: it speaks the Language Server Protocol on standard input and output',
      );
    }
    const { stdin, stdout } = process;
    const connection = createConnection(
      ProposedFeatures.all,
      new StreamMessageReader(stdin),
      new StreamMessageWriter(stdout),
    );
    serve(connection, nodeHost());
    await new Promise<void>(resolve => {
      stdin.once('end', resolve);
      stdin.once('close', resolve);
      io.signal.addEventListener('abort', () => resolve());
    });
    // an editor that has crashed sends no `exit`, and the threads would go on waiting
    return process.exit(Exit.Done);
  },
};
