import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { predefinedMacros, readCFlags } from '../core/cgo/headers.ts';
import { preprocess } from '../core/cgo/preprocess.ts';
import { translateCgo } from '../core/cgo/translate.ts';
import { readGoInfo } from '../core/load/head.ts';
import type { FileSystem } from '../core/source/files.ts';
import { SourceText } from '../core/source/text.ts';
import { parseFile } from '../core/syntax/parse.ts';
import { nodeFiles } from '../server/node-files.ts';
import { found, type GoToolchain } from './go.ts';
import { testParser } from './parser.ts';

const nothing: FileSystem = { readFile: () => null, readDir: () => null, stat: () => null };
const at = (name: string) => new URL(`cgo/${name}`, import.meta.url);

async function translate(path: string, bytes: Uint8Array, fs: FileSystem, importPath: string, goarch = 'amd64') {
  const text = new TextDecoder().decode(bytes);
  const { file } = parseFile(await testParser(), path, text, { genericMethods: false });
  const preamble = /\/\*([^]*?)\*\/\s*import "C"/.exec(text)![1];
  const input = { name: basename(path), bytes, file, preamble };
  return translateCgo(
    {
      importPath,
      standard: false,
      dir: path.slice(0, path.lastIndexOf('/')),
      goos: 'linux',
      goarch,
      cppflags: [],
      cflags: [],
      ldflags: ['-O2', '-g'],
      files: [input],
    },
    fs,
  );
}

/** Comments that tell nobody anything differ. */
function plain(text: string): string {
  return text
    .replace(/^\/\/ .*$/gm, '//')
    .replace(/[ \t]+/g, ' ')
    .trimEnd();
}

test('a file that uses C becomes what cgo makes of it', async () => {
  const [types, file] = await translate('/src/calls.go', readFileSync(at('calls.go')), nothing, 'example.com/calls');
  expect(plain(file.text)).toBe(plain(readFileSync(at('calls.cgo1.txt'), 'utf8')));
  expect(plain(types.text)).toBe(plain(readFileSync(at('calls.gotypes.txt'), 'utf8')));
});

test('the parts of the translation lead back to the text', async () => {
  const bytes = readFileSync(at('calls.go'));
  const [, file] = await translate('/src/calls.go', bytes, nothing, 'example.com/calls');
  const source = new SourceText(file.path, file.text);
  source.origin = { source: file.original!, spans: file.spans };
  const text = new TextDecoder().decode(bytes);
  for (const word of ['type owner struct', 'h := ', 'fmt.Println(sum', 'func (o *owner) point'])
    expect(source.authored(file.text.indexOf(word)).offset).toBe(text.indexOf(word));
  // what stands for a call leads to the call
  expect(source.authored(file.text.indexOf('func() { _cgo0 := ') + 9).offset).toBe(text.indexOf('C.walk(o.n,'));
});

test('names that nobody declares stay as they are', async () => {
  const text =
    'package p\n\n/*\n#include <nowhere.h>\nint f(int);\n*/\nimport "C"\n\nvar a, b = C.f(1), C.unheard_of\n';
  const [, file] = await translate('/src/p.go', new TextEncoder().encode(text), nothing, 'p');
  expect(file.text).toContain('C.unheard_of');
  expect(file.text).toContain('_Cfunc_f');
  expect(file.text).toContain('import "C"');
});

test('lines of a preamble that look like directives of Go are C to cgo, and none to the go command', () => {
  const text =
    'package p\n\n//#cgo CFLAGS: -DA\n//extern int f(void);\n/*b*/ // c \n//line x.c:1\nimport "C"\n\nimport (\n// d\n"C")\n';
  const read = readGoInfo(new TextEncoder().encode(text));
  const { imports } = (read as Extract<typeof read, { ok: true }>).head;
  expect(imports.map(i => i.preamble)).toEqual(['#cgo CFLAGS: -DA\nextern int f(void);\nb c \nline x.c:1\n', ' d\n']);
  expect(imports.map(i => i.doc)).toEqual(['#cgo CFLAGS: -DA\nb\nc', 'd']);
});

test('types are those of the target', async () => {
  const preamble = '/*\nstruct s { char c; long long l; long n; };\n*/\nimport "C"\n';
  const bytes = new TextEncoder().encode(`package p\n\n${preamble}\nvar a, b = C.sizeof_struct_s, C.char(1)\n`);
  const types = async (arch: string) => (await translate('/p.go', bytes, nothing, 'p', arch))[0].text;
  expect(await types('amd64')).toContain('const _Ciconst_sizeof_struct_s = 0x18');
  expect(await types('386')).toContain('const _Ciconst_sizeof_struct_s = 0x10');
  expect(await types('arm64')).toContain('type _Ctype_char uint8');
});

test('typedefs of atomic types are what gcc tells of them in DWARF of version 2', async () => {
  const preamble =
    '/*\ntypedef long L;\ntypedef _Atomic L aL;\ntypedef volatile aL aL2;\ntypedef _Atomic(char*) ap;\ntypedef _Atomic _Bool ab;\nstruct s { aL2 a; ap b; ab c; _Atomic L d; aL *e; };\n*/\nimport "C"\n';
  const bytes = new TextEncoder().encode(`package p\n\n${preamble}\nvar s C.struct_s\n`);
  const [types] = await translate('/p.go', bytes, nothing, 'p');
  const told = types.text.match(/^type _Ctype_(?!void).*|^\t[a-e]\t.*/gm)!.map(line => line.replace(/\s+/g, ' '));
  expect(told.toSorted()).toEqual([
    ' a _Ctype_aL2',
    ' b *_Ctype_char',
    ' c _Ctype_ab',
    ' d _Ctype_L',
    ' e *_Ctype_aL',
    'type _Ctype_L = _Ctype_long',
    'type _Ctype_aL int64',
    'type _Ctype_aL2 int64',
    'type _Ctype_ab bool',
    'type _Ctype_char int8',
    'type _Ctype_long int64',
    'type _Ctype_struct_s struct {',
  ]);
});

test.for([
  ['illumos', 'amd64', '__sun__'],
  ['ios', 'arm64', '__APPLE__'],
])('C knows %s on %s by %s', ([goos, goarch, macro]) => {
  expect(predefinedMacros(goos, goarch, readCFlags([]))).toContain(`#define ${macro} 1\n`);
});

test('string literals are bytes: text as UTF-8, escapes as they are, each in its own literal', async () => {
  const preamble = '/*\n#define S "a" "\\xff" "\\303\\251" "é" "\\x1" "f"\n#define N (sizeof("é"))\n*/\nimport "C"\n';
  const bytes = new TextEncoder().encode(`package p\n\n${preamble}\nvar s, n = C.S, C.N\n`);
  const [types] = await translate('/p.go', bytes, nothing, 'p');
  expect(types.text).toContain('const _Csconst_S = "a\\xfféé\\x01f"\n');
  expect(types.text).toContain('const _Ciconst_N = 0x3\n');
});

/** Conditions that hold, then those that do not, as gcc reads them on linux/amd64 (asserted below where there is one). */
const holding = [
  '-1 > 0u',
  '-1 < 0',
  '0u - 1 > 0',
  '~0u == 0xffffffffffffffff',
  '0xffffffffffffffff > 0',
  '18446744073709551615 > 0',
  '9223372036854775807 + 1 < 0',
  '-1 >> 64 == -1',
  '-1u >> 63 == 1',
  '(4 >> -1) == 8',
  '(1 << 64) == 0',
  '(0 ? 1u : -1) > 0',
  '-9 / 2 == -4 && -9 % 2 == -1',
  '(2 || 1u) - 2 < 0',
  '!1u - 1 < 0',
  "'\\xff' < 0",
  "'ab' - 'ac' < 0",
  "L'a' - 'b' < 0",
  '(1, 2) == 2',
  'HAS_N && !HAS_NONE',
  'HAS_HEADER(<nowhere.h>) == 0',
  'defined(__has_include) && defined __has_builtin && defined __has_attribute',
  '__has_attribute(packed) && __has_attribute(__aligned__) && __has_attribute(cdecl)',
  'HAS_ATTRIBUTE(vector_size)',
  '__has_builtin(__builtin_expect) && __has_builtin(__builtin_add_overflow) && __has_builtin(__builtin_fmaf)',
  '__has_builtin(__sync_fetch_and_add_4) && __has_builtin(__atomic_load_n) && __has_builtin(memcpy)',
  '__has_c_attribute(fallthrough) == 201904L && __has_cpp_attribute(gnu::packed)',
];
const failing = [
  "u'a' - 'b' < 0",
  '-9223372036854775808 < 0',
  '0x8000000000000000 < 0',
  '-1 >> 1u > 0',
  'defined HAS_NONE - 1',
  'defined __has_feature || defined __has_extension',
  '__has_attribute(availability) || __has_attribute(no_such) || __has_c_attribute(no_such)',
  '__has_builtin(__builtin_bitreverse32) || __has_builtin(__builtin_no_such) || __has_builtin(no_such)',
];

/** Declares n1, n2 … for the conditions that hold. */
const conditional =
  '#define N 1\n#define HAS_N defined(N)\n#define HAS_NONE defined NONE\n#define HAS_HEADER(x) __has_include(x)\n#define HAS_ATTRIBUTE(x) __has_attribute(x)\n' +
  [...holding, ...failing].map((c, i) => `#if ${c}\nint n${i};\n#endif\n`).join('');
const declared = holding.map((_, i) => `n${i}`);

test('conditions are integers of 64 bits with or without a sign', () => {
  const predefined = predefinedMacros('linux', 'amd64', readCFlags([]));
  const { tokens } = preprocess(conditional, '/', { find: () => null }, predefined, new Map());
  expect(tokens.map(t => t.text).filter(t => /^n\d/.test(t))).toEqual(declared);
});

test.skipIf(!gcc())('gcc reads the conditions so (needs gcc)', () => {
  const printed = execFileSync('gcc', ['-E', '-P', '-w', '-'], { input: conditional, encoding: 'utf8' });
  expect(printed.match(/\bn\d+/g)).toEqual(declared);
});

/** Uses of `__VA_OPT__` and of arguments next to `#` and `##`, and what they become. */
const optional = `#define EMPTY
#define F(a, ...) f(a __VA_OPT__(,) __VA_ARGS__)
#define G(a, ...) g(a __VA_OPT__(, #a, __VA_ARGS__ ## 1))
#define H(a, ...) x##__VA_OPT__(y a)##z
#define S(...) #__VA_OPT__(a  (b) __VA_ARGS__)
#define C(a, ...) c(a, ## __VA_ARGS__)
#define J J1##J2 ## EMPTY
F(1); F(1,); F(1, 2); F(1, EMPTY); F(F(1), F(2, 3, 4));
G(1); G(1, 2); H(1); H(1, 2); S(); S(1, "q"); C(1); C(1, 2); J;
`;
const chosen =
  'f(1);f(1);f(1,2);f(1);f(f(1),f(2,3,4));g(1);g(1,"1",21);xz;xy1z;"";"a (b) 1, \\"q\\"";c(1);c(1,2);J1J2EMPTY;';

test('__VA_OPT__ is what stands in it where there is a rest of arguments', () => {
  const { tokens } = preprocess(optional, '/', { find: () => null }, '', new Map());
  expect(tokens.map(t => t.text).join('')).toBe(chosen);
});

test.skipIf(!gcc())('gcc reads __VA_OPT__ so (needs gcc)', () => {
  const printed = execFileSync('gcc', ['-E', '-P', '-w', '-'], { input: optional, encoding: 'utf8' });
  const within = printed.replace(/"(?:[^"\\]|\\.)*"|\s+/g, s => (s.startsWith('"') ? s : ''));
  expect(within).toBe(chosen);
});

test("clang's own features are asked of clang alone", () => {
  const text =
    '#if __has_feature(nullability) && __has_extension(cxx_fixed_enum) && __has_attribute(availability)\nyes\n#endif\n';
  const read = (goos: string) => {
    const predefined = predefinedMacros(goos, 'arm64', readCFlags([]));
    return preprocess(text, '/', { find: () => null }, predefined, new Map()).tokens.map(t => t.text);
  };
  expect([read('darwin'), read('linux')]).toEqual([['yes'], []]);
});

test("a char without a sign and characters of UTF-16 are the target's", async () => {
  const preamble =
    "/*\n#if '\\xff' > 0\n#define S 1\n#else\n#define S 0\n#endif\nenum { A = S, B = '\\xff', C = sizeof(u\"a\u{1f600}\"), D = sizeof(u'a') };\n*/\nimport \"C\"\n";
  const bytes = new TextEncoder().encode(`package p\n\n${preamble}\nvar a, b, c, d = C.A, C.B, C.C, C.D\n`);
  const consts = async (arch: string) => {
    const [types] = await translate('/p.go', bytes, nothing, 'p', arch);
    return [...types.text.matchAll(/^const _Ciconst_(\w) = (.*)$/gm)]
      .map(([, name, value]) => `${name} ${value}`)
      .sort();
  };
  expect(await consts('arm64')).toEqual(['A 0x1', 'B 0xff', 'C 0x8', 'D 0x2']);
  expect(await consts('amd64')).toEqual(['A 0x0', 'B -0x1', 'C 0x8', 'D 0x2']);
});

test('any preamble gives an answer', async () => {
  for (const preamble of [
    '#define A B\n#define B A\nA x;',
    'struct {{{{ int a;',
    `int x${'('.repeat(5000)};`,
    '#if 1/0\n#elif\n#else\n#endif\n#endif\nint n;',
    '#define F(x) x x F(x F(x))\nint F(F(F(F(1))));',
    'enum { A = 1 << 9999999999, B = A / 0 };',
    'int a[1ULL << 62]; typedef a b[-5];',
  ]) {
    const text = `package p\n\n/*\n${preamble}\n*/\nimport "C"\n\nvar a = C.n\n`;
    const [, file] = await translate('/src/p.go', new TextEncoder().encode(text), nothing, 'p');
    expect(file.text).toContain('var a = ');
  }
});

function gcc(): boolean {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return process.platform === 'linux' && process.arch === 'x64';
  } catch {
    return false;
  }
}

test.skipIf(found === null || !gcc())('system headers are read as gcc reads them (needs Go and gcc)', async () => {
  const { go, goroot } = found as GoToolchain;
  const path = join(goroot, 'src/os/user/cgo_lookup_cgo.go');
  const out = mkdtempSync(join(tmpdir(), 'gospect-cgo-'));
  try {
    execFileSync(go, ['tool', 'cgo', '-objdir', out, '-importpath', 'os/user', '--', path], {
      cwd: out,
      env: { ...process.env, CGO_LDFLAGS: '-O2 -g', GOFLAGS: '' },
      stdio: 'pipe',
    });
    const [types, file] = await translate(path, readFileSync(path), nodeFiles(), 'os/user');
    expect(plain(file.text)).toBe(plain(readFileSync(join(out, 'cgo_lookup_cgo.cgo1.go'), 'utf8')));
    expect(plain(types.text)).toBe(plain(readFileSync(join(out, '_cgo_gotypes.go'), 'utf8')));
  } finally {
    rmSync(out, { recursive: true });
  }
});
