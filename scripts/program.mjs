// Bundles a TypeScript program of test/ and runs it on the Node that runs this: npm run oracle, npm run bench.
// usage: node scripts/program.mjs ENTRY [ARGUMENT…]
import path from 'node:path';
import { install } from './install.mjs';
import { root, run } from './node.mjs';

const [entry, ...rest] = process.argv.slice(2);
await install();
const esbuild = await import('esbuild');
const outfile = path.join(root, 'dist', `${path.basename(path.dirname(entry))}-${path.basename(entry, '.ts')}.js`);
/** The program, and beside it the threads that it may start (server/analysis/pool.ts, server/binary/debug-thread.ts). */
const bundles = [
  [entry, outfile],
  ...['package-worker', 'debug-worker'].map(name => [`server/${name}.ts`, path.join(root, `dist/${name}.js`)]),
];
for (const [from, to] of bundles) {
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [from],
    outfile: to,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifySyntax: true,
    // it looks for its own files beside itself
    external: ['playwright-core'],
    logLevel: 'warning',
    sourcemap: 'linked',
    banner: {
      js: `import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);`,
    },
  });
}
const { code } = await run(process.execPath, ['--enable-source-maps', '--max-old-space-size=4096', outfile, ...rest]);
process.exit(code ?? 1);
