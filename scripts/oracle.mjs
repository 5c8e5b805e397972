// npm run oracle: our remarks against gc's, by package and by class of message. Options are in test/oracle/m.ts.
import path from 'node:path';
import { install } from './install.mjs';
import { root, run } from './node.mjs';

await install();
const esbuild = await import('esbuild');
const outfile = path.join(root, 'dist/oracle.js');
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ['test/oracle/m.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minifySyntax: true,
  logLevel: 'warning',
  sourcemap: 'linked',
  banner: {
    js: `import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);`,
  },
});
const args = ['--enable-source-maps', '--max-old-space-size=4096', outfile, ...process.argv.slice(2)];
const { code } = await run(process.execPath, args);
process.exit(code ?? 1);
