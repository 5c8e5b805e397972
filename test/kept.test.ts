import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { defaultFlags } from '../core/ir/env.ts';
import { decodeUtf8 } from '../core/source/utf8.ts';
import { compilePatterns } from '../server/analysis/batch.ts';
import { prepareLoading } from '../server/loading.ts';
import { type OpenStore, summaryStore } from '../server/summary-store.ts';
import { goTest } from './go.ts';

interface Module {
  write(name: string, text: string): void;
  /** What is said of the packages, and whether anything was found out to say it. */
  run(pattern: string): Promise<{ text: string; known: boolean }>;
}

/** A module in a folder of its own, compiled with a cache of its own. */
function newModule(): Module {
  const dir = mkdtempSync(path.join(tmpdir(), 'gospect-kept-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  };
  write('go.mod', 'module m\n\ngo 1.24\n');
  const env = { ...process.env, CGO_ENABLED: '1', GOFLAGS: '', GOWORK: 'off', GOSPECT_CACHE: path.join(dir, 'cache') };
  const open = summaryStore(env);
  let found = 0;
  const store: OpenStore = {
    ...open,
    summaries: { ...open.summaries, put: (key, ...parts) => open.summaries.put(key, ...(found++, parts)) },
  };
  const run = async (pattern: string): Promise<{ text: string; known: boolean }> => {
    const loading = prepareLoading(new Map(), {
      cwd: dir,
      env,
    });
    found = 0;
    let said = '';
    const options = { flags: { ...defaultFlags, m: 1 }, rendering: 'lines' as const, store, tests: false, threads: 1 };
    for await (const { text, errors } of compilePatterns([pattern], loading, options)) {
      expect(errors).toEqual([]);
      for (const piece of text ?? []) said += decodeUtf8(piece);
    }
    return { text: said, known: found === 0 };
  };
  return { write, run };
}

goTest('what is said of a package with cgo is kept until a header says something else', async () => {
  const { write, run } = newModule();
  write(
    'm.go',
    'package m\n\n// #include "size.h"\nimport "C"\n\nfunc f() int {\n\tb := make([]byte, C.SIZE)\n\treturn len(b)\n}\n',
  );
  write('size.h', '#define SIZE 16\n');
  const first = await run('.');
  expect(first.known).toBe(false);
  expect(first.text).toContain('make([]byte, 16) does not escape');
  expect(await run('.')).toEqual({ text: first.text, known: true });
  write('size.h', '#define SIZE 1000000\n');
  const other = await run('.');
  expect(other.known).toBe(false);
  expect(other.text).toContain('make([]byte, 1000000) escapes to heap');
});

goTest('importers of a package with cgo hear of a header that says something else', async () => {
  const { write, run } = newModule();
  write(
    'c/c.go',
    `package c

// #include "size.h"
import "C"

var sink *int

//go:noinline
func Keep(p *int) {
	if C.SIZE > 16 {
		sink = p
	}
}
`,
  );
  write('c/size.h', '#define SIZE 16\n');
  write('m.go', 'package m\n\nimport "m/c"\n\nfunc f() {\n\tc.Keep(new(int))\n}\n');
  expect((await run('.')).text).toContain('new(int) does not escape');
  expect((await run('.')).known).toBe(true);
  write('c/size.h', '#define SIZE 17\n');
  expect((await run('.')).text).toContain('new(int) escapes to heap');
});
