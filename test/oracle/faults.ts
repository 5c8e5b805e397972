/**
 * The judge of what is said of faulty modules (test/faults): runs the Go on PATH and compares with what is recorded, and
 * with what we say.
 *
 *     node scripts/program.mjs test/oracle/faults.ts [--update] [part of a name]…
 *
 * --update records what Go says.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { faultFiles, formatFaults, goArguments, readFaults, recorded, runOurs, within, writeCase } from '../faults.ts';
import { goEnv } from './gc.ts';

const args = process.argv.slice(2);
const update = args.includes('--update');
const names = args.filter(a => a !== '--update');
// the program is bundled into dist, beside which the cases are not
const folder = path.resolve('test/faults');
const goroot = goEnv('GOROOT', '.');
let cases = 0;
let commands = 0;
let stale = 0;
let differ = 0;
for (const file of faultFiles(folder)) {
  const all = readFaults(path.join(folder, file));
  for (const c of all) {
    if (names.length > 0 && !names.some(n => `${file} ${c.name}`.includes(n))) continue;
    cases++;
    for (const command of c.commands) {
      commands++;
      // go may write to the folder
      const written = writeCase(c);
      const r = spawnSync(
        'go',
        goArguments(command).map(a => a.replaceAll('$WORK', `${written.dir}/w`)),
        {
          cwd: path.join(written.dir, 'w', command.env['IN'] ?? ''),
          env: { ...process.env, ...written.env, ...within(command.env, written.dir) },
          encoding: 'utf8',
        },
      );
      const go = recorded(r.stdout, r.stderr, r.status ?? -1, written.dir, goroot);
      written.remove();
      const again = writeCase(c);
      const ours = await runOurs(command, again, goroot);
      again.remove();
      const place = `${file} ${c.name}: ${command.line}`;
      if (go !== command.want) {
        stale++;
        if (!update) console.log(`--- ${place}: go says\n${go}recorded\n${command.want}`);
      }
      if (go !== ours) {
        differ++;
        console.log(`--- ${place}: go says\n${go}we say\n${ours}`);
      }
      if (update) command.want = go;
    }
  }
  if (update) writeFileSync(path.join(folder, file), formatFaults(all));
}
console.log(`${cases} cases, ${commands} commands: ${stale} recorded otherwise, ${differ} said otherwise by us`);
process.exitCode = differ > 0 || (stale > 0 && !update) ? 1 : 0;
