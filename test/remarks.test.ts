import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goTest } from './go.ts';
import { expectKnown } from './known.ts';
import { gcLines, type Target } from './oracle/gc.ts';
import { ourLines } from './oracle/ours.ts';

const fixtures = new URL('remarks/', import.meta.url);

/** Each file of remarks/ is a package of its own, compared line by line, order included. */
for (const level of ['-m', '-m=2']) {
  goTest(
    `remarks of test/remarks are gc's, ${level}`,
    async ({ version }) => {
      const dir = mkdtempSync(join(tmpdir(), 'gospect-remarks-'));
      try {
        const language = /^go(1\.\d+)/.exec(version)![1];
        writeFileSync(join(dir, 'go.mod'), `module fixtures\n\ngo ${language}\n`);
        const names = readdirSync(fixtures).filter(name => name.endsWith('.go'));
        for (const name of names) {
          const folder = join(dir, name.slice(0, -3));
          mkdirSync(folder);
          writeFileSync(join(folder, 'x.go'), readFileSync(new URL(name, fixtures)));
          const assembly = new URL(name.replace(/go$/, 's'), fixtures);
          if (existsSync(assembly)) writeFileSync(join(folder, 'x.s'), readFileSync(assembly));
        }
        const packages = names.map(name => `fixtures/${name.slice(0, -3)}`);
        const target: Target = {
          goos: 'linux',
          goarch: 'amd64',
          cgo: false,
          gcflags: level,
          flags: [],
          dir,
          tests: false,
        };
        const theirs = gcLines(packages, target);
        const results = new Map<string, boolean>();
        for await (const { path, lines } of ourLines(packages, target))
          results.set(path.slice(path.indexOf('/') + 1), lines.join('\n') === theirs.get(path)![0].join('\n'));
        expectKnown(`remarks ${level}`, results);
      } finally {
        rmSync(dir, { recursive: true });
      }
    },
    600_000,
  );
}
