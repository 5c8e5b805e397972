/**
 * Every edge that the linker says it followed (-ldflags=-dumpdep) beside the edges of our own graph of the same objects.
 *
 *     node scripts/program.mjs test/oracle/why.ts FOLDER MAIN [FLAG…]
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { linkedProgram } from '../../server/binary/linked.ts';

const [cwd, main, ...flags] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-why-'));
const built = spawnSync('go', ['build', ...flags, '-ldflags=-dumpdep', '-o', path.join(folder, 'out'), main], {
  cwd,
  encoding: 'utf8',
  maxBuffer: 2 ** 30,
});
fs.rmSync(folder, { recursive: true });
const found = await linkedProgram({ cwd, main, flags, env: process.env, program: 'go' });
if (!found.ok) throw new Error(found.message);
const { program, result } = found.analysis;
const edges = new Set<string>();
const reached = new Set<string>();
for (let symbol = 0; symbol < program.count; symbol++) {
  if (!result.reached[symbol]) continue;
  const name = program.nameOf(symbol);
  reached.add(name);
  const [from, to] = program.edges(symbol);
  for (let edge = from; edge < to; edge++)
    if (program.target(edge) >= 0) edges.add(`${name} -> ${program.nameOf(program.target(edge))}`);
}
const roots = new Set(program.roots.map(program.nameOf));
const plain = (name: string) => name.replace(/ (?:<\w+>)+$/, '');
let tried = 0;
const missing: string[] = [];
const unreached = new Set<string>();
for (const line of `${built.stdout}${built.stderr}`.split('\n')) {
  // names of strings may have an arrow in them
  const at = line.indexOf(' -> ', line.startsWith('go:string.') ? line.indexOf('" -> ') : 0);
  if (at < 0 || line.includes('go:string.')) continue;
  const [from, to] = [plain(line.slice(0, at)), plain(line.slice(at + 4))];
  tried++;
  // where it begins
  const ours = from === '_' ? roots.has(to) : edges.has(`${from} -> ${to}`);
  if (!ours) missing.push(line);
  if (!reached.has(to)) unreached.add(to);
}
for (const line of missing.slice(0, 200)) console.log(line);
console.log(`${tried} edges, ${missing.length} not ours; ${unreached.size} symbols not reached by ours`);
process.exitCode = missing.length === 0 && tried > 0 ? 0 : 1;
