import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseProfile, type Profile } from '../core/load/profile.ts';
import { goTest } from './go.ts';
import { normalise, type Target } from './oracle/gc.ts';
import { ourLines } from './oracle/ours.ts';

const fixture = (name: string) => fileURLToPath(new URL(`pgo/${name}`, import.meta.url));

async function inFolder(run: (dir: string) => void | Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'gospect-pgo-'));
  try {
    await run(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** As `go tool preprofile` writes it. */
function serialized(profile: Profile | string | null): string {
  if (profile === null || typeof profile === 'string') return String(profile);
  const edges = profile.edges.map(e => `${e.caller}\n${e.callee}\n${e.offset} ${e.weight}\n`);
  return `GO PREPROFILE V1\n${edges.join('')}`;
}

goTest('a package compiled with a profile has the remarks of gc', async ({ go, version }) => {
  await inFolder(async dir => {
    copyFileSync(fixture('hot.go'), join(dir, 'hot.go'));
    const language = /^go(1\.\d+)/.exec(version)![1];
    writeFileSync(join(dir, 'go.mod'), `module hot\n\ngo ${language}\n`);
    const args = [
      'tool',
      'compile',
      '-p',
      'hot',
      '-complete',
      '-m',
      `-pgoprofile=${fixture('hot.pre')}`,
      '-o',
      'hot.a',
    ];
    const theirs = execFileSync(go, [...args, 'hot.go'], { cwd: dir, encoding: 'utf8', stdio: 'pipe' });
    const flags = [`-pgo=${fixture('hot.pre')}`];
    const target: Target = { goos: '', goarch: '', cgo: false, gcflags: '-m', flags, dir, tests: false };
    const ours = [];
    for await (const found of ourLines(['.'], target)) ours.push(found);
    expect(ours.length).toBe(1);
    for (const { lines, error } of ours) {
      expect(error).toBe('');
      expect(lines.join('\n')).toBe(normalise(theirs.replaceAll(`${dir}/`, '')).join('\n'));
    }
  });
});

goTest('profiles say what go tool preprofile makes of them', async ({ go, goroot }) => {
  await inFolder(dir => {
    const data = join(goroot, 'src/cmd/compile/internal/test/testdata/pgo');
    const files = ['devirtualize/devirt.pprof', 'inline/inline_hot.pprof', '../../../../default.pgo'];
    for (const file of files.map(f => join(data, f))) {
      if (!existsSync(file)) continue;
      execFileSync(go, ['tool', 'preprofile', '-i', file, '-o', join(dir, 'out')], { stdio: 'pipe' });
      const theirs = readFileSync(join(dir, 'out'));
      expect(serialized(parseProfile(readFileSync(file)))).toBe(theirs.toString());
      expect(serialized(parseProfile(theirs))).toBe(theirs.toString());
    }
  });
});

/** A protocol buffer: fields by number, values and messages. */
function message(...fields: [number, number | string | Uint8Array][]): Uint8Array {
  const out: number[] = [];
  const varint = (n: number) => {
    for (; n > 127; n = Math.floor(n / 128)) out.push((n % 128) | 128);
    out.push(n);
  };
  for (const [number, value] of fields) {
    if (typeof value === 'number') {
      varint(number * 8);
      varint(value);
      continue;
    }
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    varint(number * 8 + 2);
    varint(bytes.length);
    out.push(...bytes);
  }
  return Uint8Array.from(out);
}

/** `leaf` is inlined into `mid`, which `root` calls from its fourth line. */
function small(weight: number, startLine = 10): Uint8Array {
  return message(
    [1, message([1, 1], [2, 2])],
    [2, message([1, 1], [1, 2], [2, weight])],
    [2, message([1, 2], [2, 5])],
    [4, message([1, 1], [3, 4096], [4, message([1, 1], [2, 33])], [4, message([1, 2], [2, 22])])],
    [4, message([1, 2], [3, 8192], [4, message([1, 3], [2, startLine + 4])])],
    [5, message([1, 1], [2, 3], [5, startLine === 0 ? 0 : 30])],
    [5, message([1, 2], [2, 4], [5, startLine === 0 ? 0 : 20])],
    [5, message([1, 3], [2, 5], [5, startLine])],
    ...['', 'samples', 'count', 'p.leaf', 'p.mid', 'p.root'].map((s): [number, string] => [6, s]),
  );
}

test('calls are counted between the last two frames, and those inlined into them', () => {
  const expected = 'GO PREPROFILE V1\np.mid\np.leaf\n2 7\np.root\np.mid\n4 7\n';
  expect(serialized(parseProfile(small(7)))).toBe(expected);
  expect(serialized(parseProfile(gzipSync(small(7))))).toBe(expected);
});

test('what is no profile, or says nothing, is told', () => {
  expect(parseProfile(new Uint8Array())).toBe(null);
  expect(parseProfile(small(0))).toBe(null);
  expect(parseProfile(small(7, 0))).toMatch(/missing Function.start_line/);
  expect(parseProfile(new TextEncoder().encode('hello'))).toMatch(/^parsing profile: /);
  expect(parseProfile(new TextEncoder().encode('GO PREPROFILE V1\na\nb\nc\n'))).toMatch(/^preprocessed profile entry/);
  const whole = gzipSync(small(7));
  for (let i = 1; i < whole.length; i++) expect(typeof parseProfile(whole.subarray(0, i))).toBe('string');
  const bytes = small(7);
  for (let i = 0; i < bytes.length; i++) {
    for (const value of [0, 0x7f, 0xff]) {
      const broken = bytes.slice();
      broken[i] = value;
      parseProfile(broken);
    }
  }
});
