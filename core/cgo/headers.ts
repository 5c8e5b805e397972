/**
 * What a C compiler brings along: where it looks for headers, and the macros that it predefines. Found by looking at
 * folders, never by running it.
 */
import type { FileSystem } from '../source/files.ts';
import { join } from '../source/path.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import { type DataModel, dataModel } from './ctype.ts';
import type { Includes } from './preprocess.ts';

/** Flags for the C compiler that change what declarations mean. */
export interface CFlags {
  /** Folders of -I and -isystem. */
  dirs: string[];
  /** Text of -D, -U and -include. */
  defines: string;
  strictAnsi: boolean;
}

/** Reads the flags (cgo's CPPFLAGS and CFLAGS). */
export function readCFlags(flags: readonly string[]): CFlags {
  const out: CFlags = { dirs: [], defines: '', strictAnsi: false };
  for (let i = 0; i < flags.length; i++) {
    const m = /^-(I|D|U|isystem|include|iquote|idirafter)(.*)$/s.exec(flags[i]);
    if (m === null) {
      if (/^-(ansi|std=c\d\w)$/.test(flags[i])) out.strictAnsi = true;
      if (flags[i] === '-pthread') out.defines += '#define _REENTRANT 1\n';
      continue;
    }
    const value = m[2] !== '' ? m[2] : (flags[++i] ?? '');
    if (m[1] === 'D') {
      const eq = value.indexOf('=');
      const [name, body] = eq < 0 ? [value, '1'] : [value.slice(0, eq), value.slice(eq + 1)];
      out.defines += `#define ${name} ${body}\n`;
    } else if (m[1] === 'U') out.defines += `#undef ${value}\n`;
    else if (m[1] === 'include') out.defines += `#include "${value}"\n`;
    else out.dirs.push(value);
  }
  return out;
}

const machines: Record<string, string> = {
  amd64: 'x86_64',
  '386': 'i[3-6]86',
  arm64: 'aarch64',
  arm: 'arm',
  loong64: 'loongarch64',
  mips: 'mips',
  mipsle: 'mipsel',
  mips64: 'mips64',
  mips64le: 'mips64el',
  ppc64: 'powerpc64',
  ppc64le: 'powerpc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
};

/** The folders in which a compiler for the target looks, in order; none when this machine has no headers for it. */
function systemDirs(fs: FileSystem, goos: string, goarch: string): string[] {
  const dirs: string[] = [];
  const isDir = (path: string) => fs.stat(path) === 'dir';
  const add = (path: string) => {
    if (isDir(path)) dirs.push(path);
  };
  if (goos === 'darwin') {
    for (const tools of [
      '/Library/Developer/CommandLineTools',
      '/Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain',
    ]) {
      for (const version of newest(fs, `${tools}/usr/lib/clang`)) add(`${tools}/usr/lib/clang/${version}/include`);
    }
    add('/usr/local/include');
    add('/Library/Developer/CommandLineTools/SDKs/MacOSX.sdk/usr/include');
    add('/Applications/Xcode.app/Contents/Developer/Platforms/MacOSX.platform/Developer/SDKs/MacOSX.sdk/usr/include');
    return dirs;
  }
  // headers of another system would mislead
  if ((goos === 'linux') !== isDir('/usr/include/linux')) return [];
  const triplet = new RegExp(`^${machines[goarch] ?? '-'}(-|$)`);
  const matching = (dir: string) => (fs.readDir(dir) ?? []).map(e => e.name).filter(name => triplet.test(name));
  const compilers: string[] = [];
  for (const root of ['/usr/lib/gcc', '/usr/lib64/gcc', '/usr/libexec/gcc'])
    for (const name of matching(root))
      for (const version of newest(fs, join(root, name))) compilers.push(join(root, name, version, 'include'));
  for (const root of ['/usr/lib/clang', '/usr/lib64/clang'])
    for (const version of newest(fs, root)) compilers.push(join(root, version, 'include'));
  const compiler = compilers.find(dir => fs.stat(join(dir, 'stddef.h')) === 'file');
  if (compiler !== undefined) {
    add(compiler);
    add(`${compiler}-fixed`);
  }
  add('/usr/local/include');
  for (const name of matching('/usr')) add(`/usr/${name}/include`);
  for (const name of matching('/usr/include')) add(`/usr/include/${name}`);
  add('/usr/include');
  return dirs;
}

/** Names of versions in the folder, the newest first. */
function newest(fs: FileSystem, dir: string): string[] {
  const names = (fs.readDir(dir) ?? []).map(e => e.name).filter(name => /^\d/.test(name));
  return names.toSorted((a, b) => Number.parseFloat(b) - Number.parseFloat(a));
}

/** Headers that every compiler has, for machines where its folder is not found. */
const ownHeaders: Record<string, string> = {
  'stddef.h': `
#ifndef _STDDEF_H
#define _STDDEF_H
typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef __WCHAR_TYPE__ wchar_t;
typedef __WINT_TYPE__ wint_t;
#define NULL ((void *)0)
#define offsetof(TYPE, MEMBER) __builtin_offsetof(TYPE, MEMBER)
typedef struct { long long a __attribute__((aligned(8))); } max_align_t;
#endif
`,
  'stdarg.h': `
#ifndef _STDARG_H
#define _STDARG_H
typedef __builtin_va_list va_list;
typedef __builtin_va_list __gnuc_va_list;
#endif
`,
  'stdbool.h': '#define bool _Bool\n#define true 1\n#define false 0\n#define __bool_true_false_are_defined 1\n',
  'stdalign.h': '#define alignas _Alignas\n#define alignof _Alignof\n',
  'stdnoreturn.h': '#define noreturn _Noreturn\n',
  'limits.h': `
#define CHAR_BIT 8
#define SCHAR_MIN (-128)
#define SCHAR_MAX 127
#define UCHAR_MAX 255
#define SHRT_MIN (-32768)
#define SHRT_MAX 32767
#define USHRT_MAX 65535
#define INT_MAX __INT_MAX__
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX (INT_MAX * 2U + 1U)
#define LONG_MAX __LONG_MAX__
#define LONG_MIN (-LONG_MAX - 1L)
#define ULONG_MAX (LONG_MAX * 2UL + 1UL)
#define LLONG_MAX __LONG_LONG_MAX__
#define LLONG_MIN (-LLONG_MAX - 1LL)
#define ULLONG_MAX (LLONG_MAX * 2ULL + 1ULL)
`,
  'float.h': '#define FLT_RADIX 2\n#define DBL_DIG 15\n#define FLT_DIG 6\n',
};

/** Looks headers up in the folders of the flags and of the system; `dir` is where the sources are. */
export function includesOf(fs: FileSystem, flags: CFlags, goos: string, goarch: string): Includes {
  const system = systemDirs(fs, goos, goarch);
  const dirs = [...flags.dirs, ...system];
  const hasOwn = !system.some(dir => fs.stat(join(dir, 'stddef.h')) === 'file');
  const texts = new Map<string, string | null>();
  const read = (path: string): string | null => {
    let text = texts.get(path);
    if (text === undefined) {
      const bytes = fs.stat(path) === 'file' ? fs.readFile(path) : null;
      texts.set(path, (text = bytes === null ? null : decodeUtf8(bytes)));
    }
    return text;
  };
  return {
    find(name, quoted, fromDir, after) {
      if (name.startsWith('/')) {
        const text = read(name);
        return text === null ? null : { text, path: name, place: -1 };
      }
      if (quoted && after < 0) {
        const path = join(fromDir, name);
        const text = read(path);
        if (text !== null) return { text, path, place: dirs.indexOf(fromDir) };
      }
      if (hasOwn && after < 0 && name in ownHeaders) return { text: ownHeaders[name], path: `<${name}>`, place: -1 };
      for (let i = after + 1; i < dirs.length; i++) {
        const path = join(dirs[i], name);
        const text = read(path);
        if (text !== null) return { text, path, place: i };
      }
      return null;
    },
  };
}

const archMacros: Record<string, string> = {
  amd64:
    '__x86_64__ __x86_64 __amd64__ __amd64 __k8 __k8__ __MMX__ __SSE__ __SSE2__ __SSE_MATH__ __SSE2_MATH__ __FXSR__',
  '386': '__i386__ __i386 i386 __i686 __i686__',
  arm64: '__aarch64__ __ARM_64BIT_STATE __ARM_NEON __AARCH64EL__',
  arm: '__arm__ __ARMEL__ __ARM_EABI__ __ARM_PCS_VFP __VFP_FP__ __THUMBEL__',
  loong64: '__loongarch__ __loongarch64 __loongarch_lp64 __loongarch_double_float',
  mips: '__mips__ _mips mips __MIPSEB__ __mips_hard_float',
  mipsle: '__mips__ _mips mips __MIPSEL__ __mips_hard_float',
  mips64: '__mips__ __mips64 __MIPSEB__ __mips_hard_float',
  mips64le: '__mips__ __mips64 __MIPSEL__ __mips_hard_float',
  ppc64: '__powerpc64__ __powerpc__ __PPC64__ __PPC__ __BIG_ENDIAN__',
  ppc64le: '__powerpc64__ __powerpc__ __PPC64__ __PPC__ __LITTLE_ENDIAN__',
  riscv64: '__riscv __riscv_float_abi_double __riscv_mul __riscv_div __riscv_atomic',
  s390x: '__s390x__ __s390__ __zarch__',
};

/** Those of illumos are those of Solaris, those of iOS those of macOS. */
const osMacros: Record<string, string> = {
  linux: '__linux__ __linux linux __gnu_linux__ __unix__ __unix unix __ELF__',
  android: '__linux__ __linux linux __ANDROID__ __unix__ __unix unix __ELF__',
  darwin: '__APPLE__ __MACH__ __DYNAMIC__ __clang__',
  freebsd: '__FreeBSD__ __unix__ __unix unix __ELF__ __clang__',
  netbsd: '__NetBSD__ __unix__ __unix unix __ELF__',
  openbsd: '__OpenBSD__ __unix__ __unix unix __ELF__ __clang__',
  dragonfly: '__DragonFly__ __unix__ __unix unix __ELF__',
  solaris: '__sun__ __sun sun __svr4__ __unix__ __unix unix __ELF__',
  windows: '_WIN32 __WIN32 __WIN32__ WIN32 __MINGW32__ WINNT __WINNT __MSVCRT__',
  aix: '_AIX __unix__ __unix unix',
};

/** The macros that gcc, or clang where that is the system's compiler, predefines for the target. */
export function predefinedMacros(goos: string, goarch: string, flags: CFlags): string {
  const m = dataModel(goos, goarch);
  const apple = goos === 'darwin' || goos === 'ios';
  const system = goos === 'illumos' ? 'solaris' : apple ? 'darwin' : goos;
  const big = /^(mips|mips64|ppc64|s390x)$/.test(goarch);
  let out = '';
  const def = (name: string, value: string | number = 1) => (out += `#define ${name} ${value}\n`);
  for (const name of `${archMacros[goarch] ?? ''} ${osMacros[system] ?? ''}`.split(' ')) {
    // names that belong to the user are left alone by a strict compiler
    if (name !== '' && !(flags.strictAnsi && /^[a-z]/.test(name))) def(name);
  }
  def('__STDC__');
  def('__STDC_HOSTED__');
  def('__STDC_VERSION__', '201710L');
  def('__STDC_UTF_16__');
  def('__STDC_UTF_32__');
  if (flags.strictAnsi) def('__STRICT_ANSI__');
  if (apple) {
    def('__GNUC__', 4);
    def('__GNUC_MINOR__', 2);
    def('__clang_major__', 15);
    def('__APPLE_CC__', 6000);
    if (goos === 'darwin') def('__ENVIRONMENT_MAC_OS_X_VERSION_MIN_REQUIRED__', 120000);
  } else {
    def('__GNUC__', 12);
    def('__GNUC_MINOR__', 2);
  }
  def('__GNUC_PATCHLEVEL__', 0);
  def('__GNUC_STDC_INLINE__');
  def('__OPTIMIZE__');
  def('__pic__', 2);
  def('__PIC__', 2);
  def('__CHAR_BIT__', 8);
  if (!m.charSigned) def('__CHAR_UNSIGNED__');
  def('__ORDER_LITTLE_ENDIAN__', 1234);
  def('__ORDER_BIG_ENDIAN__', 4321);
  def('__ORDER_PDP_ENDIAN__', 3412);
  def('__BYTE_ORDER__', big ? '__ORDER_BIG_ENDIAN__' : '__ORDER_LITTLE_ENDIAN__');
  def('__FLOAT_WORD_ORDER__', '__BYTE_ORDER__');
  if (m.longSize === 8) {
    def('_LP64');
    def('__LP64__');
  }
  typeMacros(m, def);
  def('__USER_LABEL_PREFIX__', apple ? '_' : '');
  def('__REGISTER_PREFIX__', '');
  def('__VERSION__', '"12.2.0"');
  for (const n of [1, 2, 4, 8]) def(`__GCC_HAVE_SYNC_COMPARE_AND_SWAP_${n}`);
  for (const [i, name] of ['RELAXED', 'CONSUME', 'ACQUIRE', 'RELEASE', 'ACQ_REL', 'SEQ_CST'].entries())
    def(`__ATOMIC_${name}`, i);
  return out + flags.defines;
}

/** The macros that say what C's types are: `__SIZE_TYPE__`, `__INT_MAX__`, `__SIZEOF_LONG__` and the like. */
function typeMacros(m: DataModel, def: (name: string, value: string | number) => void): void {
  const suffix = (type: string) => (type.startsWith('long long') ? 'LL' : type.startsWith('long') ? 'L' : '');
  const sized: [string, string, number][] = [
    ['INT8', 'signed char', 1],
    ['INT16', 'short int', 2],
    ['INT32', 'int', 4],
    ['INT64', m.int64Type, 8],
  ];
  const fast = m.longSize === 8 ? 'long int' : 'int';
  const list: [string, string, number][] = [
    ...sized,
    ...sized.map(([n, t, s]): [string, string, number] => [n.replace('INT', 'INT_LEAST'), t, s]),
    ['INT_FAST8', 'signed char', 1],
    ['INT_FAST16', fast, m.longSize],
    ['INT_FAST32', fast, m.longSize],
    ['INT_FAST64', m.int64Type, 8],
    ['INTMAX', m.longSize === 8 ? 'long int' : 'long long int', 8],
    ['INTPTR', m.ptrdiffType, m.ptrSize],
    ['PTRDIFF', m.ptrdiffType, m.ptrSize],
  ];
  for (const [name, type, size] of list) {
    const max = (1n << BigInt(size * 8 - 1)) - 1n;
    const unsigned = type === 'signed char' ? 'unsigned char' : type.replace('int', 'unsigned int');
    def(`__${name}_TYPE__`, type);
    def(`__${name}_MAX__`, `0x${max.toString(16)}${suffix(type)}`);
    def(`__${name}_WIDTH__`, size * 8);
    if (name === 'PTRDIFF') continue;
    def(`__U${name}_TYPE__`, unsigned);
    def(`__U${name}_MAX__`, `0x${(max * 2n + 1n).toString(16)}${size < 4 ? '' : 'U'}${suffix(type)}`);
    if (/^INT(\d+|MAX)$/.test(name)) {
      def(`__${name}_C(c)`, suffix(type) === '' ? 'c' : `c ## ${suffix(type)}`);
      const u = `${size < 4 ? '' : 'U'}${suffix(type)}`;
      def(`__U${name}_C(c)`, u === '' ? 'c' : `c ## ${u}`);
    }
  }
  const wide = 1n << BigInt(m.ptrSize * 8);
  def('__SIZE_TYPE__', m.sizeType);
  def('__SIZE_MAX__', `0x${(wide - 1n).toString(16)}U${suffix(m.sizeType)}`);
  def('__SIZE_WIDTH__', m.ptrSize * 8);
  def('__WCHAR_TYPE__', m.wcharType);
  def(
    '__WCHAR_MAX__',
    m.wcharType === 'int' ? '0x7fffffff' : m.wcharType === 'unsigned int' ? '0xffffffffU' : '0xffff',
  );
  def('__WCHAR_MIN__', m.wcharType === 'int' ? '(-__WCHAR_MAX__ - 1)' : '0');
  def('__WINT_TYPE__', 'unsigned int');
  def('__WINT_MAX__', '0xffffffffU');
  def('__WINT_MIN__', '0U');
  def('__CHAR16_TYPE__', 'short unsigned int');
  def('__CHAR32_TYPE__', 'unsigned int');
  def('__SCHAR_MAX__', '0x7f');
  def('__SHRT_MAX__', '0x7fff');
  def('__INT_MAX__', '0x7fffffff');
  def('__LONG_MAX__', m.longSize === 8 ? '0x7fffffffffffffffL' : '0x7fffffffL');
  def('__LONG_LONG_MAX__', '0x7fffffffffffffffLL');
  for (const [name, size] of [
    ['SHORT', 2],
    ['INT', 4],
    ['LONG', m.longSize],
    ['LONG_LONG', 8],
    ['POINTER', m.ptrSize],
    ['SIZE_T', m.ptrSize],
    ['PTRDIFF_T', m.ptrSize],
    ['WCHAR_T', m.wcharType.startsWith('short') ? 2 : 4],
    ['WINT_T', 4],
    ['FLOAT', 4],
    ['DOUBLE', 8],
    ['LONG_DOUBLE', m.longDouble.size],
  ] as const)
    def(`__SIZEOF_${name}__`, size);
  if (m.ptrSize === 8) def('__SIZEOF_INT128__', 16);
  for (const [name, digits, min, max] of [
    ['FLT', 24, '1.17549435082228750796873653722224568e-38F', '3.40282346638528859811704183484516925e+38F'],
    ['DBL', 53, '2.22507385850720138309023271733240406e-308', '1.79769313486231570814527423731704357e+308'],
    ['LDBL', 64, '3.36210314311209350626267781732175260e-4932L', '1.18973149535723176502126385303097021e+4932L'],
  ] as const) {
    def(`__${name}_MANT_DIG__`, digits);
    def(`__${name}_MIN__`, min);
    def(`__${name}_MAX__`, max);
  }
  def('__FLT_RADIX__', 2);
  def('__FLT_EVAL_METHOD__', 0);
  def('__DBL_DIG__', 15);
  def('__FLT_DIG__', 6);
  def('__BIGGEST_ALIGNMENT__', 16);
}
