/** Whether cgo is on for a target and why, which C compilers there are and which would serve, and whether they work. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findPort } from '../../core/load/ports.ts';
import { shellWord } from '../build/targets.ts';
import { type BuildTarget, targetName } from '../protocol/ports.ts';
import { type Compiler, compilersFor, triples, zigTargets } from '../c-compilers.ts';
import { defaultCC, type Environment, findGo, type GoEnv, lookPath } from '../go-env.ts';
import { quotedWords } from '../go-flags.ts';
import { nodeFiles, slashed } from '../node-files.ts';
import type { ReportNode } from '../protocol/reports.ts';
import { row } from './row.ts';
import { sourceOf } from './toolchain.ts';

/** The environment in which go would use the compiler, as it would be typed. */
function environmentFor(c: Compiler, target: BuildTarget): string {
  const all = {
    GOOS: target.goos,
    GOARCH: target.goarch,
    CGO_ENABLED: '1',
    CC: c.cc.join(' '),
    CXX: c.cxx.join(' '),
    ...c.env,
  };
  return Object.entries(all)
    .map(([k, v]) => `${k}=${shellWord(v)}`)
    .join(' ');
}

export interface CgoVerdict {
  on: boolean;
  /** Why, in a sentence. */
  why: string;
}

/** Whether the go command would use cgo for the target (cfg.defaultContext, go/build.defaultContext). */
export function cgoVerdict(target: BuildTarget, go: GoEnv, env: Environment): CgoVerdict {
  const port = findPort(target.goos, target.goarch);
  const name = targetName(target);
  const set = go.get('CGO_ENABLED');
  if (!port?.cgoSupported) return { on: set === '1', why: `Go has no cgo for ${name}` };
  if (set === '1' || set === '0')
    return { on: set === '1', why: `CGO_ENABLED=${set} (${sourceOf('CGO_ENABLED', env, go)})` };
  if (target.goos !== go.hostOS || target.goarch !== go.hostArch)
    return {
      on: false,
      why: `${name} is not this machine (${go.hostOS}/${go.hostArch}), and then it is off unless CGO_ENABLED=1`,
    };
  const cc = go.get('CC');
  const program = cc === '' ? defaultCC(target.goos) : (quotedWords(cc)[0] ?? '');
  if (cc === '' && lookPath(program, env) === null)
    return { on: false, why: `the C compiler ${program} is not on PATH: install it, or set CC` };
  return { on: true, why: `${name} is this machine, and ${cc === '' ? `${program} is on PATH` : `CC is ${cc}`}` };
}

export async function cgoReport(
  cwd: string,
  target: BuildTarget | null,
  env: Environment,
  compile: boolean,
  signal: AbortSignal,
): Promise<ReportNode[]> {
  const found = findGo(nodeFiles(), slashed(cwd), env);
  if (!found.ok) return [row('bad', 'No Go found', found.message)];
  const { go } = found;
  const t = target ?? { goos: go.get('GOOS') || go.hostOS, goarch: go.get('GOARCH') || go.hostArch, level: '' };
  const verdict = cgoVerdict(t, go, env);
  const name = targetName(t);
  const out = [
    row(verdict.on ? 'good' : 'info', `cgo is ${verdict.on ? 'on' : 'off'} for ${name}`, verdict.why, {
      tooltip: verdict.why,
    }),
  ];
  const set = go.get('CC');
  const words = set === '' ? [defaultCC(t.goos)] : quotedWords(set);
  const program = lookPath(words[0] ?? '', env);
  if (verdict.on) {
    const detail = program === null ? 'not found: the build will fail' : program;
    out.push(
      row(
        program === null ? 'bad' : 'tool',
        `CC=${words.join(' ')}`,
        `${detail} (${set === '' ? 'default' : sourceOf('CC', env, go)})`,
        { file: program ?? '' },
      ),
    );
  }
  const compilers = compilersFor(t, go, env);
  const tried = compile ? await Promise.all(compilers.map(c => tryCompile(c, env, signal))) : null;
  out.push(
    row('tool', `Compilers for ${name}`, compilers.length === 0 ? 'none on PATH' : '', {
      expanded: true,
      children: compilers.map((c, i) => {
        const environment = environmentFor(c, t);
        const result = tried?.[i];
        const icon = result === undefined ? 'tool' : result === '' ? 'good' : 'bad';
        return row(
          icon,
          c.name,
          result === undefined ? c.program : result === '' ? 'compiles and links a program' : result,
          {
            tooltip: `${c.program}\n${environment}${result ? `\n${result}` : ''}`,
            file: c.program,
            copy: environment,
            children: [row('setting', environment, 'copy to use it', { copy: environment })],
          },
        );
      }),
    }),
  );
  if (compilers.length === 0 && findPort(t.goos, t.goarch)?.cgoSupported)
    out.push(row('info', 'What would serve', suggestion(t)));
  return out;
}

/** What to install for the target. */
function suggestion(t: BuildTarget): string {
  const port = `${t.goos}/${t.goarch}`;
  const ways: string[] = [];
  const [triple] = triples[port] ?? [];
  if (t.goos === 'windows' && triple) ways.push(`mingw-w64 (${triple}-gcc)`);
  else if (triple) ways.push(`the package gcc-${triple.replaceAll('_', '-')}`);
  if (t.goos === 'darwin') ways.push('osxcross, or a Mac');
  if (t.goos === 'android') ways.push('the Android NDK, its bin folder on PATH');
  if (zigTargets[port]) ways.push('Zig (zig cc)');
  return ways.join('; or ') || `a C compiler that makes code for ${port}`;
}

const source = '#include <stdlib.h>\nint main(void) { return EXIT_SUCCESS; }\n';

/** Compiles and links a C program; '' when that works, else the first line that says why not. */
async function tryCompile(c: Compiler, env: Environment, signal: AbortSignal): Promise<string> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-cc-'));
  try {
    const file = path.join(dir, 'main.c');
    fs.writeFileSync(file, source);
    return await new Promise<string>(resolve => {
      const args = [...c.cc.slice(1), '-o', path.join(dir, 'main'), file];
      execFile(
        c.program,
        args,
        { env: { ...env, ...c.env }, timeout: 60_000, signal, windowsHide: true },
        (error, _, stderr) => {
          const lines = stderr.split('\n').filter(l => l.trim() !== '');
          const why = lines.find(l => /error|cannot|not found/i.test(l)) ?? lines[0];
          resolve(error ? (why ?? error.message).trim() : '');
        },
      );
    });
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
