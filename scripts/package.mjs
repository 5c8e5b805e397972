// npm run package: dist/ and what the extension needs beside it as a .vsix, offline. `--out FILE` names it.
import path from 'node:path';
import { install } from './install.mjs';
import { root, run, runTool } from './node.mjs';

await install();
const at = process.argv.indexOf('--out');
const out = at < 0 ? path.join(root, 'gospect.vsix') : path.resolve(process.argv[at + 1]);
if ((await run(process.execPath, ['scripts/build.mjs'])).code !== 0) process.exit(1);
const { code, output } = await runTool(
  '@vscode/vsce/vsce',
  [
    'package',
    '--no-dependencies',
    '--no-rewrite-relative-links',
    '--skip-license',
    '--allow-missing-repository',
    '--out',
    out,
  ],
  { quiet: true },
);
if (code !== 0) console.error(output);
else
  console.log(
    output
      .split('\n')
      .filter(line => /DONE|WARN/.test(line))
      .join('\n')
      .trim(),
  );
process.exitCode = code;
