// dist/NOTICES.txt: the licences of what the bundles contain. Written by every build, from the list of bundled files.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './node.mjs';

const LICENCE_FILE = /^(?:licen[cs]e|copying|thirdpartynotices)(?:\.(?:md|txt))?$/i;

/** Paths of npm packages below node_modules that hold one of the files, in order, each once. */
function packagesOf(files) {
  const found = new Set();
  for (const file of files) {
    const at = file.lastIndexOf('node_modules/');
    if (at < 0) continue;
    const [, name] = /^((?:@[^/]+\/)?[^/]+)\//.exec(file.slice(at + 'node_modules/'.length)) ?? [];
    if (name) found.add(file.slice(0, at) + 'node_modules/' + name);
  }
  return [...found].sort((a, b) => (a < b ? -1 : 1));
}

/** The text of the notices for bundled files (paths relative to the project). Throws for a package without a licence. */
export function notices(files) {
  const parts = packagesOf(files).map(folder => {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const texts = fs.readdirSync(path.join(root, folder)).filter(file => LICENCE_FILE.test(file));
    if (texts.length === 0) throw new Error(`${name} is bundled and has no licence file`);
    const text = texts.map(file => fs.readFileSync(path.join(root, folder, file), 'utf8').trim()).join('\n\n');
    return `${name} ${version} (${license})\n\n${text.replaceAll('\r\n', '\n')}\n`;
  });
  return ['Gospect contains the following software of others.\n', ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}
