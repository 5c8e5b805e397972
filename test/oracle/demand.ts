/**
 * What importers are told of packages function by function (core/summary/demand.ts), against what compiling each of
 * them as a whole says: costs and leak tags of all functions and methods, asked for in an order that SEED shuffles.
 *
 *     node scripts/program.mjs test/oracle/demand.ts [--dir DIR] [--seed N] [packages]
 */
import { defaultFlags } from '../../core/ir/env.ts';
import { loadPackages } from '../../core/load/load.ts';
import { packageList } from '../../core/load/package.ts';
import { finish } from '../../core/source/steps.ts';
import { Program } from '../../core/summary/program.ts';
import { isPointer } from '../../core/ir/typeinfo.ts';
import { type FuncObj, ObjKind, type PackageObj } from '../../core/types/object.ts';
import { TypeKind } from '../../core/types/type.ts';
import { loadDefaults, prepareLoading } from '../../server/loading.ts';
import { nodeParser } from '../../server/node-parser.ts';
import { goEnv } from './gc.ts';

const patterns: string[] = [];
let dir = '';
let seed = 1;
const args = process.argv.slice(2);
for (let i = 0; i < args.length; i++) {
  if (args[i] === '--dir') dir = args[++i];
  else if (args[i] === '--seed') seed = Number(args[++i]);
  else patterns.push(args[i]);
}
dir ||= `${goEnv('GOROOT', process.cwd())}/src`;

/** Functions and methods declared in the package, by the names that summaries have for them. */
function functionsOf(pkg: PackageObj): [string, FuncObj][] {
  const list: [string, FuncObj][] = [];
  for (const [name, obj] of pkg.scope.all()) {
    if (obj.kind === ObjKind.Func) list.push([name, obj as FuncObj]);
    else if (obj.kind === ObjKind.TypeName && obj.type?.kind === TypeKind.Named && obj.type.obj === obj) {
      for (const m of obj.type.methods) {
        const { recv, recvTypeParams } = m.signature;
        if (recv === null || recvTypeParams.length > 0) continue;
        list.push([isPointer(recv.type!) ? `(*${name}).${m.name}` : `${name}.${m.name}`, m]);
      }
    }
  }
  return list.filter(([name, f]) => f.signature.typeParams.length === 0 && name !== 'init' && f.name !== '_');
}

/** Shuffles by a linear congruential generator, so that a run can be repeated. */
function shuffle<T>(list: T[]): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    const j = (seed >>> 8) % (i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

const io = {
  cwd: dir,
  env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
};
const { fs, env, target } = prepareLoading(new Map(), io);
const { roots } = loadPackages(env, target, patterns.length > 0 ? patterns : ['std'], loadDefaults);
const parser = await nodeParser();
const program = (tolerant: boolean) =>
  new Program({ fs, parser, target, flags: { ...defaultFlags, m: 1 }, store: null }, tolerant);

const [whole, parts] = [program(false), program(true)];
let asked = 0;
let different = 0;
const packages = packageList(roots).filter(p => p.importPath !== 'unsafe' && p.error === null);
for (const p of packages) {
  for (const steps = whole.compile(p, () => true); !steps.next().done; );
}
for (const p of packages) {
  for (const steps = parts.compile(p, () => false); !steps.next().done; );
}
for (const p of shuffle(packages)) {
  const wholeOf = finish(whole.compile(p, () => true));
  const partsOf = finish(parts.compile(p, () => false));
  if (wholeOf.compiled === null || partsOf.compiled === null) {
    console.log(`${p.importPath}: ${wholeOf.failure} ${partsOf.failure}`);
    continue;
  }
  for (const [name, obj] of shuffle(functionsOf(partsOf.checked.pkg))) {
    const expected = wholeOf.compiled.summary.funcs.get(name, obj);
    if (expected === undefined) continue;
    const got = partsOf.compiled.summary.funcs.get(name, obj)!;
    // of some functions the tags of single parameters, first
    for (let i = seed % 3; i < expected.tags.length; i++) {
      const tag = got.tag?.(i);
      if (tag === undefined) continue;
      asked++;
      const [text, want] = [JSON.stringify(tag), JSON.stringify(expected.tags[i])];
      if (text === want) continue;
      different++;
      console.log(`${p.importPath} ${name} tag ${i}: ${text}, as a whole ${want}`);
    }
    // in whichever order
    const facts = shuffle(['inl', 'tags'] as const).map(key => [key, JSON.stringify(got[key])] as const);
    for (const [key, text] of facts) {
      // where no parameter can hold a pointer, nobody finds out tags
      if (key === 'tags' && text === '[]') continue;
      asked++;
      const want = JSON.stringify(expected[key]);
      if (text === want) continue;
      different++;
      console.log(`${p.importPath} ${name} ${key}: ${text}, as a whole ${want}`);
    }
  }
}
console.log(`${packages.length} packages, ${asked} answers, ${different} different; looked at as a whole after all:`);
for (const why of parts.apart) console.log(`  ${why}`);
if (different > 0) process.exit(1);
