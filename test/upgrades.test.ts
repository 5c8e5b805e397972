import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matchPrefixPatterns, proxySteps } from '../core/load/proxy.ts';
import { modulesReport } from '../server/reports/modules.ts';
import { upgradesReport } from '../server/reports/upgrades.ts';
import { goTest } from './go.ts';
import { gospect } from './gospect.ts';

const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-upgrades-')));
const proxy = path.join(top, 'proxy');
const main = path.join(top, 'm');
// The module cache is read-only.
afterAll(() => {
  execFileSync('chmod', ['-R', 'u+w', top]);
  fs.rmSync(top, { recursive: true, force: true });
});

/** Publishes a version of a module: what it says besides its name. */
function publish(module: string, version: string, says: string, listed = true): void {
  const dir = path.join(proxy, module, '@v');
  fs.mkdirSync(dir, { recursive: true });
  const info = JSON.stringify({ Version: version, Time: '2024-01-02T03:04:05Z' });
  fs.writeFileSync(path.join(dir, `${version}.info`), info);
  fs.writeFileSync(
    path.join(dir, `${version}.mod`),
    says === '' ? `module ${module}\n` : `module ${module}\n\n${says}\n`,
  );
  const file = {
    [`${module}@${version}/${says === '' ? 'README' : 'go.mod'}`]: fs.readFileSync(path.join(dir, `${version}.mod`)),
  };
  fs.writeFileSync(path.join(dir, `${version}.zip`), zipSync(file));
  fs.appendFileSync(path.join(dir, 'list'), listed ? `${version}\n` : '');
  if (!listed) fs.writeFileSync(path.join(dir, '../@latest'), info);
}

beforeAll(() => {
  const a = 'example.com/a';
  publish(a, 'v1.0.0', 'go 1.20');
  publish(a, 'v1.1.0', 'go 1.20');
  publish(a, 'v1.10.0', 'go 1.22\n\nrequire (\n\texample.com/b v1.2.0\n\texample.com/new v0.1.0\n)');
  publish(a, 'v1.11.0-rc.1', 'go 1.20');
  publish('example.com/b', 'v1.0.0', 'go 1.20');
  publish('example.com/b', 'v1.2.0', 'go 1.20\n\nrequire example.com/c v1.5.0');
  publish('example.com/b', 'v1.3.0', 'go 1.20\n\nretract v1.3.0 // broken');
  publish('example.com/c', 'v1.4.0', 'go 1.20');
  publish('example.com/c', 'v1.5.0', 'go 1.20');
  publish('example.com/new', 'v0.1.0', 'go 1.20');
  // Not yet released, and one whose newer versions have no major version in their path.
  publish('example.com/pre', 'v0.1.0-alpha', 'go 1.20');
  publish('example.com/pre', 'v0.1.0-beta', 'go 1.20');
  publish('example.com/old', 'v1.0.0', '');
  publish('example.com/old', 'v2.0.0+incompatible', '');
  publish('example.com/aware', 'v1.0.0', 'go 1.20');
  publish('example.com/aware', 'v2.0.0+incompatible', '');
  publish('example.com/commit', 'v0.0.0-20240102030405-abcdefabcdef', 'go 1.20', false);
  // A proxy that lists commits and names no newest one.
  publish('example.com/listed', 'v0.0.0-20230102030405-123456123456', 'go 1.20');
  publish('example.com/listed', 'v0.0.0-20240102030405-abcdefabcdef', 'go 1.20');
  publish('example.com/gone', 'v1.0.0', 'go 1.20\n\nretract [v1.0.0, v1.1.0] // wrong arithmetic');
  publish('example.com/gone', 'v1.1.0', 'go 1.20\n\nretract [v1.0.0, v1.1.0] // wrong arithmetic');
  publish('example.com/excluded', 'v1.0.0', 'go 1.20');
  publish('example.com/excluded', 'v1.1.0', 'go 1.20');
  publish('example.com/Upper', 'v1.0.0', 'go 1.20');
  fs.renameSync(path.join(proxy, 'example.com/Upper'), path.join(proxy, 'example.com/!upper'));
  fs.mkdirSync(main);
  fs.writeFileSync(
    path.join(main, 'go.mod'),
    `module example.com/m

go 1.21

require (
	example.com/Upper v1.0.0
	example.com/a v1.0.0
	example.com/aware v1.0.0
	example.com/b v1.0.0
	example.com/c v1.4.0 // indirect
	example.com/commit v0.0.0-20230102030405-123456123456
	example.com/excluded v1.0.0
	example.com/gone v1.0.0
	example.com/listed v0.0.0-20230102030405-123456123456
	example.com/old v1.0.0
	example.com/pre v0.1.0-alpha
)

exclude example.com/excluded v1.1.0
`,
  );
  publish('example.com/commit', 'v0.0.0-20230102030405-123456123456', 'go 1.20', false);
  publish('example.com/commit', 'v0.0.0-20240102030405-abcdefabcdef', 'go 1.20', false);
});

const env = (more: Record<string, string> = {}): Record<string, string | undefined> => ({
  ...process.env,
  GOFLAGS: '-mod=mod',
  GOPROXY: pathToFileURL(proxy).href,
  GONOSUMDB: '*',
  GONOPROXY: 'none',
  GOPRIVATE: '',
  GOWORK: 'off',
  GOTOOLCHAIN: 'local',
  GOMODCACHE: path.join(top, 'empty'),
  GOSPECT_CACHE: path.join(top, 'records'),
  ...more,
});
const upgradesOf = async () => {
  const { out, err } = await gospect(['mod', 'upgrades', '-json'], main, env());
  expect(err.split('\n').filter(l => /error/i.test(l))).toEqual([]);
  return JSON.parse(out) as Said;
};
interface Said {
  modules: { path: string; upgrade: string; retracted: string; message: string; changes: Line[] }[];
  together: Line[];
}
interface Line {
  path: string;
  before: string;
  after: string;
}
const lines = (changes: Line[]) => changes.map(c => `${c.path} ${c.before} ${c.after}`);

goTest('newer versions are those that go list -m -u finds', async ({ go }) => {
  const cache = { GOMODCACHE: path.join(top, 'cache') };
  const options = { cwd: main, env: env(cache), encoding: 'utf8' as const };
  const theirs = execFileSync(go, ['list', '-m', '-u', 'all'], options)
    .split('\n')
    .filter(l => /\[|retracted/.test(l));
  expect(theirs).toHaveLength(8);
  const { out } = await gospect(['mod', 'upgrades'], main, env());
  expect(out.split('\n').filter(l => l.startsWith('example.com/'))).toEqual(theirs);
  expect(fs.existsSync(path.join(top, 'empty'))).toBe(false);
});

goTest('what each would change is what the build list is after go get', async ({ go }) => {
  const { modules, together } = await upgradesOf();
  const newer = modules.filter(m => m.upgrade !== '');
  expect(newer.map(m => m.path)).toContain('example.com/a');
  const cache = { GOMODCACHE: path.join(top, 'cache') };
  const list = (cwd: string) =>
    new Map(
      execFileSync(go, ['list', '-m', 'all'], { cwd, env: env(cache), encoding: 'utf8' })
        .split('\n')
        .filter(l => l.includes(' '))
        .map(l => l.split(' ') as [string, string]),
    );
  const before = list(main);
  const after = (wanted: string[]) => {
    const copy = fs.mkdtempSync(path.join(top, 'copy-'));
    fs.copyFileSync(path.join(main, 'go.mod'), path.join(copy, 'go.mod'));
    execFileSync(go, ['get', ...wanted], { cwd: copy, env: env(cache), stdio: 'pipe' });
    const now = list(copy);
    const paths = [...new Set([...before.keys(), ...now.keys()])].sort();
    const changed = paths
      .map(p => `${p} ${before.get(p) ?? 'none'} ${now.get(p) ?? 'none'}`)
      .filter((_, i) => before.get(paths[i]) !== now.get(paths[i]));
    const goLine = /^go (.*)$/m.exec(fs.readFileSync(path.join(copy, 'go.mod'), 'utf8'))![1];
    return goLine === '1.21' ? changed : [...changed, `go 1.21 ${goLine}`];
  };
  for (const m of newer) {
    const own = `${m.path} ${before.get(m.path)} ${m.upgrade}`;
    expect([own, ...lines(m.changes)].sort(), m.path).toEqual(after([`${m.path}@${m.upgrade}`]).sort());
  }
  expect(lines(together).sort()).toEqual(after(newer.map(m => `${m.path}@${m.upgrade}`)).sort());
  expect(lines(newer.find(m => m.path === 'example.com/a')!.changes)).toEqual([
    'example.com/b v1.0.0 v1.2.0',
    'example.com/c v1.4.0 v1.5.0',
    'example.com/new none v0.1.0',
    'go 1.21 1.22',
  ]);
});

describe('the proxies', () => {
  const small = path.join(top, 'small');
  beforeAll(() => {
    fs.mkdirSync(small);
    fs.writeFileSync(path.join(small, 'go.mod'), 'module example.com/s\n\ngo 1.21\n\nrequire example.com/b v1.0.0\n');
  });
  const asked: string[] = [];
  /** Answers as `status` says; without one from the files. */
  const server = http.createServer((request, response) => {
    asked.push(`${request.headers.authorization ?? ''} ${request.url}`);
    const [, status = '', rest = ''] = /^\/(\d*)\/?(.*)$/.exec(request.url!)!;
    if (status !== '') {
      response.writeHead(Number(status)).end();
      return;
    }
    try {
      response.end(fs.readFileSync(path.join(proxy, decodeURIComponent(rest))));
    } catch {
      response.writeHead(404).end();
    }
  });
  let at = '';
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    at = `127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => void server.close());
  const said = async (GOPROXY: string, more: Record<string, string> = {}) => {
    asked.length = 0;
    const { out, err } = await gospect(['mod', 'upgrades', '-json'], small, env({ GOPROXY, ...more }));
    if (out === '') return err.trimEnd().replace(/^go: /, '');
    return (JSON.parse(out) as Said).modules.map(m => m.upgrade || m.message).join();
  };

  goTest('are asked in their order, the next one when one has nothing, or after a bar whatever is wrong', async () => {
    const good = `http://${at}`;
    expect(await said(good)).toBe('v1.2.0');
    expect(await said(`${good}/404,${good}`)).toBe('v1.2.0');
    expect(await said(`${good}/500,${good}`)).toBe(`${at} answers 500 Internal Server Error`);
    expect(await said(`${good}/500|${good}`)).toBe('v1.2.0');
    expect(await said(`http://user:p%40ss@${at}`)).toBe('v1.2.0');
    expect(asked).toContain(`Basic ${btoa('user:p@ss')} /example.com/b/@v/list`);
  });
  goTest('are not asked where the settings say so', async () => {
    const good = `http://${at}`;
    expect(await said(`off,${good}`)).toContain('GOPROXY=off');
    const direct = 'comes straight from version control, which only go asks: go list -m -u example.com/b';
    expect(await said(`direct,${good}`)).toBe(direct);
    expect(await said(good, { GONOPROXY: '', GOPRIVATE: 'example.com/[ab],x.org' })).toBe(direct);
    expect(asked).toEqual([]);
    expect(await said(good, { GONOPROXY: 'none', GOPRIVATE: 'example.com' })).toBe('v1.2.0');
  });
  goTest('that cannot be reached are said so', async () => {
    expect(await said('http://127.0.0.1:1')).toMatch(
      /^127\.0\.0\.1:1 cannot be asked \(.*\): go online, or set GOPROXY/,
    );
    expect(await said('ftp://x')).toContain('only https, http and file are asked');
  });
  goTest('rows of the view: what may be upgraded, with the command, what changes below it', async () => {
    const none = new AbortController().signal;
    const [head, together] = await upgradesReport(main, env(), [], none, () => {});
    expect(head.label).toBe('7 modules of 11 can be upgraded');
    const a = head.children.find(r => r.label === 'example.com/a')!;
    expect(a).toMatchObject({ detail: 'v1.0.0 → v1.10.0, changes 4 others too', copy: 'go get example.com/a@v1.10.0' });
    expect(a.children.map(r => `${r.label} ${r.detail}`)).toContain('example.com/new added, v0.1.0');
    expect(head.children.find(r => r.label === 'example.com/gone')).toMatchObject({
      icon: 'warning',
      detail: 'v1.0.0, retracted',
      tooltip: 'wrong arithmetic',
    });
    expect(together.copy).toMatch(/^go get example\.com\/a@v1\.10\.0 /);
    const rows = modulesReport(small, env({ GOPROXY: 'https://a.example|https://b.example,direct' }), []);
    const list = rows.find(r => r.label === 'GOPROXY')!;
    expect(list.children.map(r => r.detail)).toEqual([
      'the next one after any error',
      'the next one if it has none (404, 410)',
      'from the version control system of the module; last',
    ]);
  });
});

test('GOPROXY is a list, and nothing follows direct or off', () => {
  expect(proxySteps(' https://a , https://b|off,https://c').map(s => `${s.where} ${s.next}`)).toEqual([
    'https://a not found',
    'https://b any error',
    'off ',
  ]);
  expect(proxySteps('')).toEqual([]);
});

test.each([
  ['example.com', 'example.com/x/y', true],
  ['example.com', 'example.com.evil/x', false],
  ['*.corp.example.com', 'git.corp.example.com/x', true],
  ['*.corp.example.com', 'corp.example.com/x', false],
  ['example.com/*/z', 'example.com/y/z/w', true],
  ['example.com/*/z', 'example.com/z', false],
  ['a,example.com/', 'example.com', true],
  ['ex[a-c]mple.com', 'example.com/x', true],
  ['ex[^a]mple.com', 'example.com/x', false],
  ['ex\\[.com', 'ex[.com/x', true],
  ['ex[.com', 'ex[.com/x', false],
  ['ex[a\\]b]mple.com', 'ex]mple.com/x', true],
  ['ex[]a]mple.com', 'ex]mple.com/x', false],
  ['', 'example.com', false],
])('GOPRIVATE=%s: %s %s', (patterns, module, is) => {
  expect(matchPrefixPatterns(patterns, module)).toBe(is);
});
