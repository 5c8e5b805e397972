import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { goRelease } from '../core/load/release.ts';
import { coveredText, coverVariables, type CoverMode, newCovered } from '../core/syntax/cover.ts';
import { parseFile } from '../core/syntax/parse.ts';
import { nodeParser } from '../server/node-parser.ts';
import { goTest } from './go.ts';
import { gcLines, type Target } from './oracle/gc.ts';
import { ourLines } from './oracle/ours.ts';

const source = readFileSync(new URL('cover/blocks.go', import.meta.url), 'utf8');

for (const mode of ['set', 'count', 'atomic'] satisfies CoverMode[])
  goTest(`blocks of test/cover are counted where cmd/cover counts them, ${mode}`, async ({ go }) => {
    const dir = mkdtempSync(join(tmpdir(), 'gospect-cover-'));
    try {
      const file = join(dir, 'x.go');
      writeFileSync(file, source);
      const config = { PkgPath: 'x', PkgName: 'main', Granularity: 'perblock', OutConfig: join(dir, 'out') };
      writeFileSync(join(dir, 'config'), JSON.stringify(config));
      writeFileSync(join(dir, 'list'), `${join(dir, 'vars.go')}\n${join(dir, 'cover.go')}\n`);
      const flags = ['-pkgcfg', join(dir, 'config'), '-mode', mode, '-var', 'v_', '-outfilelist', join(dir, 'list')];
      execFileSync(go, ['tool', 'cover', ...flags, file]);
      const theirs = readFileSync(join(dir, 'cover.go'), 'utf8');
      const given = { name: 'main', mode, prefix: 'v_', id: 'v_P', importPath: 'x', local: false };
      const pkg = newCovered(given, '');
      const ours = coveredText(pkg, parseFile(await nodeParser(), file, source, goRelease(26)));
      expect(`//line ${file}:1:1\n${ours}`).toBe(theirs);
      const variables = readFileSync(join(dir, 'vars.go'), 'utf8');
      const counters = [...variables.matchAll(/^var v__\d+ \[(\d+)\]/gm)];
      expect(pkg.lengths).toEqual(counters.map(([, n]) => Number(n)));
      // the call that registers a program is 32 nodes more
      const described = [...variables.matchAll(/0x/g)].length;
      expect([...coverVariables(pkg).matchAll(/0,/g)].length).toBe(Math.min(described, 5000) + 32);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

goTest(
  "remarks of covered code are gc's",
  async ({ version }) => {
    const dir = mkdtempSync(join(tmpdir(), 'gospect-cover-'));
    try {
      writeFileSync(join(dir, 'go.mod'), `module covered\n\ngo ${/^go(1\.\d+)/.exec(version)![1]}\n`);
      writeFileSync(join(dir, 'x.go'), source);
      for (const mode of ['set', 'count', 'atomic']) {
        const flags = [`-covermode=${mode}`];
        const target: Target = {
          goos: 'linux',
          goarch: 'amd64',
          cgo: false,
          gcflags: '-m=2',
          flags,
          dir,
          tests: false,
        };
        const theirs = gcLines(['covered'], target);
        for await (const { lines } of ourLines(['covered'], target)) expect(lines).toEqual(theirs.get('covered')![0]);
      }
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
  600_000,
);

goTest(
  "what -coverpkg chooses is what go's patterns choose",
  async ({ version }) => {
    const dir = mkdtempSync(join(tmpdir(), 'gospect-cover-'));
    try {
      writeFileSync(join(dir, 'go.mod'), `module covered\n\ngo ${/^go(1\.\d+)/.exec(version)![1]}\n`);
      writeFileSync(
        join(dir, 'x.go'),
        'package covered\n\nimport "covered/in/side"\n\nfunc F() int { return side.G() }\n',
      );
      mkdirSync(join(dir, 'in/side'), { recursive: true });
      writeFileSync(join(dir, 'in/side/y.go'), 'package side\n\nfunc G() int { return 1 }\n');
      const packages = ['covered', 'covered/in/side'];
      for (const patterns of ['./in/...', 'covered/in/side', 'work', './side', './in/s...,tool']) {
        const target: Target = {
          goos: 'linux',
          goarch: 'amd64',
          cgo: false,
          gcflags: '-m=2',
          flags: [`-coverpkg=${patterns}`],
          dir,
          tests: false,
        };
        const theirs = gcLines(packages, target);
        for await (const { path, lines } of ourLines(packages, target))
          expect(lines, `${patterns}: ${path}`).toEqual(theirs.get(path)![0]);
      }
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
  600_000,
);
