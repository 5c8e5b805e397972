import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sourceOf } from '../core/binary/bytes.ts';
import { readImage } from '../core/binary/open.ts';
import { functionsOf, recordedAs } from '../core/size/details.ts';
import { assembly } from '../server/binary/go.ts';
import { binaryReport, openBinary } from '../server/binary/report.ts';
import { goTest } from './go.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-details-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const SOURCE = `package main

import (
	"fmt"
	"os"
	"strings"
)

func double(n int) int { return 2 * n }

//go:noinline
func each(words []string, f func(string)) {
	for _, w := range words {
		f(strings.TrimSpace(w))
	}
}

func main() {
	total := 0
	each(os.Args, func(w string) { total += double(len(w)) })
	each(nil, nil)
	fmt.Println(double(total), strings.ToUpper(os.Args[0]))
}
`;

describe('what is told of a function', () => {
  goTest('calls and bytes per line are those of the disassembly', ({ go }) => {
    const source = path.join(folder, 'main.go');
    fs.writeFileSync(source, SOURCE);
    for (const arch of ['amd64', '386', 'arm64']) {
      const file = path.join(folder, arch);
      const env = { ...process.env, GOOS: 'linux', GOARCH: arch, CGO_ENABLED: '0', GOFLAGS: '' };
      execFileSync(go, ['build', '-o', file, source], { env, stdio: 'pipe' });
      const read = readImage(sourceOf(new Uint8Array(fs.readFileSync(file))), functionsOf);
      if (!read.ok) throw new Error(read.message);
      const functions = read.value;
      const text = execFileSync(go, ['tool', 'objdump', '-s', '^main\\.', file], { encoding: 'utf8' });
      const calls = new Map<string, Set<string>>();
      const lines = new Map<number, number>();
      let from = '';
      for (const line of text.split('\n')) {
        from = /^TEXT (\S+?)\(SB\)/.exec(line)?.[1] ?? from;
        const [, name, at, code, rest] = /^ {2}(\S+):(\d+)\s+0x[0-9a-f]+\s+([0-9a-f]+)\s+(.*)$/.exec(line) ?? [];
        if (name === undefined) continue;
        if (name === 'main.go') lines.set(Number(at), (lines.get(Number(at)) ?? 0) + code.length / 2);
        const to = /^(?:CALL|JMP|B) (\S+?)\(SB\)/.exec(rest)?.[1]?.replace(/\.abi0$/, '');
        if (to !== undefined && to !== from) (calls.get(from) ?? calls.set(from, new Set()).get(from)!).add(to);
      }
      expect(calls.get('main.main')?.size, arch).toBeGreaterThan(2);
      for (const [name, callees] of calls) {
        const ours = functions.details(name)!;
        expect(ours.callees.map(c => c.symbol).sort(), `${arch} ${name}`).toEqual([...callees].sort());
        for (const callee of callees)
          expect(
            functions.details(callee)?.callers.map(c => c.symbol),
            callee,
          ).toContain(name);
      }
      expect(functions.details('main.main')!.inlines.map(i => i.symbol)).toContain('main.double');
      expect(functions.details('main.main')!.line).toBe(18);
      const ours = new Map(functions.lines(source).map(l => [l.line, l.bytes]));
      // the disassembly stops where a function's padding begins; ours goes up to the next function
      for (const [line, bytes] of lines) expect(ours.get(line), `${arch} line ${line}`).toBeGreaterThanOrEqual(bytes);
      const sum = (all: Iterable<number>) => [...all].reduce((a, b) => a + b, 0);
      expect(sum(ours.values()) - sum(lines.values()), arch).toBeLessThan(32 * calls.size + 96);
    }
  });

  goTest('a stripped file is disassembled as the same file with symbols', async ({ go }) => {
    const source = path.join(folder, 'main.go');
    fs.writeFileSync(source, SOURCE);
    const env = { ...process.env, GOOS: 'linux', GOARCH: 'arm64', CGO_ENABLED: '0', GOFLAGS: '' };
    const listing = async (...flags: string[]) => {
      const file = path.join(folder, 'listed');
      execFileSync(go, ['build', ...flags, '-o', file, source], { env, stdio: 'pipe' });
      const open = openBinary('listed', sourceOf(new Uint8Array(fs.readFileSync(file))));
      if (!open.ok) throw new Error(open.message);
      const result = await assembly(open.value, file, 'main.each', { program: go, env: {}, flags: [], cwd: folder });
      if (!result.ok || result.answer.type !== 'assembly') throw new Error(JSON.stringify(result));
      // what is called is named by its symbol, with or without its ABI; addresses move with what -s leaves out
      return Array.from(result.answer.text.matchAll(/(main\.go:\d+)\s+0x\S+\s+\S+\s+(\S+)/g), m => `${m[1]} ${m[2]}`);
    };
    const whole = await listing();
    expect(whole.length).toBeGreaterThan(10);
    expect(await listing('-ldflags=-s -w')).toEqual(whole);
  });

  goTest('variables of the linker and protection are those that the build asked for', ({ go }) => {
    const source = path.join(folder, 'set.go');
    fs.writeFileSync(source, 'package main\n\nvar version, built string\n\nfunc main() { println(version, built) }\n');
    for (const [goos, facts] of [
      ['linux', { 'position-independent (PIE)': 'no', RELRO: 'no', 'statically linked': 'yes' }],
      ['windows', { 'position-independent (ASLR)': 'yes', 'data not executable (NX)': 'yes' }],
    ] as const) {
      const file = path.join(folder, goos);
      const env = { ...process.env, GOOS: goos, GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '' };
      const flags = "-X main.version=1.2 -X 'main.built=on Sunday'";
      // -trimpath leaves the flags out of the build information: the symbols tell them then
      execFileSync(go, ['build', '-trimpath', `-ldflags=${flags}`, '-o', file, source], { env, stdio: 'pipe' });
      const report = binaryReport(goos, sourceOf(new Uint8Array(fs.readFileSync(file))));
      if (!report.ok) throw new Error(report.message);
      const { variables, hardening } = report.value.summary;
      expect(new Map(variables.map(v => [v.name, v.value]))).toEqual(
        new Map([
          ['main.version', '1.2'],
          ['main.built', 'on Sunday'],
        ]),
      );
      expect(Object.fromEntries(hardening.map(f => [f.name, f.value]))).toMatchObject(facts);
    }
  });

  test('a source file is known by its end where the program has other paths', () => {
    const files = ['example.com/a@v1.2.3/store/store.go', 'example.com/b/store/store.go', 'example.com/b/main.go'];
    expect(recordedAs(files, '/home/x/a/store/store.go')).toBe(files[0]);
    expect(recordedAs(files, '/home/x/other/store/store.go')).toBeNull();
    expect(recordedAs(files, '/home/x/b/main.go')).toBe(files[2]);
    expect(recordedAs(files, files[1])).toBe(files[1]);
  });
});
