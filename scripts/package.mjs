// npm run package: dist/ and what the extension needs beside it as a .vsix, offline. `--out FILE` names it. With Go at
// hand the standard library's sources are packed too, for where there is none.
import fs from 'node:fs';
import os from 'node:os';
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

// what is packed is gathered first, since its manifest is not ours: the web extension host takes CommonJS only, and takes
// a package of type module for something else; what Node runs says there what it is
const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-package-'));
process.on('exit', () => fs.rmSync(stage, { recursive: true, force: true }));
for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE', 'media', 'dist', '.vscodeignore']) {
  fs.cpSync(path.join(root, name), path.join(stage, name), {
    recursive: true,
    filter: from => !from.endsWith('.map') && from !== path.join(root, 'dist/types'),
  });
}
const {
  type,
  scripts: _scripts,
  devDependencies: _tools,
  ...manifest
} = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
fs.writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
fs.writeFileSync(path.join(stage, 'dist/package.json'), `${JSON.stringify({ type })}\n`);

const args = ['--no-dependencies', '--no-rewrite-relative-links', '--skip-license', '--allow-missing-repository'];
const { code, output } = await runTool('@vscode/vsce/vsce', ['package', ...args, '--out', out], {
  cwd: stage,
  quiet: true,
});
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
