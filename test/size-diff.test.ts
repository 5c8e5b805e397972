import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { sourceOf } from '../core/binary/bytes.ts';
import { readImage } from '../core/binary/open.ts';
import { ledgerOf } from '../core/size/attribute.ts';
import { type DiffRow, diffOf, type Side } from '../core/size/diff.ts';
import { goTest, type GoToolchain } from './go.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-diff-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const BEFORE = `package main

import "fmt"

type server struct{ n int }

func (s *server) serve(n int) int { s.n += n; fmt.Println("served", s.n, n); return s.n }

func main() {
	s := &server{}
	each := []func(int){
		func(i int) { fmt.Println("one", i, s.n); s.n += i; s.serve(i * 3) },
	}
	for _, f := range each {
		f(s.serve(2))
	}
}
`;
const ADDED = `
//go:noinline
func added(n int) (total int) {
	for i := range n {
		if total += i * n; total > 1000 {
			println("too much", total)
		}
	}
	return total
}
`;

const PORTS = ['linux/amd64', 'windows/amd64', 'darwin/arm64', 'js/wasm'];

function build({ go }: GoToolchain, name: string, source: string, port: string, ...flags: string[]): Side {
  const [goos, goarch] = port.split('/');
  // the same place for all: it is in the file
  fs.writeFileSync(path.join(folder, 'main.go'), source);
  const file = path.join(folder, name);
  const env = { ...process.env, GOOS: goos, GOARCH: goarch, CGO_ENABLED: '0', GOFLAGS: '' };
  execFileSync(go, ['build', '-trimpath', ...flags, '-o', file, 'main.go'], { cwd: folder, env, stdio: 'pipe' });
  const read = readImage(sourceOf(new Uint8Array(fs.readFileSync(file))), image => ({
    image,
    ledger: ledgerOf(image),
  }));
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

const changed = (rows: DiffRow[]) => rows.filter(row => row.old !== row.now);
const total = (rows: DiffRow[]) => rows.reduce((sum, row) => sum + row.now - row.old, 0);

describe('the difference of two files', () => {
  goTest(
    'is that function, its caller and their tables when one was added, and nothing for two builds of the same',
    go => {
      const after = BEFORE.replace('f(s.serve(2))', 'f(s.serve(added(2)))') + ADDED;
      for (const port of PORTS) {
        for (const flags of [[], ['-ldflags=-s -w']]) {
          const old = build(go, 'old', BEFORE, port, ...flags);
          expect(changed(diffOf(old, build(go, 'again', BEFORE, port, ...flags)))).toEqual([]);
          const now = build(go, 'now', after, port, ...flags);
          const rows = changed(diffOf(old, now));
          expect(total(rows)).toBe(now.ledger.size - old.ledger.size);
          const own = rows.filter(row => !row.follows);
          expect(own[0], port).toMatchObject({ symbol: 'main.added', kind: 'code', old: 0 });
          expect(own[1], port).toMatchObject({ symbol: 'main.added', kind: 'pclntab', old: 0 });
          const others = own.filter(row => row.pkg !== 'main' && row.kind !== 'strings');
          expect(others, `${port} ${flags.join('')}`).toEqual([]);
        }
      }
    },
    300_000,
  );

  goTest('has one row for what has another name, a closure with another number too', go => {
    const old = build(go, 'old', BEFORE, 'linux/amd64');
    const after = BEFORE.replaceAll('server', 'responder').replace(
      '\t\tfunc(i int)',
      '\t\tfunc(i int) { fmt.Println("zero", i*i); s.n++; fmt.Println(s, i) },\n\t\tfunc(i int)',
    );
    const rows = diffOf(old, build(go, 'now', after, 'linux/amd64')).filter(row => row.kind === 'code');
    const of = (symbol: string) => rows.find(row => row.symbol === symbol);
    expect(of('main.(*responder).serve')).toMatchObject({ was: 'main.(*server).serve' });
    expect(of('main.(*server).serve')).toBeUndefined();
    expect(of('main.main.func1')).toMatchObject({ was: '', old: 0 });
    const second = of('main.main.func2');
    expect(second).toMatchObject({ was: 'main.main.func1' });
    expect(second!.now).toBe(second!.old);
  });
});
