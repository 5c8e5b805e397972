/**
 * Executables that others made, read beside Go's own tools: what nm, version -m and buildid print is compared byte by
 * byte wherever Go can read the file, and the share of the bytes that the ledger leaves unknown is shown.
 *
 *     node scripts/program.mjs test/oracle/binary.ts FILE-OR-FOLDER…
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { portOf, readBuildInfo } from '../../core/binary/buildinfo.ts';
import { ledgerOf } from '../../core/size/attribute.ts';
import { withImage } from '../../server/binary/file.ts';
import { gospect } from '../gospect.ts';

const OUTPUT_LIMIT = 2 ** 30;
/** Largest share of a file that may be unknown: of Go 1.20 and later, and of older ones. */
const UNKNOWN = 0.03;

async function ours(...argv: string[]): Promise<string | null> {
  const { code, out } = await gospect(argv, process.cwd(), {});
  return code === 0 ? out : null;
}

/** Null where Go cannot read the file, or has nothing to say of it. */
function go(...args: string[]): string | null {
  const { status, stdout, stderr } = spawnSync('go', args, { encoding: 'utf8', maxBuffer: OUTPUT_LIMIT });
  return status === 0 && stderr === '' && stdout !== '' ? stdout : null;
}

const files = process.argv.slice(2).flatMap(place => {
  if (!fs.statSync(place).isDirectory()) return [place];
  return fs.readdirSync(place, { withFileTypes: true }).flatMap(e => (e.isFile() ? [path.join(place, e.name)] : []));
});
let wrong = 0;
for (const file of files) {
  const notes: string[] = [];
  let bad = false;
  try {
    withImage(process.cwd(), file, image => {
      const ledger = ledgerOf(image);
      const info = readBuildInfo(image);
      notes.push(image.format, Object.values(portOf(image, info)).join('/'), ledger.maker);
      const rows = ledger.length.reduce((sum, size) => sum + size, 0);
      const unknown = ledger.unknown / ledger.size;
      notes.push(info?.goVersion ?? 'no version');
      notes.push(`${(ledger.size / 1e6).toFixed(1)} MB`, `unknown ${ledger.unknown} (${(100 * unknown).toFixed(3)} %)`);
      if (rows !== ledger.size) notes.push(`ROWS ADD UP TO ${rows}`);
      bad = rows !== ledger.size || unknown > UNKNOWN;
    });
  } catch (error) {
    notes.push(`NOT READ: ${(error as Error).message}`);
    bad = true;
  }
  for (const [name, mine, theirs] of [
    ['nm', ['nm', '-size', '-sort', 'address', file], ['tool', 'nm', '-size', '-sort', 'address', file]],
    ['version', ['version', '-m', file], ['version', '-m', file]],
    ['buildid', ['buildid', file], ['tool', 'buildid', file]],
  ] as const) {
    const expected = go(...theirs);
    if (expected === null) {
      notes.push(`${name} -`);
      continue;
    }
    const same = (await ours(...mine)) === expected;
    notes.push(`${name} ${same ? 'same' : 'DIFFERS'}`);
    bad ||= !same;
  }
  if (bad) wrong++;
  console.log(`${bad ? '!' : ' '} ${path.basename(file)}: ${notes.join(', ')}`);
}
console.log(`${files.length} files, ${wrong} not as they should be`);
process.exitCode = wrong === 0 ? 0 : 1;
