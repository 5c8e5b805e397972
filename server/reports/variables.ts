/** The variables that the linker can set (-ldflags=-X), from the analysis; and what is wrong with those that are given. */
import { ValueKind } from '../../core/constant/value.ts';
import { loadPackages } from '../../core/load/load.ts';
import { packageList } from '../../core/load/package.ts';
import { goRelease } from '../../core/load/release.ts';
import { ObjKind, VarKind } from '../../core/types/object.ts';
import { checkSteps, newChecking } from '../../core/types/packages.ts';
import { typeString } from '../../core/types/typestring.ts';
import { quotedWords } from '../go-flags.ts';
import { loadDefaults, type Loading } from '../loading.ts';
import { nodeParser } from '../node-parser.ts';
import type { ReportNode } from '../protocol/reports.ts';
import { row } from './row.ts';

/** Milliseconds of work between two looks at whether to stop. */
const slice = 50;

export interface LinkVariable {
  /** As -X names it: the import path, or `main`, and the variable. */
  name: string;
  file: string;
  /** From 1. */
  line: number;
  /** What it is without being set: a constant, or '' for none. */
  value: string;
  /** Why setting it has no effect, or is an error; '' when it can be set. */
  why: string;
}

/**
 * The package variables of the named packages that -X could be meant for. The linker takes a `var` of type string
 * (ld.addstrdata) and its value is lost if the variable is initialised by anything but a constant string.
 */
export async function linkVariables(
  loading: Loading,
  patterns: readonly string[],
  signal: AbortSignal,
): Promise<LinkVariable[]> {
  const { env, fs, target } = loading;
  const loaded = loadPackages(env, target, patterns, loadDefaults);
  const roots = new Set(loaded.roots);
  const program = newChecking(fs, await nodeParser(), goRelease(target.release), target, p => roots.has(p));
  const out: LinkVariable[] = [];
  let until = performance.now() + slice;
  for (const p of packageList(loaded.roots)) {
    if (!roots.has(p) || p.error) continue;
    const steps = checkSteps(program, p);
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      if (performance.now() < until) continue;
      await new Promise(resolve => setImmediate(resolve));
      if (signal.aborted) return out;
      until = performance.now() + slice;
    }
    const { pkg, info } = step.value;
    const prefix = p.name === 'main' ? 'main' : p.importPath;
    for (const name of pkg.scope.names()) {
      const obj = pkg.scope.lookup(name);
      if (obj?.kind !== ObjKind.Var || obj.varKind !== VarKind.PackageVar || name === '_') continue;
      const type = typeString(obj.type, null);
      const isString = type === 'string';
      const initial = info.initOrder.find(i => i.lhs.includes(obj));
      const value = initial ? info.valueOf(initial.rhs) : null;
      const text = value?.kind === ValueKind.String ? Buffer.from(value.bytes, 'latin1').toString('utf8') : '';
      let why = '';
      if (!isString) why = `its type is ${type}, and the linker sets variables of type string only`;
      else if (initial && value === null)
        why = 'it is given another value when the program starts: only a constant can be replaced';
      // Of the other variables those that nobody could mean are left out.
      if (!isString && !/string/i.test(type)) continue;
      const at = obj.pos?.base.source.position(obj.pos.base.start + obj.pos.off);
      out.push({ name: `${prefix}.${name}`, file: at?.file ?? '', line: at?.line ?? 0, value: text, why });
    }
  }
  return out;
}

/** What -X is given in flags: name to value. */
export function givenVariables(flags: readonly string[]): Map<string, string> {
  const out = new Map<string, string>();
  for (const flag of flags) {
    // `-ldflags=[pattern=]flags`; a pattern does not begin with a dash or a quote.
    const words = /^--?ldflags=(?:[^-\s'"][^=\s]*=)?(.*)$/s.exec(flag);
    if (!words) continue;
    const list = quotedWords(words[1]);
    list.forEach((word, i) => {
      const text = word === '-X' || word === '--X' ? list[i + 1] : /^--?X=(.*)$/s.exec(word)?.[1];
      const eq = text?.indexOf('=') ?? -1;
      if (text && eq > 0) out.set(text.slice(0, eq), text.slice(eq + 1));
    });
  }
  return out;
}

/** First what is given and cannot work, then what is set, then what could be. */
export async function variablesReport(
  loading: Loading,
  flags: readonly string[],
  signal: AbortSignal,
): Promise<ReportNode[]> {
  const known = await linkVariables(loading, ['./...'], signal);
  const given = givenVariables(flags);
  const byName = new Map(known.map(v => [v.name, v]));
  const out: ReportNode[] = [];
  for (const [name, value] of given) {
    const v = byName.get(name);
    if (v && v.why === '') continue;
    const near = known.find(k => k.why === '' && k.name.toLowerCase() === name.toLowerCase());
    const why = v?.why ?? `there is no such variable${near ? `: ${near.name}?` : ''}`;
    out.push(
      row('warning', name, why, {
        copy: name,
        tooltip: `set to ${JSON.stringify(value)}`,
        file: v?.file ?? '',
        line: v?.line ?? 0,
      }),
    );
  }
  const settable = known.filter(v => v.why === '');
  for (const v of settable.toSorted((a, b) => Number(given.has(b.name)) - Number(given.has(a.name)))) {
    const set = given.get(v.name);
    const detail =
      set !== undefined ? `set to ${JSON.stringify(set)}` : v.value === '' ? 'empty' : JSON.stringify(v.value);
    out.push(row(set !== undefined ? 'good' : 'setting', v.name, detail, { copy: v.name, file: v.file, line: v.line }));
  }
  for (const v of known)
    if (v.why !== '' && !given.has(v.name))
      out.push(row('info', v.name, v.why, { copy: v.name, file: v.file, line: v.line }));
  return out;
}
