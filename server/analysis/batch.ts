/** Analysing whole packages in one go, for the command line and the oracle: from patterns to compiled packages. */
import path from 'node:path';
import { type CompileFlags, defaultFlags } from '../../core/ir/env.ts';
import { errorText, loadPackages, type Package } from '../../core/load/load.ts';
import { messageLines } from '../../core/remark/wording.ts';
import { type CompiledPackage, Program } from '../../core/summary/program.ts';
import { type Environment, findGo, type LoadFlags, makeTarget, moduleEnv, noFlags } from '../go-env.ts';
import { nodeFiles, slashed } from '../node-files.ts';
import { nodeParser } from '../node-parser.ts';

export interface BatchOptions {
  cwd: string;
  env: Environment;
  load: LoadFlags;
  compile: CompileFlags;
  signal?: AbortSignal;
}

/** What came of a package: its compilation, or why there is none. */
export interface BatchResult {
  package: Package;
  result: CompiledPackage | null;
  /** In words; empty when all went well. */
  error: string;
}

/** Milliseconds of work between two looks at whether to stop. */
const slice = 50;

/** Compiles the packages that the patterns match, in their order. Throws an Error whose message is for the user. */
export async function* compilePatterns(
  patterns: readonly string[],
  options: BatchOptions,
): AsyncGenerator<BatchResult> {
  const cwd = slashed(options.cwd);
  const fs = nodeFiles();
  const found = findGo(fs, cwd, options.env);
  if (!found.ok) throw new Error(found.message);
  const target = makeTarget(found.go, options.load, options.env);
  if (!target.ok) throw new Error(target.message);
  const modules = moduleEnv(found.go, fs, cwd, options.load);
  const loaded = loadPackages(modules, target.target, patterns, { embed: false, tests: false });
  if (loaded.fatal.length > 0) throw new Error(loaded.fatal.join('\n'));
  const parser = await nodeParser();
  const program = new Program({ fs, parser, target: target.target, flags: options.compile });
  for (const p of loaded.roots) {
    if (p.error !== null) {
      yield { package: p, result: null, error: errorText(p.error) };
      continue;
    }
    try {
      const steps = program.compile(p);
      let until = performance.now() + slice;
      for (let step = steps.next(); ; step = steps.next()) {
        if (step.done) {
          yield { package: p, result: step.value, error: '' };
          break;
        }
        if (performance.now() < until) continue;
        await new Promise(resolve => setImmediate(resolve));
        if (options.signal?.aborted) return;
        until = performance.now() + slice;
      }
    } catch (error) {
      yield {
        package: p,
        result: null,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
    }
  }
}

/** Compile flags by gc's spelling, as in `-m=2 -l`. Unknown ones are ignored. */
export function parseGcflags(words: readonly string[]): CompileFlags {
  const flags: CompileFlags = { ...defaultFlags };
  for (const word of words) {
    const match = /^-([mlN])(?:=(\d+))?$/.exec(word);
    if (match === null) continue;
    const value = match[2] === undefined ? null : Number(match[2]);
    if (match[1] === 'm') flags.m = value ?? 1;
    else if (match[1] === 'N') flags.N = value !== 0;
    // base.Flag.LowerL counts from 1 when the flag is not given; one -l turns inlining off
    else flags.l = value === null || value === 1 ? 0 : value;
  }
  return flags;
}

export interface RemarkLines {
  path: string;
  lines: string[];
  error: string;
}

/** gc's -m lines of the packages, by our own analysis, as cmd/go prints them with the folder as working directory. */
export async function* remarkLines(
  packages: readonly string[],
  target: { goos: string; goarch: string; cgo: boolean; gcflags: string; flags: string[]; dir: string },
): AsyncGenerator<RemarkLines> {
  const env: Environment = { ...process.env, CGO_ENABLED: target.cgo ? '1' : '0', GOTOOLCHAIN: 'local' };
  const compile = parseGcflags(target.gcflags.split(' '));
  const instrument = target.flags.map(flag => flag.slice(1)).find(flag => flag !== '') ?? '';
  const load: LoadFlags = {
    ...noFlags,
    goos: target.goos,
    goarch: target.goarch,
    instrument: instrument as LoadFlags['instrument'],
  };
  const results = compilePatterns(packages, { cwd: target.dir, env, load, compile });
  for await (const { package: p, result, error } of results) {
    const lines = result?.compiled == null ? [] : packageLines(result, compile.m, target.dir);
    const errors = result === null ? [] : result.checked.errors.slice(0, 3).map(e => e.message);
    yield { path: p.importPath, lines, error: [error, ...errors].filter(Boolean).join('; ') };
  }
}

/** The lines of one package, with file names as cmd/go shortens them, without the `./` of names below `dir`. */
function packageLines({ package: p, compiled }: CompiledPackage, level: number, dir: string): string[] {
  const text = compiled!.messages.flatMap(msg => messageLines(msg, level)).join('\n');
  const short = shortenPaths(text, p.dir, dir);
  const lines = [];
  for (const line of short.split('\n')) {
    if (line === '' || line.startsWith('<autogenerated>')) continue;
    lines.push(line.startsWith('./') ? line.slice(2) : line);
  }
  return lines;
}

/** Replaces the package's folder, then each folder above it, by its path from `cwd` where that is shorter (cmd/go's
 * Shell.reportCmd, base.ShortPath); only where a word begins. */
export function shortenPaths(text: string, packageDir: string, cwd: string): string {
  let out = `\n${text}`;
  for (let dir = packageDir; ; ) {
    const relative = slashed(path.relative(cwd, dir)) || '.';
    if (relative.length < dir.length)
      out = out
        .replaceAll(` ${dir}`, ` ${relative}`)
        .replaceAll(`\n${dir}`, `\n${relative}`)
        .replaceAll(`\n\t${dir}`, `\n\t${relative}`);
    const parent = slashed(path.dirname(dir));
    if (parent === dir) return out.slice(1);
    dir = parent;
  }
}
