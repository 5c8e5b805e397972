// npm run build: bundles the programs, the extension and the pages into dist/. `--watch` rebuilds on change; `--sizes`
// lists the bundles with their sizes.
import fs from 'node:fs';
import path from 'node:path';
import { install } from './install.mjs';
import { notices } from './notices.mjs';
import { root, since } from './node.mjs';

await install();
const esbuild = await import('esbuild');
const start = performance.now();
const watch = process.argv.includes('--watch');

const shared = {
  absWorkingDir: root,
  bundle: true,
  external: ['vscode'],
  logLevel: 'warning',
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  // fields as assignments: V8 runs definitions of fields as a function of their own, 5 % of an analysis
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  legalComments: 'none',
};
// vscode-languageserver is CommonJS and asks for Node's modules by `require`, which an ES module does not have
// (once for all chunks: only Node's own are asked for)
const requireBanner = `import{createRequire as $createRequire}from'node:module';const require=globalThis.$gospectRequire??=$createRequire(import.meta.url);`;
const node = { ...shared, platform: 'node', format: 'esm', target: 'node20', banner: { js: requireBanner } };
const host = { ...shared, platform: 'node', format: 'cjs', target: 'node20' };
const browser = { ...shared, platform: 'browser', target: 'es2022', mainFields: ['browser', 'module', 'main'] };

/**
 * Node's own modules as `require` gives them: an ES module's import of one reads all that it exports, and with
 * `node:fs` loads its streams.
 */
const builtins = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path: name, kind }) =>
      kind === 'import-statement' && name !== 'node:module'
        ? { path: name, namespace: 'builtin' }
        : { path: name, external: true },
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path: name }) => ({
      contents: `module.exports = require(${JSON.stringify(name)});`,
    }));
  },
};

/** The pages: the folders of webview/ that have a main.ts, and a style sheet beside it. */
const pages = fs
  .readdirSync(path.join(root, 'webview'))
  .filter(page => fs.existsSync(`${root}/webview/${page}/main.ts`));

/** Bundles by entry point. In a browser bundle an import of one of Node's modules does not resolve: the build fails. */
const bundles = [
  // programs and threads of Node share what they have in common; of the command line only the command called is read
  {
    ...node,
    entryPoints: [
      { in: 'server/bin.ts', out: 'cli' },
      { in: 'server/main.ts', out: 'server' },
      ...['binary-worker', 'debug-worker', 'report-worker', 'analysis-worker', 'package-worker'].map(out => ({
        in: `server/${out}.ts`,
        out,
      })),
    ],
    outdir: 'dist',
    plugins: [builtins],
    splitting: true,
    chunkNames: 'node-[name]-[hash]',
  },
  { ...host, entryPoints: ['client/extension.ts'], outfile: 'dist/extension.cjs' },
  { ...browser, format: 'cjs', entryPoints: ['client/web.ts'], outfile: 'dist/web/extension.js' },
  { ...browser, format: 'iife', entryPoints: ['server/browser.ts'], outfile: 'dist/web/server.js' },
  // scripts and style sheets of the pages
  ...pages.map(page => ({
    ...browser,
    format: 'iife',
    entryPoints: [`webview/${page}/main.ts`],
    outfile: `dist/webview/${page}.js`,
  })),
  ...pages.map(page => ({
    ...browser,
    sourcemap: false,
    entryPoints: [`webview/${page}/main.css`],
    outfile: `dist/webview/${page}.css`,
  })),
];

/** Files that are shipped as they are: the parsers. */
const copies = [
  'node_modules/web-tree-sitter/web-tree-sitter.wasm',
  'grammars/go/gospect-go.wasm',
  'grammars/flatten.wasm',
];

const kib = bytes => `${(bytes / 1024).toFixed(0)} KiB`;

if (!watch) {
  // a bundle whose entry is gone must not linger; dist/types is the type checker's
  for (const name of fs.existsSync(path.join(root, 'dist')) ? fs.readdirSync(path.join(root, 'dist')) : []) {
    if (name !== 'types' && !name.startsWith('std.pack')) fs.rmSync(path.join(root, 'dist', name), { recursive: true });
  }
}
fs.mkdirSync(path.join(root, 'dist'), { recursive: true });
for (const file of copies) fs.copyFileSync(path.join(root, file), path.join(root, 'dist', path.basename(file)));
if (watch) {
  for (const options of bundles) await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
} else {
  const results = await Promise.allSettled(bundles.map(options => esbuild.build({ ...options, metafile: true })));
  // the parsers are not bundled but copied: tree-sitter-go is the grammar that ours extends
  const bundled = ['node_modules/web-tree-sitter/package.json', 'node_modules/tree-sitter-go/package.json'];
  for (const result of results) {
    if (result.status === 'rejected') {
      process.exitCode = 1;
      continue;
    }
    const { inputs, outputs } = result.value.metafile;
    bundled.push(...Object.keys(inputs));
    if (!process.argv.includes('--sizes')) continue;
    for (const [file, { bytes }] of Object.entries(outputs))
      if (!file.endsWith('.map')) console.log(`${file} ${kib(bytes)}`);
  }
  if (process.exitCode) console.error('build failed');
  else {
    fs.writeFileSync(path.join(root, 'dist/NOTICES.txt'), notices(bundled));
    fs.chmodSync(path.join(root, 'dist/cli.js'), 0o755);
    console.log(`build: ${bundles.length} bundles in dist/, ${since(start)}`);
  }
}
