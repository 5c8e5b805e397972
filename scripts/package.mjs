// npm run package: dist/ and what the extension needs beside it as a .vsix, offline. `--out FILE` names it. With Go at
// hand the standard library's sources are packed too, for where there is none.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { listFiles } from '@vscode/vsce';
import { install } from './install.mjs';
import { root, run, runTool } from './node.mjs';

await install();
const at = process.argv.indexOf('--out');
const out = at < 0 ? path.join(root, 'gospect.vsix') : path.resolve(process.argv[at + 1]);
if ((await run(process.execPath, ['scripts/build.mjs'])).code !== 0) process.exit(1);
if ((await run('go', ['version'], { quiet: true })).code === 0) {
  if ((await run(process.execPath, ['scripts/std-pack.mjs'])).code !== 0) process.exit(1);
} else console.log('no Go on PATH: the package is without the standard library, as the browser needs it');

/** A page as an installed extension shows it: without the pictures, and without links to files that are not packed. */
function withoutFiles(page) {
  const shown = page
    .replace(/^(?:!\[|\| \[!\[).*\n(?:\| --- .*\n)?\n?/gm, '')
    .replace(/\[([^\]]+)\]\((?!https?:|#)[^)]*\)/g, '$1');
  const left = /!\[|\]\((?!https?:|#)/.exec(shown);
  if (left) throw new Error(`a picture or link is left: ${shown.slice(left.index).split('\n')[0]}`);
  return shown;
}

/** The README without the sections for those who have the sources. */
const forUsers = readme =>
  withoutFiles(
    readme
      .split(/^(?=## )/m)
      .filter(section => !/^## (?:Try it|Work on it)\n/.test(section))
      .join(''),
  );

// The files that .vscodeignore lets through are copied first, since they get another manifest: the web extension host takes
// CommonJS only, and refuses a package of type module. dist/package.json says to Node that its files are modules.
const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-package-'));
process.on('exit', () => fs.rmSync(stage, { recursive: true, force: true }));
for (const name of await listFiles({ cwd: root, packageManager: 0 })) {
  fs.mkdirSync(path.dirname(path.join(stage, name)), { recursive: true });
  fs.copyFileSync(path.join(root, name), path.join(stage, name));
}
const read = name => fs.readFileSync(path.join(root, name), 'utf8');
fs.writeFileSync(path.join(stage, 'README.md'), forUsers(read('README.md')));
fs.writeFileSync(path.join(stage, 'CHANGELOG.md'), withoutFiles(read('CHANGELOG.md')));
const { type, scripts: _scripts, devDependencies: _tools, ...manifest } = JSON.parse(read('package.json'));
fs.writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify({ ...manifest, files: ['**'] }, null, 2)}\n`);
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
