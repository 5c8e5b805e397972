/** Small modules with something special about each: gospect says what go says, on both streams, with go's exit status. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { goTest } from './go.ts';
import { gospect } from './gospect.ts';

interface Scenario {
  name: string;
  files: Record<string, string>;
  /** Commands of go, by the folder that they are run in. */
  commands: Record<string, string[]>;
}

const mod = (rest = '') => `module example.com/m\n\ngo 1.24\n${rest}`;

const scenarios: Scenario[] = [
  {
    name: 'import cycle',
    files: {
      'go.mod': mod(),
      'a/a.go': 'package a\nimport _ "example.com/m/b"\n',
      'b/b.go': 'package b\nimport _ "example.com/m/c"\n',
      'c/c.go': 'package c\nimport _ "example.com/m/a"\n',
    },
    commands: { '.': ['list ./...', 'list ./a', 'build ./a'] },
  },
  {
    name: 'what must not be imported',
    files: {
      'go.mod': mod(),
      'a/a.go': 'package a\nimport _ "example.com/m/b/internal/x"\nimport _ "internal/abi"\n',
      'b/internal/x/x.go': 'package x\n',
      'p/p.go': 'package main\nfunc main() {}\n',
      'q/q.go': 'package q\nimport _ "example.com/m/p"\nimport _ "./x"\n',
    },
    commands: { '.': ['list ./a', 'list ./q', 'build ./a', 'build ./q'] },
  },
  {
    name: 'embedded files',
    files: {
      'go.mod': mod(),
      'a/a.go': 'package a\nimport _ "embed"\n//go:embed nothing*.txt\nvar s string\n',
      'b/b.go': 'package b\nimport "embed"\n//go:embed ../a\nvar f embed.FS\n',
      'c/c.go': 'package c\nimport "embed"\n//go:embed d\nvar f embed.FS\n',
      'c/d/.x': '',
    },
    commands: { '.': ['list ./...', 'build ./...'] },
  },
  {
    name: 'files left out',
    files: {
      'go.mod': mod(),
      'a/a_plan9.go': 'package a\n',
      'b/b.go': '//go:build ignore\n\npackage b\n',
      'c/c_test.go': 'package c\n',
      'm.go': 'package m\nimport _ "example.com/m/a"\nimport _ "example.com/m/d"\n',
    },
    commands: { '.': ['list ./a', 'list ./b', 'list ./c', 'list ./...', 'build ./c', 'build .', 'list -test ./c'] },
  },
  {
    name: 'a workspace',
    files: {
      'go.work': 'go 1.24\nuse (\n\t./a\n\t./b\n)\n',
      'a/go.mod': 'module example.com/a\ngo 1.24\n',
      'a/a.go': 'package a\nimport _ "example.com/b"\n',
      'b/go.mod': 'module example.com/b\ngo 1.24\n',
      'b/b.go': 'package b\n',
      'c/go.mod': 'module example.com/c\n',
      'c/c.go': 'package c\n',
    },
    commands: {
      '.': ['list ./...', 'list ./a/... ./b/...', 'list all', 'list work'],
      a: ['list -m', 'list -deps ./...', 'mod why example.com/b', 'build .'],
      c: ['list .', 'list ./...'],
    },
  },
  {
    name: 'a vendor folder',
    files: {
      'go.mod': mod('require example.com/v v1.0.0\n'),
      'a.go': 'package m\nimport _ "example.com/v/p"\nimport _ "example.com/v/q"\n',
      'vendor/modules.txt': '# example.com/v v1.0.0\n## explicit; go 1.20\nexample.com/v/p\n',
      'vendor/example.com/v/p/p.go': 'package p\n',
    },
    commands: { '.': ['list ./...', 'list -m all', 'list example.com/v/...', 'build .'] },
  },
  {
    name: 'patterns',
    files: { 'go.mod': mod(), 'a/a.go': 'package a\n', '_x/x.go': 'package x\n', 'testdata/t/t.go': 'package t\n' },
    commands: { '.': ['list ./...', 'list ./_x', 'list ./nosuch/...', 'list ./nosuch', 'list example.com/m/...'] },
  },
];

for (const { name, files, commands } of scenarios) {
  goTest(name, async ({ go, goroot }) => {
    const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'gospect-scenario-')));
    try {
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
        writeFileSync(path.join(root, file), text);
      }
      const own = { GOFLAGS: '', GOROOT: goroot, GOPROXY: 'off', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };
      const env = { ...process.env, ...own };
      for (const [folder, lines] of Object.entries(commands)) {
        const cwd = path.join(root, folder);
        for (const line of lines) {
          const run = spawnSync(go, line.split(' '), { cwd, env, encoding: 'utf8' });
          const [verb, ...rest] = line.split(' ');
          const ours = await gospect([verb === 'build' ? 'check' : verb, ...rest], cwd, env);
          expect(ours, `${folder}: go ${line}`).toEqual({
            code: run.status,
            out: run.stdout,
            err: run.stderr,
          });
        }
      }
    } finally {
      rmSync(root, { recursive: true });
    }
  });
}
