import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CacheReport } from '../server/protocol/cache.ts';
import { goTest } from './go.ts';
import { gospect as run } from './gospect.ts';

const gospect = (args: string[], cwd: string, env: Record<string, string>) =>
  run(args, cwd, { ...process.env, ...env });

goTest(
  'gospect cache: packages and ages, what trimming takes, damage found by hashing and removed alone',
  async ({ go }) => {
    const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-cache-')));
    try {
      const write = (name: string, text: string) => {
        fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
        fs.writeFileSync(path.join(dir, name), text);
      };
      write('go.mod', 'module example.com/l\n\ngo 1.24\n');
      for (const p of ['a', 'b', 'c', 'd', 'e'])
        write(`${p}/x.go`, `package ${p}\n\nfunc F() string { return "${p}" }\n`);
      const cache = path.join(dir, 'cache');
      const env = {
        GOCACHE: cache,
        GOFLAGS: '',
        GOOS: 'linux',
        GOARCH: 'arm64',
        GOSPECT_CACHE: path.join(dir, 'records'),
      };
      const build = () => execFileSync(go, ['build', './...'], { cwd: dir, env: { ...process.env, ...env } });
      build();
      const read = async (...flags: string[]) => {
        const { code, out, err } = await gospect(['cache', '--json', ...flags], dir, env);
        expect(err).toBe('');
        return { code, ...(JSON.parse(out) as CacheReport & { removed?: string[] }) };
      };
      const whole = await read('--check');
      expect(whole).toMatchObject({
        code: 0,
        dir: cache,
        faults: [],
        trim: { entries: 0, size: 0 },
        unused: { files: 0 },
      });
      const packages = whole.packages.filter(p => p.path.startsWith('example.com/l/'));
      expect(packages.map(p => p.path).sort()).toEqual(['a', 'b', 'c', 'd', 'e'].map(p => `example.com/l/${p}`));
      expect(packages[0].targets).toEqual([expect.stringMatching(/^linux\/arm64 go1\./)]);
      const all = fs.readdirSync(cache, { recursive: true }) as string[];
      const bytes = all
        .filter(f => f.endsWith('-d'))
        .reduce((sum, f) => sum + fs.statSync(path.join(cache, f)).size, 0);
      expect(whole.size).toBe(bytes);
      const listed = [...whole.packages, ...whole.others].reduce((sum, r) => sum + r.size, 0);
      expect(listed).toBe(bytes);

      const output = (name: string) => {
        const files = all.filter(f => f.endsWith('-d')).map(f => path.join(cache, f));
        return files.find(f => fs.readFileSync(f, 'latin1').includes(`go:cuinfo.packagename.example.com/l/${name}`))!;
      };
      const entryOf = (file: string) =>
        all
          .filter(f => f.endsWith('-a'))
          .map(f => path.join(cache, f))
          .find(f => fs.readFileSync(f, 'latin1').includes(path.basename(file, '-d')))!;
      // One byte of a, the end of b, the entry of c; d is whole but old; e is left alone.
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(output);
      const damaged = fs.readFileSync(a);
      damaged[damaged.length - 5] ^= 1;
      fs.writeFileSync(a, damaged);
      fs.truncateSync(b, 200);
      const [entryA, entryB, entryC, entryD] = [a, b, c, d].map(entryOf);
      fs.writeFileSync(entryC, 'v1 nonsense');
      const long = new Date(Date.now() - 6 * 86_400_000);
      for (const file of [d, entryD]) fs.utimesSync(file, long, long);
      const quick = await read();
      expect(quick.code).toBe(1);
      expect(quick.faults.map(f => f.file).sort()).toEqual([entryB, entryC].sort());
      expect(quick.trim).toEqual({ entries: 1, size: fs.statSync(d).size });
      const repaired = await read('--repair');
      expect(repaired.code).toBe(0);
      expect(repaired.faults.map(f => f.file).sort()).toEqual([a, b, entryB, entryC].sort());
      expect(repaired.faults.find(f => f.file === a)!.of).toBe('example.com/l/a');
      expect(repaired.removed!.sort()).toEqual([a, b, entryA, entryB, entryC].sort());
      expect(fs.existsSync(c) && fs.existsSync(d) && fs.existsSync(entryD)).toBe(true);
      expect((await read('--check')).faults).toEqual([]);
      build();
      expect((await read('--check')).packages.length).toBe(whole.packages.length);
    } finally {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  },
);

test('a cache that is kept by a program, or off, is said so', async () => {
  const bare = { GOROOT: fakeRoot(), GOFLAGS: '' };
  const { code, err } = await gospect(['cache'], '/', { ...bare, GOCACHEPROG: '/x/prog --team' });
  expect(code).toBe(2);
  expect(err).toContain('GOCACHEPROG=/x/prog --team');
  expect((await gospect(['cache'], '/', { ...bare, GOCACHEPROG: '', GOCACHE: 'off' })).err).toContain('GOCACHE=off');
  const empty = await gospect(['cache'], '/', { ...bare, GOCACHEPROG: '', GOCACHE: '/nonexistent/cache' });
  expect(empty.out).toMatch(/0 B, 0 entries\nlast trimmed never/);
});

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-root-'));
afterAll(() => fs.rmSync(root, { recursive: true }));

/** A folder that looks like an installation: what is asked of it here is its version. */
function fakeRoot(): string {
  fs.writeFileSync(path.join(root, 'VERSION'), 'go1.26.8\n');
  return root;
}
