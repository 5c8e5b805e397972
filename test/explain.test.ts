import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { Forecast } from '../core/actions/explain.ts';
import { main } from '../server/cli.ts';
import { goTest } from './go.ts';

const files: Record<string, string> = {
  'go.mod': 'module example.com/m\n\ngo 1.24\n',
  'main.go': 'package main\n\nimport "example.com/m/a"\n\nfunc main() { println(a.F()) }\n',
  'a/a.go': 'package a\n\nimport "example.com/m/b"\n\nfunc F() int { return b.G() }\n',
  'b/b.go': 'package b\n\nfunc G() int { return 1 + H() }\n',
  'b/h.go': 'package b\n\nfunc H() int { return h }\n',
  'b/h_tagged.go': '//go:build tagged\n\npackage b\n\nfunc init() { h = 2 }\n',
  'b/v.go': 'package b\n\nimport _ "embed"\n\n//go:embed text.txt\nvar text string\n\nvar h = len(text)\n',
  'b/text.txt': 'abc',
  'b/p_amd64.s': '#include "textflag.h"\n\nTEXT ·unused(SB), NOSPLIT, $0-0\n\tRET\n',
  'b/p_arm64.s': '#include "textflag.h"\n\nTEXT ·unused(SB), NOSPLIT, $0-0\n\tRET\n',
  'b/p.go': 'package b\n\nfunc unused()\n',
};

interface Scenario {
  name: string;
  /** Changes the module, its environment or the flags. */
  change(dir: string, env: Record<string, string>, cache: string): string[] | void;
  /** Each package's verdict: the inputs that changed, or what it depends on. Packages not named are kept. */
  expected: Record<string, string>;
}

const edit = (dir: string, name: string, text: string | ((old: string) => string)): void => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, typeof text === 'string' ? text : text(fs.readFileSync(file, 'utf8')));
};
const chain = { 'example.com/m/a': 'depends example.com/m/b', 'example.com/m': 'depends example.com/m/a' };
const program = 'example.com/m';

const scenarios: Scenario[] = [
  { name: 'nothing', change: () => {}, expected: {} },
  {
    name: 'a file touched only',
    change: dir => fs.utimesSync(path.join(dir, 'b/b.go'), new Date(), new Date()),
    expected: {},
  },
  {
    name: 'a comment',
    change: dir => edit(dir, 'b/b.go', s => `${s}// a comment\n`),
    expected: { 'example.com/m/b': 'file b.go', ...chain },
  },
  {
    name: 'a body',
    change: dir => edit(dir, 'b/h.go', 'package b\n\nfunc H() int { return h + 1 }\n'),
    expected: { 'example.com/m/b': 'file h.go', ...chain },
  },
  {
    name: 'an exported function more',
    change: dir => edit(dir, 'a/a.go', s => `${s}func More() {}\n`),
    expected: { 'example.com/m/a': 'file a.go', [program]: 'depends example.com/m/a' },
  },
  {
    name: 'the main package',
    change: dir => edit(dir, 'main.go', s => s.replace('println(', 'println("x", ')),
    expected: { [program]: 'file main.go' },
  },
  {
    name: 'a new file',
    change: dir => edit(dir, 'b/new.go', 'package b\n'),
    expected: { 'example.com/m/b': 'file new.go', ...chain },
  },
  {
    name: 'a file gone',
    change: dir => fs.rmSync(path.join(dir, 'b/p.go')),
    expected: { 'example.com/m/b': 'file p.go', ...chain },
  },
  {
    name: 'a file that is out for this target',
    change: dir => edit(dir, 'b/p_arm64.s', s => `${s}\n`),
    expected: {},
  },
  {
    name: 'assembly',
    change: dir => edit(dir, 'b/p_amd64.s', s => `${s}\n`),
    expected: { 'example.com/m/b': 'file p_amd64.s', ...chain },
  },
  {
    name: 'an embedded file',
    change: dir => edit(dir, 'b/text.txt', 'abcd'),
    expected: { 'example.com/m/b': 'file text.txt', ...chain },
  },
  {
    name: 'a test file',
    change: dir => edit(dir, 'b/b_test.go', 'package b\n'),
    expected: {},
  },
  {
    name: 'an import more',
    change: dir => edit(dir, 'b/h.go', 'package b\n\nimport "errors"\n\nfunc H() int { _ = errors.New; return h }\n'),
    expected: { 'example.com/m/b': 'file h.go, import errors', ...chain },
  },
  {
    name: 'a tag that lets a file in',
    change: () => ['--tags=tagged'],
    expected: { 'example.com/m/b': 'file h_tagged.go', ...chain, [program]: 'flag -tags' },
  },
  {
    name: 'linker flags',
    change: () => ['--ldflags=-X main.x=y'],
    expected: { [program]: 'flag -ldflags' },
  },
  {
    name: 'an entry gone from the cache',
    change(_dir, env, cache) {
      const record = fs.readdirSync(path.join(env['GOSPECT_CACHE'], 'builds')).flatMap(name => {
        const { keys } = JSON.parse(fs.readFileSync(path.join(env['GOSPECT_CACHE'], 'builds', name), 'utf8'));
        return (keys ?? []) as { name: string; sum: string }[];
      });
      const { sum } = record.find(k => k.name === 'build example.com/m/b')!;
      fs.rmSync(path.join(cache, sum.slice(0, 2), `${sum}-a`));
    },
    expected: { 'example.com/m/b': 'absent', ...chain },
  },
];

goTest(
  'explain names the cause of each rebuild, and the build does what it said',
  async ({ go }) => {
    const top = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-explain-'));
    const cache = execFileSync(go, ['env', 'GOCACHE'], { encoding: 'utf8' }).trim();
    const gospect = async (args: string[], cwd: string, env: Record<string, string>) => {
      let out = '';
      let err = '';
      const code = await main(args, {
        cwd,
        env: { ...process.env, ...env },
        out: text => {
          out += text;
        },
        err: text => {
          err += text;
        },
        terminal: false,
        signal: new AbortController().signal,
      });
      return { code, out, err };
    };
    try {
      for (const [i, s] of scenarios.entries()) {
        const dir = path.join(top, String(i));
        for (const [name, text] of Object.entries(files)) {
          fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
          edit(dir, name, text);
        }
        const env: Record<string, string> = {
          GOFLAGS: '-buildvcs=false',
          GOOS: 'linux',
          GOARCH: 'amd64',
          GOSPECT_CACHE: path.join(dir, '.records'),
        };
        expect((await gospect(['build'], dir, env)).code, s.name).toBe(0);
        const flags = s.change(dir, env, cache) ?? [];
        const { code, out, err } = await gospect(['explain', '--run', '--json', ...flags], dir, env);
        expect(code, `${s.name}: ${err}`).toBe(0);
        const said = JSON.parse(out) as Forecast & { surprises: unknown[] };
        const got = Object.fromEntries(
          said.packages.map(p => [
            p.package,
            p.verdict === 'rebuilt'
              ? p.changes.map(c => `${c.kind} ${c.name}`).join(', ')
              : p.verdict === 'depends'
                ? `depends ${p.on.join(', ')}`
                : p.verdict,
          ]),
        );
        expect(got, s.name).toEqual(s.expected);
        expect(said.surprises, s.name).toEqual([]);
      }
    } finally {
      fs.rmSync(top, { recursive: true, force: true });
    }
  },
  900_000,
);
