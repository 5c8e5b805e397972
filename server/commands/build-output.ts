/** What commands that build print of it on stderr. */
import type { Io } from '../command.ts';
import type { BuildEvent } from '../protocol/builds.ts';

/** Prints the commands and what go says. */
export function echo(io: Io): (event: BuildEvent) => void {
  return event => {
    if (event.type === 'target') io.err(`${event.command}\n`);
    else if (event.type === 'output') io.err(event.text);
  };
}

/** The same with why a target failed; on a terminal also how far it is, in a line that is written over. */
export function report(io: Io): (event: BuildEvent) => void {
  const print = echo(io);
  let bar = false;
  return event => {
    if (event.type === 'live') return;
    if (bar && event.type !== 'progress') {
      io.err('\r\x1b[K');
      bar = false;
    }
    print(event);
    if (event.type === 'result' && event.result.message !== '')
      io.err(`${event.result.target}: ${event.result.message}\n`);
    if (event.type !== 'progress' || !io.terminal) return;
    const width = String(event.total).length;
    const all = event.total > 0 ? `/${event.total}` : '';
    io.err(`\r\x1b[K${String(event.done).padStart(width)}${all} ${event.compiling}`);
    bar = true;
  };
}
