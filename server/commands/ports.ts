/** gospect ports: as go tool dist list. */
import { goJson } from '../../core/load/list.ts';
import { ports as table } from '../../core/load/ports.ts';
import { type Command, Exit, UsageError } from '../command.ts';

export const ports: Command = {
  name: 'ports',
  usage: '[-json]',
  help: 'Prints what go tool dist list prints, from a table of our own: no Go is needed.',
  examples: [
    ['ports', 'the ports, one a line'],
    ['ports -json', 'with what cgo can do there'],
  ],
  flags: { json: { value: 'none', help: 'with whether cgo is supported and the port is first class' } },
  run({ flags, args }, io) {
    if (args.length > 0) throw new UsageError('ports takes no arguments');
    const list = table.filter(p => !p.broken);
    if (!flags.has('json')) io.out(list.map(p => `${p.goos}/${p.goarch}\n`).join(''));
    else {
      const rows = list.map(p => ({
        GOOS: p.goos,
        GOARCH: p.goarch,
        CgoSupported: p.cgoSupported,
        FirstClass: p.firstClass,
      }));
      io.out(goJson(rows));
    }
    return Exit.Done;
  },
};
