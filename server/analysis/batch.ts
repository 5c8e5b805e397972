/** Analysing whole packages in one go, for the command line and the oracle: from patterns to compiled packages. */
import path from 'node:path';
import { type CompileFlags, defaultFlags } from '../../core/ir/env.ts';
import { loadPackages } from '../../core/load/load.ts';
import { errorText, type Package, packageList } from '../../core/load/package.ts';
import { testedPackages } from '../../core/load/testpackages.ts';
import { type CompiledPackage, Program, type ProgramHost } from '../../core/summary/program.ts';
import { UsageError } from '../command.ts';
import { type Loading, loadDefaults } from '../loading.ts';
import { slashed } from '../node-files.ts';
import { nodeParser } from '../node-parser.ts';

/** What came of a package: its compilation, or why there is none. */
export interface BatchResult {
  package: Package;
  result: CompiledPackage | null;
  /** In words; empty when all went well. */
  error: string;
  /** What is said of it, where the caller has it rendered; then `result` is null if it was known from before. */
  text: string | null;
}

/** How the remarks of a package become a text, which is kept with the summaries for the next time. */
export interface Rendering {
  /** Tells renderings apart. */
  name: string;
  render(result: CompiledPackage): string;
}

/** Milliseconds of work between two looks at whether to stop. */
const slice = 50;

/** Compiles the packages that the patterns match, in their order; `tests`: as `go test` does. Throws an Error whose message is for the user. */
export async function* compilePatterns(
  patterns: readonly string[],
  loading: Loading,
  flags: CompileFlags,
  store: ProgramHost['store'],
  tests: boolean,
  signal?: AbortSignal,
  rendering: Rendering | null = null,
): AsyncGenerator<BatchResult> {
  const { fs, env, target } = loading;
  const loaded = loadPackages(env, target, patterns, { ...loadDefaults, tests, pgo: loading.pgo });
  if (loaded.fatal.length > 0) throw new UsageError(loaded.fatal.join('\n'));
  const program = new Program({ fs, parser: await nodeParser(), target, flags, store });
  const named = withCopies(tests ? testedPackages(loaded.loader, loaded.roots) : loaded.roots);
  const roots = new Set(named);
  const said = new Map<Package, string>();
  if (rendering !== null) {
    for (const p of named) {
      const text = program.keptText(p, rendering.name);
      if (text !== null) said.set(p, text);
    }
  }
  const wanted = (p: Package) => roots.has(p) && !said.has(p);
  for (const p of named) {
    // has no code
    if (p.importPath === 'unsafe') continue;
    if (p.error !== null) {
      yield { package: p, result: null, error: errorText(p.error), text: null };
      continue;
    }
    const known = said.get(p);
    if (known !== undefined) {
      yield { package: p, result: null, error: '', text: known };
      continue;
    }
    const steps = program.compile(p, wanted);
    let until = performance.now() + slice;
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) {
        const result = step.value;
        const text = rendering === null || result.compiled === null ? null : rendering.render(result);
        if (rendering !== null && text !== null) program.keepText(result, rendering.name, text);
        yield { package: p, result, error: result.failure, text };
        break;
      }
      if (performance.now() < until) continue;
      await new Promise(resolve => setImmediate(resolve));
      if (signal?.aborted) return;
      until = performance.now() + slice;
    }
  }
}

/** The packages, and before each program that is built with a profile its own copies of those among them: go compiles
 * and names them beside. */
function withCopies(roots: readonly Package[]): Package[] {
  const paths = new Set(roots.map(p => p.importPath));
  return roots.flatMap(p => {
    if (p.pgoProfile === '') return [p];
    const copies = packageList([p]).filter(d => d !== p && d.forMain !== '' && paths.has(d.importPath));
    return [...copies, p];
  });
}

/** Compile flags by gc's spelling, as in `-m=2 -l`. Words that say nothing about compiling are passed over. */
export function parseGcflags(words: readonly string[]): CompileFlags {
  const flags: CompileFlags = { ...defaultFlags };
  for (const word of words) {
    if (word === '-smallframes') flags.smallframes = true;
    else if (word === '-std') flags.std = true;
    if (/^-d=(.*,)?escapemutationscalls(=[1-9])?(,|$)/.test(word)) flags.escapeMutationsCalls = true;
    const checkptr = /^-d=(?:.*,)?checkptr(?:=(\d))?(?:,|$)/.exec(word);
    if (checkptr !== null) flags.checkptr = Number(checkptr[1] ?? 1);
    const match = /^-([mlN])(?:=(\d+))?$/.exec(word);
    if (match === null) continue;
    const value = match[2] === undefined ? null : Number(match[2]);
    if (match[1] === 'm') flags.m = value ?? 1;
    else if (match[1] === 'N') flags.N = value !== 0;
    // base.Flag.LowerL is 1 when the flag is not given, and one -l turns inlining off
    else flags.l = value === null || value === 1 ? 0 : value === 0 ? 1 : value;
  }
  return flags;
}

/** Replaces the package's folder, then each folder above it, by its path from `cwd` where that is shorter (cmd/go's
 * Shell.reportCmd, base.ShortPath); only where a word begins. */
export function shortenPaths(text: string, packageDir: string, cwd: string): string {
  let out = `\n${text}`;
  for (let dir = packageDir; ; ) {
    const relative = slashed(path.relative(cwd, dir)) || '.';
    if (relative.length < dir.length) {
      for (const before of [' ', '\n', '\n\t']) out = out.replaceAll(`${before}${dir}`, `${before}${relative}`);
    }
    const parent = slashed(path.dirname(dir));
    if (parent === dir) return out.slice(1);
    dir = parent;
  }
}
