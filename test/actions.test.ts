import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseActionGraph, totals } from '../core/actions/graph.ts';
import { compareKeys, inputsOf } from '../core/actions/inputs.ts';
import { parseHashLines, recompute, shortHash } from '../core/actions/keys.ts';
import { criticalPath, lanes, observedWorkers, replay } from '../core/actions/schedule.ts';
import { goTest } from './go.ts';
import { gospect as run } from './gospect.ts';

const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();

interface Recorded {
  mode: string;
  pkg?: string;
  deps?: number[];
  times: [ready: number, start: number, done: number];
  ran?: boolean;
}

const record = (list: Recorded[]): string =>
  JSON.stringify(
    list.map(({ mode, pkg = '', deps = [], times, ran = true }, ID) => ({
      ID,
      Mode: mode,
      Package: pkg,
      Deps: deps,
      Priority: list.length - ID,
      ActionID: mode === 'build' ? `a${ID}` : '',
      BuildID: mode === 'build' ? `a${ID}/c${ID}` : '',
      TimeReady: at(times[0]),
      TimeStart: at(times[1]),
      TimeDone: at(times[2]),
      Cmd: ran ? ['compile'] : null,
      CmdReal: 1e6,
      CmdUser: 2e6,
      CmdSys: 1e6,
    })),
  );

const parse = (text: string) => {
  const parsed = parseActionGraph(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.graph;
};

describe('action graph', () => {
  const graph = parse(
    record([
      { mode: 'link', pkg: 'm', deps: [1, 2], times: [60, 60, 100] },
      { mode: 'build', pkg: 'm', deps: [2, 3], times: [40, 45, 60] },
      { mode: 'build', pkg: 'a', deps: [4], times: [0, 0, 40] },
      { mode: 'build', pkg: 'b', deps: [], times: [0, 0, 10], ran: false },
      { mode: 'build check cache', pkg: 'a', times: [0, 0, 0], ran: false },
    ]),
  );
  test('lookups are part of what they look up; verdicts come from what ran', () => {
    expect(graph.actions.map(a => `${a.mode} ${a.package} ${a.verdict} ${a.deps.join()}`)).toEqual([
      'link m run 1,2',
      'build m run 2,3',
      'build a run ',
      'build b cached ',
    ]);
    expect(totals(graph)).toEqual({ cached: 1, run: 3, failed: 0, cpu: 12 });
    expect(graph.wall).toBe(100);
  });
  test('the critical path is what each waited for last', () => {
    expect(criticalPath(graph).map(s => [graph.actions[s.id].package, s.wait])).toEqual([
      ['a', 0],
      ['m', 5],
      ['m', 0],
    ]);
  });
  test('an action that was ready and had no worker follows what left it one', () => {
    const one = parse(
      record([
        { mode: 'link', pkg: 'm', deps: [1, 2], times: [95, 95, 100] },
        { mode: 'build', pkg: 'a', deps: [3], times: [90, 90, 95] },
        { mode: 'build', pkg: 'b', deps: [], times: [0, 10, 80] },
        { mode: 'build check cache', pkg: 'a', times: [0, 80, 90], ran: false },
        { mode: 'build', pkg: 'c', deps: [], times: [0, 0, 10] },
      ]),
    );
    const path = criticalPath(one).map(s => one.actions[s.id].package);
    expect(path).toEqual(['c', 'b', 'a', 'm']);
  });
  test('what ran at one time is in lanes of its own', () => {
    expect([...lanes(graph)]).toEqual([0, 0, 0, 1]);
    expect(observedWorkers(graph)).toBe(2);
  });
  test('replay with more workers is never slower than the critical path, with one it is the sum', () => {
    expect(replay(graph, { workers: 1 })).toBe(40 + 15 + 40 + 10);
    expect(replay(graph, { workers: 8 })).toBe(95);
    expect(replay(graph, { workers: 8, duration: a => (a.mode === 'link' ? 0 : a.done - a.start) })).toBe(55);
  });
  test('anything else is refused in one sentence', () => {
    for (const text of [
      '',
      '{}',
      '[1]',
      '[{"Mode":1}]',
      '[{"ID":0,"Mode":"a","Deps":[1]},{"ID":1,"Mode":"b","Deps":[0]}]',
    ])
      expect(parseActionGraph(text).ok, text).toBe(false);
    fc.assert(
      fc.property(fc.json(), text => {
        parseActionGraph(text);
      }),
    );
  });
});

describe('cache keys', () => {
  test('hashed lines, mixed as they come', () => {
    const text = `HASH[build a]
HASH[build a]: "go1.26.8"
HASH[moduleIndex]: "x"
HASH[build b]
HASH[build a]: "file a.go abc\\n"
HASH[build b]: "import \\"b\\"\\n"
HASH[build a]: ${'0'.repeat(64)}
`;
    expect(parseHashLines(text)).toEqual([
      { name: 'build a', lines: ['"go1.26.8"', '"file a.go abc\\n"'], sum: '0'.repeat(64) },
      { name: 'build b', lines: ['"import \\"b\\"\\n"'], sum: '' },
    ]);
  });
  test('what a line says', () => {
    const says = (line: string): string[] => inputsOf(line).map(i => `${i.kind} ${i.name} = ${i.value}`);
    expect(says('"file main.go QAcy64\\n"')).toEqual(['file main.go = QAcy64']);
    expect(says('"file a name with spaces.txt QAcy64\\n"')).toEqual(['file a name with spaces.txt = QAcy64']);
    expect(says('"import net/http 3kFJ2c\\n"')).toEqual(['import net/http = 3kFJ2c']);
    expect(says('"GOAMD64=v3\\n"')).toEqual(['environment GOAMD64 = v3']);
    expect(says('"goos linux goarch amd64\\n"')).toEqual(['target GOOS/GOARCH = linux/amd64']);
    expect(says('"compile compile version go1.26.8 X:nogreenteagc [\\"-race\\"] [\\"-N\\" \\"-l=4\\"]\\n"')).toEqual([
      'tool compile = compile version go1.26.8 X:nogreenteagc',
      'flag -race = ',
      'flag -gcflags -N = ',
      'flag -gcflags -l = 4',
    ]);
    expect(says('"linkflags [\\"-s\\" \\"-X\\" \\"main.v=a b\\"]\\n"')).toEqual([
      'flag -ldflags -s = ',
      'flag -ldflags -X main.v = a b',
    ]);
    expect(says('"CC=[\\"gcc\\" \\"-m64\\"] [\\"-I\\" \\"/x]\\"] [\\"-O2\\"] []\\n"')).toEqual([
      'environment CC = gcc -m64',
      'cgo CPPFLAGS = -I /x]',
      'cgo CFLAGS = -O2',
      'cgo LDFLAGS = ',
    ]);
    expect(says('"CC ID=\\"gcc 12 x\\"\\n"')).toEqual(['tool CC = gcc 12 x']);
    expect(
      says(
        `"modinfo ${JSON.stringify(JSON.stringify('path\tm\nmod\tm\t(devel)\t\ndep\tx.org/y\tv1.0.0\th1:a=\n=>\t../y\t(devel)\t\nbuild\t-tags=a\nbuild\t-ldflags="-s \\"q\\""\nbuild\tDefaultGODEBUG=a=1,b=0\nbuild\tvcs.modified=true\nbuild\tGOOS=linux\n')).slice(1, -1)}\\n"`,
      ),
    ).toEqual([
      'module m = (devel)',
      'module x.org/y = v1.0.0 h1:a= => ../y (devel)',
      'flag -tags = a',
      'flag -ldflags = -s "q"',
      'godebug a = 1',
      'godebug b = 0',
      'vcs vcs.modified = true',
      'environment GOOS = linux',
    ]);
    expect(says('"go1.26.8"')).toEqual(['release Go = go1.26.8']);
    expect(says('"go 1.24\\n"')).toEqual(['module go directive = 1.24']);
  });
  test('the input that differs', () => {
    const key = (lines: string[]) => ({ name: 'build a', lines, sum: '' });
    expect(
      compareKeys(
        key(['"go1.26.8"', '"file a.go x\\n"', '"file b.go y\\n"']),
        key(['"go1.26.8"', '"file a.go z\\n"', '"import fmt q\\n"']),
      ),
    ).toEqual([
      { kind: 'file', name: 'a.go', before: 'x', after: 'z' },
      { kind: 'file', name: 'b.go', before: 'y', after: null },
      { kind: 'import', name: 'fmt', before: null, after: 'q' },
    ]);
  });

  goTest(
    'every key of the library and of all commands is what its lines hash to, and every line is understood',
    ({ go, goroot }) => {
      const graphFile = path.join(os.tmpdir(), `gospect-all-${process.pid}.json`);
      const run = spawnSync(go, ['build', '-n', `-debug-actiongraph=${graphFile}`, 'std', 'cmd'], {
        cwd: path.join(goroot, 'src'),
        env: { ...process.env, GODEBUG: 'gocachehash=1', GOFLAGS: '', GOWORK: 'off' },
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      const graph = parse(fs.readFileSync(graphFile, 'utf8'));
      fs.rmSync(graphFile);
      const keys = parseHashLines(run.stderr);
      expect(keys.filter(key => recompute(key) !== key.sum).map(key => key.name)).toEqual([]);
      const sums = new Set(keys.map(key => shortHash(key.sum)));
      const named = graph.actions.filter(a => a.actionId !== '' && (a.mode === 'build' || a.mode === 'link'));
      expect(named.length).toBeGreaterThan(500);
      expect(named.filter(a => !sums.has(a.actionId)).map(a => a.package)).toEqual([]);
      const other = keys.flatMap(key => key.lines.flatMap(inputsOf)).filter(i => i.kind === 'other');
      // What begins a key, what a package is called, and the main package of a link: nothing a user changes.
      expect([...new Set(other.map(i => i.name))].sort()).toEqual([
        'compile',
        'import path',
        'link',
        'omitdebug',
        'package main',
      ]);
    },
  );

  goTest(
    'every key of a build is what its lines hash to, and the build ran as long as its replay',
    ({ go }) => {
      const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-keys-'));
      try {
        fs.writeFileSync(path.join(dir, 'go.mod'), 'module example.com/m\n\ngo 1.24\n');
        fs.writeFileSync(path.join(dir, 'main.go'), 'package main\n\nfunc main() { println(1) }\n');
        const graphFile = path.join(dir, 'graph.json');
        const run = spawnSync(go, ['build', `-debug-actiongraph=${graphFile}`, '-o', path.join(dir, 'm'), '.'], {
          cwd: dir,
          env: { ...process.env, GODEBUG: 'gocachehash=1', GOFLAGS: '', GOCACHE: path.join(dir, 'cache') },
          encoding: 'utf8',
          maxBuffer: 1 << 28,
        });
        const keys = parseHashLines(run.stderr);
        const graph = parse(fs.readFileSync(graphFile, 'utf8'));
        const sums = new Map(keys.map(k => [k.name, k.sum]));
        expect(keys.length).toBeGreaterThan(20);
        for (const key of keys) expect(recompute(key), key.name).toBe(key.sum);
        const named = graph.actions.filter(a => a.actionId !== '' && (a.mode === 'build' || a.mode === 'link'));
        expect(named.length).toBeGreaterThan(20);
        for (const a of named) expect(shortHash(sums.get(`${a.mode} ${a.package}`) ?? ''), a.package).toBe(a.actionId);
        expect(totals(graph).run).toBeGreaterThan(20);
        const again = replay(graph, { workers: os.availableParallelism() });
        // Within 2 % where nothing else runs; where much does, go itself is late in starting what is ready.
        expect(Math.abs(again - graph.wall) / graph.wall).toBeLessThan(0.2);
      } finally {
        spawnSync('chmod', ['-R', 'u+w', dir]);
        fs.rmSync(dir, { recursive: true, force: true });
      }
    },
    600_000,
  );
});

describe('gospect build', () => {
  const module = (): string => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-build-'));
    fs.writeFileSync(path.join(dir, 'go.mod'), 'module example.com/hello\n\ngo 1.24\n');
    fs.writeFileSync(path.join(dir, 'main.go'), 'package main\n\nfunc main() { println("hello") }\n');
    return dir;
  };
  const gospect = (args: string[], cwd: string, signal?: AbortSignal) =>
    run(args, cwd, { ...process.env, GOSPECT_CACHE: path.join(cwd, '.records'), GOFLAGS: '' }, signal);
  const left = (dir: string): string[] =>
    (fs.readdirSync(dir, { recursive: true }) as string[]).filter(n => !n.startsWith('.records')).sort();

  goTest(
    'builds several targets, each in its folder, and says why the next build ran',
    async ({ go }) => {
      const dir = module();
      try {
        const { code, out } = await gospect(
          ['build', '--target', 'linux/amd64,windows/arm64', '--profile', 'smallest', '--json'],
          dir,
        );
        expect(code).toBe(0);
        const { results } = JSON.parse(out);
        expect(results.map((r: { target: string; status: string }) => `${r.target} ${r.status}`)).toEqual([
          'linux/amd64 ok',
          'windows/arm64 ok',
        ]);
        expect(left(dir).filter(n => n.startsWith('bin/') && n.split('/').length === 3)).toEqual([
          'bin/linux_amd64/hello',
          'bin/windows_arm64/hello.exe',
        ]);
        const options = { cwd: dir, env: { ...process.env, GOFLAGS: '', GOOS: 'linux', GOARCH: 'amd64' } };
        execFileSync(go, ['build', '-trimpath', '-ldflags=-s -w', '-o', 'same', '.'], options);
        const [ours, gos] = ['bin/linux_amd64/hello', 'same'].map(f => fs.readFileSync(path.join(dir, f)));
        expect(ours.equals(gos)).toBe(true);
        await gospect(['graph', '--json'], dir);
        fs.appendFileSync(path.join(dir, 'main.go'), 'var changed = 1\n');
        const graph = JSON.parse((await gospect(['graph', '--json'], dir)).out);
        expect(graph.reasons).toMatchObject([
          { package: 'example.com/hello', own: true, changes: [{ kind: 'file', name: 'main.go' }] },
        ]);
      } finally {
        fs.rmSync(dir, { recursive: true, force: true });
      }
    },
    900_000,
  );

  goTest(
    'a build that is stopped leaves nothing behind',
    async () => {
      const dir = module();
      try {
        const stop = new AbortController();
        const before = left(dir);
        const running = gospect(['build', '-a', '--target', 'linux/arm64', '--out', 'bin'], dir, stop.signal);
        // When there is something to leave behind.
        const timer = setInterval(() => left(dir).some(n => n.includes('.gospect-')) && stop.abort(), 5);
        const { code, out } = await running;
        clearInterval(timer);
        expect(code).toBe(1);
        expect(out).toMatch(/linux\/arm64 +cancelled/);
        expect(left(dir).filter(n => n !== 'bin')).toEqual(before);
      } finally {
        fs.rmSync(dir, { recursive: true, force: true });
      }
    },
    300_000,
  );

  goTest(
    'what cannot be built is said in a line',
    async () => {
      const dir = module();
      try {
        expect(await gospect(['build', '--target', 'foo/bar'], dir)).toMatchObject({ code: 2, out: '' });
        expect((await gospect(['build', '--target', 'linux/amd64/v9'], dir)).err).toContain('GOAMD64=v9 is not one of');
        expect((await gospect(['build', '--target', 'js/wasm', '--profile', 'race'], dir)).err).toContain(
          'the race detector does not support js/wasm',
        );
        expect((await gospect(['build', '--', '-toolexec=x'], dir)).err).toContain('-toolexec=x is no package');
        fs.writeFileSync(path.join(dir, 'main.go'), 'package main\n\nfunc main() { x }\n');
        const failed = await gospect(['build'], dir);
        expect(failed.code).toBe(1);
        expect(failed.err).toContain('./main.go:3:15: undefined: x');
      } finally {
        fs.rmSync(dir, { recursive: true, force: true });
      }
    },
    300_000,
  );
});
