/** gospect version: as go version of files. */
import fs from 'node:fs';
import path from 'node:path';
import { readImage } from '../../core/binary/open.ts';
import { readBuildInfo } from '../../core/binary/buildinfo.ts';
import { withSource } from '../binary/file.ts';
import { type Command, Exit, type Io, UsageError } from '../command.ts';
import { ownVersion } from '../own-version.ts';

export const version: Command = {
  name: 'version',
  usage: '[-m] [-v] [FILE…]',
  help: [
    'Prints what go version prints for executables; folders are walked as go does. Wasm files, which go cannot read, are',
    'read too. Without a file: which Gospect this is.',
  ].join('\n'),
  examples: [['version -m app', 'modules and build settings']],
  flags: {
    m: { value: 'none', help: 'print the module and build settings recorded in each file' },
    v: { value: 'none', help: 'in folders, say of each candidate why it is no Go executable' },
  },
  run({ flags, args }, io) {
    if (args.length === 0) {
      io.out(`gospect ${ownVersion()}\n`);
      return Exit.Done;
    }
    let exit = Exit.Done;
    for (const file of args) {
      const full = path.resolve(io.cwd, file);
      const stat = fs.statSync(full, { throwIfNoEntry: false });
      if (stat === undefined) throw new UsageError(`stat ${file}: no such file or directory`);
      if (stat.isDirectory()) walk(file, full, flags.has('m'), flags.has('v'), io);
      else if (!scan(file, full, flags.has('m'), true, io) && flags.has('m')) exit = Exit.Errors;
    }
    return exit;
  },
};

/** Every file below, in the order of its name, as filepath.WalkDir visits them. */
function walk(shown: string, full: string, modules: boolean, verbose: boolean, io: Io): void {
  const entries = fs.readdirSync(full, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const inner = path.posix.join(shown, entry.name);
    const innerFull = path.join(full, entry.name);
    if (entry.isDirectory()) walk(inner, innerFull, modules, verbose, io);
    else if (entry.isFile() || entry.isSymbolicLink()) scan(inner, innerFull, modules, verbose, io);
  }
}

function scan(shown: string, full: string, modules: boolean, mustSay: boolean, io: Io): boolean {
  const stat = fs.statSync(full, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) {
    if (mustSay) io.err(`${shown}: symlink\n`);
    return false;
  }
  const read = withSource('/', full, source => readImage(source, readBuildInfo));
  const info = read.ok ? read.value : read.message;
  if (info === null || typeof info === 'string') {
    const candidate = (stat.mode & 0o111) !== 0 || /\.(?:so|exe|dll)$|\.so\./.test(shown.toLowerCase());
    if (mustSay && candidate) {
      const why = info === null ? 'not a Go executable' : 'unrecognized file format';
      io.err(`${shown}: could not read Go build info from ${shown}: ${why}\n`);
    }
    return false;
  }
  io.out(`${shown}: ${info.goVersion}\n`);
  if (modules && info.text !== '') io.out(`\t${info.text.replace(/\n$/, '').replaceAll('\n', '\n\t')}\n`);
  return true;
}
