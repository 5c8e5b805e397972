import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseProfile, type Profile } from '../core/load/profile.ts';
import { goTest } from './go.ts';
import { gospect } from './gospect.ts';
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

/** Profiles that go tool preprofile refuses, and what it says of them. */
const damaged: [string, Uint8Array, string][] = [
  ['text', new TextEncoder().encode('hello'), 'parsing profile: unknown wire type: 4'],
  ['wire type', message([1, message([1, 1])], [6, '']).with(0, 0x37), 'parsing profile: unknown wire type: 7'],
  ['a number as a message', message([4, 5]), 'parsing profile: type mismatch'],
  ['first string', message([6, 'x']), "parsing profile: string_table[0] must be ''"],
  ['no strings', message([1, message([1, 0])]), 'parsing profile: malformed profile format'],
  ['no types', message([2, message([2, 1])], [6, '']), 'malformed profile: missing sample type information'],
  [
    'values',
    message([1, message([1, 0])], [2, message([2, 1], [2, 2])], [6, '']),
    'malformed profile: mismatch: sample has: 2 values vs. 1 types',
  ],
  [
    'two members',
    concat(gzipSync(small(7)), gzipSync(small(7))),
    'malformed profile: mismatch: sample has: 1 values vs. 2 types',
  ],
  [
    'function',
    message([4, message([1, 1], [4, message([1, 9])])], [6, '']),
    'parsing profile: Function ID 9 not found',
  ],
  ['no function id', message([5, message([2, 0])], [6, '']), 'malformed profile: found function with reserved ID=0'],
  ['no location id', message([4, message([3, 1])], [6, '']), 'malformed profile: found location with reserved id=0'],
  [
    'mappings',
    message([3, message([1, 2])], [3, message([1, 2])], [6, '']),
    'malformed profile: multiple mappings with same id: 2',
  ],
  [
    'checksum',
    gzipSync(small(7)).map((b, i, all) => (i === all.length - 6 ? b ^ 1 : b)),
    'decompressing profile: gzip: invalid checksum',
  ],
  ['end', gzipSync(small(7)).subarray(0, -9), 'decompressing profile: unexpected EOF'],
];

function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap(part => [...part]));
}

test.each(damaged)('a damaged profile is told of: %s', (_, bytes, why) => {
  expect(parseProfile(bytes)).toBe(`error parsing profile: ${why}`);
});

goTest('damaged profiles are refused in the words of go build', async ({ go }) => {
  await inFolder(async dir => {
    for (const [name, bytes, why] of damaged) {
      writeFileSync(join(dir, 'bad'), bytes);
      const { stderr } = spawnSync(go, ['tool', 'preprofile', '-i', 'bad', '-o', 'out'], {
        cwd: dir,
        encoding: 'utf8',
      });
      expect([name, stderr]).toEqual([name, `preprofile: error parsing profile: error parsing profile: ${why}\n`]);
    }
    writeFileSync(join(dir, 'go.mod'), 'module example.com/m\n\ngo 1.24\n');
    writeFileSync(join(dir, 'm.go'), 'package m\n');
    const env = { ...process.env, GOFLAGS: '', CGO_ENABLED: '0', GOSPECT_CACHE: join(dir, 'cache') };
    for (const name of ['bad', 'missing']) {
      const built = spawnSync(go, ['build', `-pgo=${name}`, '.'], { cwd: dir, env, encoding: 'utf8' });
      const ours = await gospect(['m', `-pgo=${name}`, '.'], dir, env);
      expect([ours.code, ours.out, ours.err]).toEqual([built.status, '', built.stderr]);
    }
  });
});

test('what is no profile, or says nothing, is told', () => {
  expect(parseProfile(new Uint8Array())).toBe(null);
  expect(parseProfile(small(0))).toBe(null);
  expect(parseProfile(gzipSync(new Uint8Array()))).toBe(null);
  expect(parseProfile(small(7, 0))).toMatch(/^profile missing Function.start_line/);
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
