/** The C compilers on PATH that make code for a target: what cgo can be built with. */
import type { BuildTarget } from './protocol/ports.ts';
import { type Environment, lookPath } from './go-env.ts';

/** A C compiler that makes code for the target, and what has to be set to use it. */
export interface Compiler {
  name: string;
  program: string;
  /** What CC has to be. */
  cc: string[];
  cxx: string[];
  env: Record<string, string>;
}

/** GNU's names of ports, as packages of cross compilers call their programs. */
export const triples: Readonly<Record<string, readonly string[]>> = {
  'linux/386': ['i686-linux-gnu', 'i586-linux-gnu', 'i686-linux-musl'],
  'linux/amd64': ['x86_64-linux-gnu', 'x86_64-linux-musl'],
  'linux/arm': ['arm-linux-gnueabihf', 'arm-linux-gnueabi', 'arm-linux-musleabihf'],
  'linux/arm64': ['aarch64-linux-gnu', 'aarch64-linux-musl'],
  'linux/loong64': ['loongarch64-linux-gnu'],
  'linux/mips': ['mips-linux-gnu'],
  'linux/mipsle': ['mipsel-linux-gnu'],
  'linux/mips64': ['mips64-linux-gnuabi64'],
  'linux/mips64le': ['mips64el-linux-gnuabi64'],
  'linux/ppc64le': ['powerpc64le-linux-gnu'],
  'linux/riscv64': ['riscv64-linux-gnu', 'riscv64-linux-musl'],
  'linux/s390x': ['s390x-linux-gnu'],
  'windows/386': ['i686-w64-mingw32'],
  'windows/amd64': ['x86_64-w64-mingw32'],
  'windows/arm64': ['aarch64-w64-mingw32'],
};

/** Zig's names. */
export const zigTargets: Readonly<Record<string, string>> = {
  'linux/386': 'x86-linux-musl',
  'linux/amd64': 'x86_64-linux-musl',
  'linux/arm': 'arm-linux-musleabihf',
  'linux/arm64': 'aarch64-linux-musl',
  'linux/riscv64': 'riscv64-linux-musl',
  'linux/ppc64le': 'powerpc64le-linux-musl',
  'linux/s390x': 's390x-linux-musl',
  'linux/loong64': 'loongarch64-linux-musl',
  'windows/386': 'x86-windows-gnu',
  'windows/amd64': 'x86_64-windows-gnu',
  'windows/arm64': 'aarch64-windows-gnu',
  'darwin/amd64': 'x86_64-macos',
  'darwin/arm64': 'aarch64-macos',
};

/** Compilers on PATH that make code for the target, the most obvious first. */
export function compilersFor(
  target: BuildTarget,
  host: { hostOS: string; hostArch: string },
  env: Environment,
): Compiler[] {
  const { goos, goarch } = target;
  const port = `${goos}/${goarch}`;
  const out: Compiler[] = [];
  const add = (name: string, cc: string[], cxx: string[], extra: Record<string, string> = {}): void => {
    const program = lookPath(cc[0], env);
    if (program !== null) out.push({ name, program, cc, cxx, env: extra });
  };
  if (goos === host.hostOS && goarch === host.hostArch) {
    add('GCC', ['gcc'], ['g++']);
    add('Clang', ['clang'], ['clang++']);
    if (goos === 'linux') add('musl', ['musl-gcc'], ['g++']);
  }
  // The compiler of this machine makes code for its smaller sibling, if that one's headers are installed.
  if (goos === host.hostOS && host.hostArch === 'amd64' && goarch === '386')
    add('GCC -m32', ['gcc', '-m32'], ['g++', '-m32']);
  if (goos === 'darwin' && host.hostOS === 'darwin' && goarch !== host.hostArch) {
    const arch = goarch === 'amd64' ? 'x86_64' : goarch;
    add('Clang of Xcode', ['clang', '-arch', arch], ['clang++', '-arch', arch]);
  }
  for (const t of triples[port] ?? []) {
    add(`GCC for ${t}`, [`${t}-gcc`], [`${t}-g++`]);
    add(`Clang for ${t}`, [`${t}-clang`], [`${t}-clang++`]);
  }
  if (goos === 'darwin') {
    const name = goarch === 'amd64' ? 'o64-clang' : 'oa64-clang';
    add('osxcross', [name], [`${name}++`]);
  }
  if (goos === 'android') {
    const t = {
      arm64: 'aarch64-linux-android',
      arm: 'armv7a-linux-androideabi',
      amd64: 'x86_64-linux-android',
      '386': 'i686-linux-android',
    }[goarch];
    for (const level of [35, 34, 33, 30, 29, 26, 24, 21])
      if (t) add(`NDK, level ${level}`, [`${t}${level}-clang`], [`${t}${level}-clang++`]);
  }
  const zig = zigTargets[port];
  if (zig) add('Zig', ['zig', 'cc', '-target', zig], ['zig', 'c++', '-target', zig]);
  return out;
}

/**
 * The variables that make cgo compile with the first compiler that has musl, which can be linked statically; or why there
 * is no such compiler.
 */
export function muslCompiler(
  target: BuildTarget,
  host: { hostOS: string; hostArch: string },
  env: Environment,
): { ok: true; env: Record<string, string> } | { ok: false; message: string } {
  const port = `${target.goos}/${target.goarch}`;
  if (target.goos !== 'linux') return { ok: false, message: `musl is a C library for Linux, not for ${port}` };
  const found = compilersFor(target, host, env).find(c => c.cc.some(word => word.includes('musl')));
  if (!found)
    return {
      ok: false,
      message: `no C compiler with musl for ${port} on PATH: install zig or musl-gcc, or build with the profile static`,
    };
  return {
    ok: true,
    env: {
      CC: found.cc.join(' '),
      ...(found.cxx.length > 1 || found.cxx[0].includes('musl') ? { CXX: found.cxx.join(' ') } : {}),
    },
  };
}
