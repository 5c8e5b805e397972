import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseActionGraph } from '../core/actions/graph.ts';
import { toTrace } from '../core/actions/export.ts';
import { replay } from '../core/actions/schedule.ts';
import { graphOfTrace, TraceReader } from '../core/actions/trace.ts';
import { parseForeign, readGraph, whatIf } from '../server/build/page-data.ts';
import { exportBuild } from '../server/build/export.ts';
import { listRecords } from '../server/build/records.ts';
import type { GraphData } from '../server/protocol/builds.ts';
import { runBuilds } from '../server/build/build.ts';
import type { BuildEvent } from '../server/protocol/builds.ts';
import { parsePs, toolOf, watchByPs, watchProcesses } from '../server/build/process-watch.ts';
import { goTest } from './go.ts';
import { gospect } from './gospect.ts';

const event = (name: string, ph: string, ms: number, tid: number): string =>
  JSON.stringify({ name, ph, ts: (1_000_000 + ms) * 1000, pid: 0, tid });
const action = (what: string, from: number, to: number, tid: number): string[] => [
  event(`Executing action (${what})`, 'B', from, tid),
  ...(to < 0 ? [] : [event(`Executing action (${what})`, 'E', to, tid)]),
];
const file = (events: string[]): string => `[\n${events.join('\n,')}\n]`;
const sample = [
  event('Running build command', 'B', 0, 0),
  event('load.PackagesAndErrors', 'B', 1, 0),
  event('load.PackagesAndErrors', 'E', 20, 0),
  ...action('build a', 25, 60, 1),
  ...action('build b', 25, 25.1, 2),
  event('Executing action (build m [m.test])', 'B', 61, 2),
  event('Executing action (build a) -> Executing action (build m [m.test])', 's', 61, 1),
  event('Executing action (build a) -> Executing action (build m [m.test])', 'f', 61, 2),
  event('Executing action (build m [m.test])', 'E', 90, 2),
  ...action('link m', 91, -1, 1),
];

describe('traces of go build', () => {
  test('actions with their times, what they wait for, and the time to load packages', () => {
    const g = graphOfTrace(file(sample))!;
    expect(
      g.actions.map(
        a => `${a.mode}|${a.package}|${a.deps.join()}|${Math.round(a.start)}-${Math.round(a.done)}|${a.verdict}`,
      ),
    ).toEqual([
      'load packages|||1-20|run',
      'build|a|0|25-60|run',
      'build|b|0|25-25|cached',
      'build|m [m.test]|1|61-90|run',
      'link|m|0|91-91|failed',
    ]);
  });
  test('written for Chrome and Perfetto no event of a thread lasts into the next', () => {
    // Ends and beginnings that are the same moment, at fractions of a microsecond that durations alone round away.
    const events = Array.from({ length: 40 }, (_, i) =>
      action(`build p${i}`, i * 10.0006, (i + 1) * 10.0006, 1),
    ).flat();
    const { traceEvents } = JSON.parse(toTrace(graphOfTrace(file(events))!)) as {
      traceEvents: { name: string; ph: string; ts: number; dur: number; pid: number; tid: number }[];
    };
    expect(traceEvents.filter(e => e.ph === 'M').map(e => e.name)).toEqual(['process_name', 'thread_name']);
    const timed = traceEvents.filter(e => e.ph === 'X').sort((a, b) => a.ts - b.ts);
    expect(timed.length).toBe(40);
    for (const [i, e] of timed.slice(1).entries()) expect(e.ts).toBeGreaterThanOrEqual(timed[i].ts + timed[i].dur);
  });
  test('a graph that was written before the build ran has not failed', async () => {
    const planned = JSON.stringify([
      { ID: 0, Mode: 'link', Package: 'm', Deps: [1], NeedBuild: true },
      { ID: 1, Mode: 'build', Package: 'm', NeedBuild: true, TimeReady: '0001-01-01T00:00:00Z' },
    ]);
    const parsed = parseActionGraph(planned);
    expect(parsed.ok && parsed.graph.actions.map(a => a.verdict)).toEqual(['none', 'none']);
    const name = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-planned-')), 'g.json');
    fs.writeFileSync(name, planned);
    const { out } = await gospect(['graph', '--from', name], os.tmpdir(), { PATH: '' });
    fs.rmSync(path.dirname(name), { recursive: true });
    expect(out).toBe(`${name}: 2 actions that have not run: the build was stopped before its end, or only planned\n`);
  });
  test('read in pieces of any size it says the same', () => {
    const text = file(sample);
    const whole = new TraceReader();
    whole.feed(text);
    whole.finish();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1 }), sizes => {
        const reader = new TraceReader();
        for (let at = 0, i = 0; at < text.length; i++) {
          const size = sizes[i % sizes.length];
          reader.feed(text.slice(at, at + size));
          at += size;
        }
        reader.finish();
        expect(reader.spans).toEqual(whole.spans);
      }),
    );
  });
  test('a file that is neither is refused in a sentence, and no bytes throw', () => {
    for (const text of ['', '[]', '{"traceEvents":[]}', 'words\nwords\n', '[\n{"name":"x","ph":"B","ts":1}\n]'])
      expect(parseForeign(text), text).toMatchObject({
        ok: text === '[]',
        ...(text === '[]' ? {} : { message: expect.stringMatching(/^neither an action graph nor a trace/) }),
      });
    fc.assert(
      fc.property(fc.string(), text => {
        graphOfTrace(text);
      }),
    );
  });
  goTest('the trace of a build has the actions of its action graph', async ({ go }) => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-trace-'));
    try {
      fs.writeFileSync(path.join(dir, 'go.mod'), 'module example.com/m\n\ngo 1.24\n');
      fs.writeFileSync(path.join(dir, 'x.go'), `package m\n\nconst X = "${dir}"\n`);
      const env = { ...process.env, GOFLAGS: '' };
      const [trace, graph] = ['trace.json', 'graph.json'].map(f => path.join(dir, f));
      spawnSync(go, ['build', `-debug-trace=${trace}`, `-debug-actiongraph=${graph}`, './...'], { cwd: dir, env });
      const read = graphOfTrace(fs.readFileSync(trace, 'utf8'))!;
      const recorded = parseActionGraph(fs.readFileSync(graph, 'utf8'));
      if (!recorded.ok) throw new Error(recorded.message);
      const names = (list: readonly { mode: string; package: string; start: number }[]) =>
        list
          .filter(a => a.start >= 0 && a.package !== '')
          .map(a => `${a.mode} ${a.package}`)
          .sort();
      expect(names(read.actions)).toEqual(names(recorded.graph.raw));
      const { code, out } = await gospect(['graph', '--from', trace, '--json'], dir, env);
      expect(code).toBe(0);
      expect(JSON.parse(out).actions.map((a: { package: string }) => a.package)).toContain('example.com/m');
    } finally {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('records of builds', () => {
  goTest('earlier builds of the same are kept to compare with, and what-if replays the record', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-records-'));
    try {
      fs.writeFileSync(path.join(dir, 'go.mod'), 'module example.com/m\n\ngo 1.24\n');
      const env = { ...process.env, GOSPECT_CACHE: path.join(dir, 'records'), GOFLAGS: '' };
      for (let i = 0; i < 8; i++) {
        fs.writeFileSync(path.join(dir, 'x.go'), `package m\n\nconst X = "${dir} ${i}"\n`);
        expect((await gospect(['build'], dir, env)).code).toBe(0);
      }
      const kept = listRecords(env);
      expect(kept.length).toBe(6);
      expect(kept.map(r => r.time)).toEqual(kept.map(r => r.time).sort((a, b) => b - a));
      expect(kept.every(r => r.run === 1 && r.title === 'build .')).toBe(true);
      const record = { record: kept[3].record, file: '' };
      const read = readGraph(env, record);
      if (!read.ok) throw new Error(read.message);
      expect(read.graph.began).toBe(kept[3].time);
      const same = whatIf(env, record, { workers: 2, noCgo: true, packages: {} })!;
      const gone = whatIf(env, record, { workers: 2, noCgo: true, packages: { 'example.com/m': 0 } })!;
      const twice = whatIf(env, record, { workers: 2, noCgo: true, packages: { 'example.com/m': 2 } })!;
      const own = read.graph.actions.find(a => a.package === 'example.com/m')!;
      expect(gone).toBeLessThan(same);
      expect(twice - same).toBeCloseTo(same - gone, 5);
      expect(same - gone).toBeGreaterThanOrEqual((own.done - own.start) * 0.9);
      const file = path.join(dir, 'exported.json');
      const plain = path.join(dir, 'plain.json');
      const exported = exportBuild(env, { ...record, format: 'json' });
      if (!exported.ok) throw new Error(exported.message);
      fs.writeFileSync(file, exported.text);
      fs.writeFileSync(plain, JSON.stringify(read.graph));
      const again = readGraph(env, { record: '', file });
      if (!again.ok) throw new Error(again.message);
      const near = (ms: number): number => Math.round(ms * 1000);
      const facts = (graph: GraphData) =>
        graph.actions.map(a => ({
          ...a,
          ...Object.fromEntries(['ready', 'start', 'done', 'cpu'].map(k => [k, near(a[k as 'cpu'])])),
        }));
      expect(facts(again.graph)).toEqual(facts(read.graph));
      expect(again.graph.whatIf).toEqual(read.graph.whatIf);
      const shown = readGraph(env, { record: '', file: plain });
      expect(shown.ok && facts(shown.graph)).toEqual(facts(read.graph));
      for (const format of ['dot', 'trace'] as const) {
        const [a, b] = [record, { record: '', file }].map(build => exportBuild(env, { ...build, format }));
        expect(a.ok && a.text.split(/[\d.]+/)).toEqual(b.ok && b.text.split(/[\d.]+/));
      }
      expect(whatIf(env, { record: 'ffff', file: '' }, { workers: 1, noCgo: false, packages: {} })).toBe(null);
    } finally {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  });
  test.each([
    [{ v: 1, actions: 1 }, 'no list of actions'],
    [{ v: 1, actions: [] }, null],
    [{ v: 1, actions: [null] }, 'entry 0 is not an action'],
    [{ v: 1, began: -1e300, actions: [{ mode: 'build', deps: [7, -1, 0.5, 'x', 0], ready: 1e300, cpu: 'x' }] }, null],
    [
      {
        v: 1,
        actions: [
          { mode: 'a', package: 'p', deps: [1] },
          { mode: 'b', package: 'p', deps: [0] },
        ],
      },
      'waits for itself',
    ],
  ])('an exported build that is none: %j', (data, message) => {
    const parsed = parseForeign(JSON.stringify(data));
    expect(parsed).toMatchObject(
      message === null ? { ok: true } : { ok: false, message: expect.stringContaining(message) },
    );
  });
  test('without cgo, its steps take no time', () => {
    const at = (ms: number) => new Date(1_700_000_000_000 + ms).toISOString();
    const list = [
      {
        ID: 0,
        Mode: 'build',
        Package: 'c',
        Deps: [1],
        Priority: 1,
        TimeReady: at(50),
        TimeStart: at(50),
        TimeDone: at(60),
        Cmd: ['compile'],
      },
      {
        ID: 1,
        Mode: 'cgo run',
        Package: 'c',
        Priority: 0,
        TimeReady: at(0),
        TimeStart: at(0),
        TimeDone: at(50),
        Cmd: ['cgo'],
      },
    ];
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-cgo-'));
    const graph = path.join(dir, 'graph.json');
    fs.writeFileSync(graph, JSON.stringify(list));
    const ask = (noCgo: boolean) => whatIf({}, { record: '', file: graph }, { workers: 1, noCgo, packages: {} });
    expect([ask(false), ask(true)]).toEqual([60, 10]);
    const parsed = parseForeign(JSON.stringify(list));
    expect(parsed.ok && replay(parsed.graph, { workers: 4 })).toBe(60);
    fs.rmSync(dir, { recursive: true });
  });
});

goTest('a build that is watched tells its actions as they begin and end, of a library too', async () => {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-watched-')));
  try {
    fs.writeFileSync(path.join(dir, 'go.mod'), 'module example.com/m\n\ngo 1.24\n');
    fs.writeFileSync(path.join(dir, 'x.go'), `package m\n\nconst X = "${dir}"\n`);
    const events: BuildEvent[] = [];
    const { results } = await runBuilds(
      {
        cwd: dir,
        packages: ['./...'],
        targets: [],
        profile: '',
        folder: () => path.join(dir, 'out'),
        flags: [],
        watched: true,
        program: '',
      },
      { ...process.env, GOSPECT_CACHE: path.join(dir, 'records'), GOFLAGS: '' },
      new AbortController().signal,
      event => events.push(event),
    );
    expect(results).toMatchObject([{ status: 'ok', files: [], compiled: 1, packages: 1 }]);
    const spans = events.flatMap(e => (e.type === 'live' ? e.spans : []));
    expect(spans.find(s => s.mode === 'build' && s.package === 'example.com/m')?.done).toBeGreaterThanOrEqual(0);
    const commands = events.flatMap(e => (e.type === 'target' ? [e.command] : []));
    expect(commands.at(-1)).toMatch(/go build \.\/\.\.\.$/);
    expect(fs.readdirSync(dir).sort()).toEqual(['go.mod', 'records', 'x.go']);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
});

describe('programs of a build', () => {
  test('what a command line is', () => {
    const tool = (...command: string[]) => {
      const t = toolOf(command);
      return `${t.name} ${t.package}`;
    };
    expect(tool('/go/pkg/tool/linux_amd64/compile', '-o', 'x', '-p', 'net/http', '-pack')).toBe('compile net/http');
    expect(tool('/go/pkg/tool/linux_amd64/cgo', '-objdir', 'x', '-importpath', 'net', '--')).toBe('cgo net');
    expect(tool('C:\\go\\link.exe'.replaceAll('\\', '/'), '-o', 'x')).toBe('link ');
    expect(tool('gcc', '-p')).toBe('gcc ');
  });
  test('what ps of macOS and of Linux print', () => {
    const mac = [
      '    1     0   3:21.08  12864 /sbin/launchd',
      '  412     1   0:00.09   4096 go build -v -o /tmp/a b/',
      ' 5121   412 121:03.25 881232 /usr/local/go/pkg/tool/darwin_arm64/compile -o $WORK/b001/_pkg_.a -p net/http -pack ',
      '  PID  PPID      TIME    RSS ARGS',
      '',
    ];
    expect(parsePs(mac.join('\n'))).toEqual([
      { pid: 1, parent: 0, cpu: 201_080, memory: 12_864 << 10, command: '/sbin/launchd' },
      { pid: 412, parent: 1, cpu: 90, memory: 4 << 20, command: 'go build -v -o /tmp/a b/' },
      {
        pid: 5121,
        parent: 412,
        cpu: (121 * 60 + 3) * 1000 + 250,
        memory: 881_232 * 1024,
        command: '/usr/local/go/pkg/tool/darwin_arm64/compile -o $WORK/b001/_pkg_.a -p net/http -pack',
      },
    ]);
    const linux = ' 1 0 2-01:02:03 23092 init\n 2 1 00:00:04 0 [kthreadd]\n';
    expect(parsePs(linux).map(p => [p.pid, p.cpu, p.command])).toEqual([
      [1, (2 * 86_400 + 3723) * 1000, 'init'],
      [2, 4000, '[kthreadd]'],
    ]);
  });
  const watches = [
    ['the system', watchProcesses],
    ['ps', watchByPs],
  ] as const;
  test.skipIf(process.platform === 'win32').each(watches)('who ran which, as %s tells it', async (_, look) => {
    const child = spawn('sh', ['-c', 'sh -c "sleep 60; true"; true'], { stdio: 'ignore', detached: true });
    try {
      for (;;) {
        const watch = look(child.pid!);
        await new Promise(resolve => setTimeout(resolve, 200));
        const seen = watch.stop()!;
        const sleep = seen.find(p => p.name === 'sleep');
        if (!sleep) continue;
        expect(sleep).toMatchObject({ command: 'sleep 60', package: '' });
        const by = seen.find(p => p.pid === sleep.parent)!;
        expect(by).toMatchObject({ name: 'sh', parent: child.pid });
        expect(seen.find(p => p.pid === child.pid)?.parent).toBe(0);
        expect(seen.length).toBe(3);
        expect(sleep.memory).toBeGreaterThan(0);
        break;
      }
    } finally {
      process.kill(-child.pid!, 'SIGKILL');
    }
  });
});
