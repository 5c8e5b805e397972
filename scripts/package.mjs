// npm run package: dist/ and what the extension needs beside it as a .vsix, offline. `--out FILE` names it. With Go at
// hand the standard library's sources are packed too, for where there is none.
import path from 'node:path';
import { install } from './install.mjs';
import { root, run, runTool } from './node.mjs';

await install();
const at = process.argv.indexOf('--out');
const out = at < 0 ? path.join(root, 'gospect.vsix') : path.resolve(process.argv[at + 1]);
if ((await run(process.execPath, ['scripts/build.mjs'])).code !== 0) process.exit(1);
if ((await run('go', ['version'], { quiet: true })).code === 0) {
  if ((await run(process.execPath, ['scripts/std-pack.mjs'])).code !== 0) process.exit(1);
} else console.log('no Go on PATH: the package is without the standard library, as the browser needs it');
const args = ['--no-dependencies', '--no-rewrite-relative-links', '--skip-license', '--allow-missing-repository'];
const { code, output } = await runTool('@vscode/vsce/vsce', ['package', ...args, '--out', out], { quiet: true });
if (code !== 0) console.error(output);
else {
  console.log(
    output
      .split('\n')
      .filter(line => /DONE|WARN/.test(line))
      .join('\n')
      .trim(),
  );
}
process.exitCode = code;
