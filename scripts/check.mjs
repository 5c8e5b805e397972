// npm run check: everything that can be said about the sources without running them. One line a step; the output of a
// step only when it fails. `--fix` formats first.
import { install } from './install.mjs';
import { layerErrors } from './layers.mjs';
import { root, runTool, since } from './node.mjs';

await install();
const start = performance.now();
if (process.argv.includes('--fix')) {
  await runTool('@biomejs/biome/bin/biome', ['format', '--write', '--log-level=error'], { quiet: true });
}

const tool =
  (script, ...args) =>
  () =>
    runTool(script, args, { quiet: true });
const steps = [
  ['types', tool('typescript/bin/tsc', '-b', '--pretty', 'false')],
  ['format', tool('@biomejs/biome/bin/biome', 'format', '--log-level=warn')],
  ['lint', tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '--quiet')],
  ['unused', tool('knip/bin/knip.js', '--no-progress')],
  [
    'layers',
    async () => {
      const errors = layerErrors(root);
      return { code: errors.length ? 1 : 0, output: errors.join('\n') };
    },
  ],
];

const hints = { format: 'npm run check -- --fix formats' };
let failed = 0;
// side by side, told in order
const results = steps.map(async ([name, step]) => {
  const begun = performance.now();
  return { name, ...(await step()), time: since(begun) };
});
for (const result of results) {
  const { name, code, output, time } = await result;
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(8)} ${time}`);
  if (code === 0) continue;
  failed++;
  console.log(output.trimEnd().replace(/^/gm, '     '));
  if (hints[name]) console.log(`     ${hints[name]}`);
}
console.log(failed ? `check: ${failed} of ${steps.length} failed, ${since(start)}` : `check: clean, ${since(start)}`);
process.exitCode = failed ? 1 : 0;
