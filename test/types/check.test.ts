import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { goTest } from '../go.ts';
import { gospect } from '../gospect.ts';

const files: Record<string, string | Uint8Array> = {
  'go.mod': 'module example.com/m\n\ngo 1.20\n',
  'main.go': [
    'package main',
    'import "example.com/m/many"',
    'import "example.com/m/good"',
    'func main() { many.F(); good.F(1, 2) }',
  ].join('\n'),
  'good/good.go': 'package good\n\nfunc F(a int, b ...int) int { return a }\n',
  'many/a.go': [
    'package many',
    'func F() { var a, b, c, d int }',
    'var x1, x2, x3, x4, x5, x6, x7 int = "", "", "", "", "", "", ""',
  ].join('\n'),
  'many/b.go': 'package many\nimport "os"\ntype T struct{ t T }\nfunc (T) m() {}\nfunc (T) m() {}\n',
  'syntax/s.go': 'package syntax\nfunc f() { x := ) }\nfunc g() { return 1 }\n',
  'version/v.go': 'package version\nfunc f() { for i := range 3 { _ = i }; L: for {} }\n',
  'bodies/b.go': [
    'package bodies',
    'import _ "unsafe"',
    'func f()',
    '//go:noescape',
    'func g() {}',
    '//go:linkname h h',
  ].join('\n'),
  'embed/e.go': 'package embed\n\n//go:embed e.go\nvar s string\n',
  // bytes that are no characters: in a string, a comment, a name, beside a U+FFFD that is one
  'bytes/b.go': Buffer.concat([
    Buffer.from('package bytes\n\nvar s, t = "\ufffdé\xc3\xa9\xff\xfe", 1 +\n// \x80\nvar a', 'latin1'),
    Buffer.from([0xe4, 0xb8]),
    Buffer.from(' int\nvar ok = "\ufffd" + 1\nvar b string = `\n'),
    Buffer.from([0xed, 0xa0, 0x80, 0x60, 0x0a]),
  ]),
  // the same name in the way of two files' imports, and the same error at one place of two files
  'clash/a.go': 'package clash\nimport "os"\nfunc os() {}\nvar _ = 1 + nothing\n',
  'clash/b.go': 'package clash\nimport "os"\nvar _ = os.Args\n',
  'clash/c.go': 'package clash\nvar _ = lost\n',
  'clash/d.go': 'package clash\nvar _ = lost\n',
  // what gc's export data holds depends on what can be inlined
  'hidden/h.go': [
    'package hidden',
    'import ("errors"; "math"; "unicode/utf8")',
    'var _, _, _, _ = math.sqrt, math.floor, math.sin, math.uvnan',
    'var _, _, _ = utf8.first, utf8.xx, utf8.acceptRange{}',
    'var _, _ = errors.errorString{}, errors.is',
  ].join('\n'),
  // what gc's parser complains about, and reads: types are checked after it
  'repaired/r.go': [
    'package repaired',
    'type a interface{ M[T any](T) }',
    'type b interface{ m[](); nosuch }',
    'func f() { type c interface{ m[T any](x T) }; var _ c = 1; z := 2 }',
  ].join('\n'),
  'dot/d.go': 'package dot\nimport . "bytes"\nfunc Index() { Compare(nil, nil) }\nfunc f() { undefined() }\n',
};

/** Imports that lead nowhere, at some distance: go build names them all, and type-checks nothing. */
const lost: Record<string, string> = {
  'go.mod': 'module example.com/m\n\ngo 1.26\n',
  'a/a.go': 'package a\nimport "example.com/m/b"\nimport "nosuch/pkg"\nvar _ = b.X\n',
  'b/b.go': 'package b\nimport "example.com/m/c"\nimport "example.com/other"\nvar X = c.Y\n',
  'c/c.go': 'package c\nimport "example.com/m/missing"\nvar Y int = ""\n',
  'cycle/one/o.go': 'package one\nimport "example.com/m/cycle/two"\nvar _ = two.X\n',
  'cycle/two/t.go': 'package two\nimport "example.com/m/cycle/one"\nvar X = 1\n',
};

/** Output by package: go build prints packages in the order in which they are done. */
function blocks(output: string): string[] {
  return output.split(/^(?=# )/m).sort();
}

type Run = [cwd: string, patterns: string[], flags: string[]];

/** Runs both in a module of these files: the same output, and failure. */
async function compare(module: Record<string, string | Uint8Array>, runs: Run[]): Promise<void> {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-check-')));
  for (const [name, text] of Object.entries(module)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), text);
  }
  const env = { ...process.env, GOFLAGS: '', GOWORK: 'off' };
  for (const [cwd, patterns, flags] of runs) {
    const at = path.join(dir, cwd);
    const gcflags = flags.includes('-e') ? ['-gcflags=-e'] : [];
    const go = spawnSync('go', ['build', ...gcflags, ...patterns], { cwd: at, env, encoding: 'utf8' });
    const { code, err } = await gospect(['check', ...flags, ...patterns], at, env);
    expect(blocks(err), `${cwd}: ${patterns.join(' ')}`).toEqual(blocks(go.stderr));
    expect(code).toBe(1);
  }
  fs.rmSync(dir, { recursive: true });
}

goTest(
  'gospect check prints what go build prints',
  () =>
    compare(files, [
      ['.', ['./...'], []],
      ['.', ['.'], []],
      ['many', ['.', '../syntax'], []],
      ['many', ['.'], ['-e']],
    ]),
  600_000,
);

goTest(
  'gospect check names the imports that lead nowhere',
  () =>
    compare(lost, [
      ['.', ['./a'], []],
      ['.', ['./...'], []],
      ['cycle', ['./one'], []],
    ]),
  600_000,
);
