/** The functions of test files that `go test` calls, and whether they are such as it can call (load.testFuncs). */
import { type Expr, type FuncDecl, Kind, Op } from '../syntax/ast.ts';
import { parseFile } from '../syntax/parse.ts';
import type { SyntaxRules } from '../syntax/lower/state.ts';
import type { TreeParser } from '../syntax/parser.ts';
import type { FileSystem } from '../source/files.ts';
import { join } from '../source/path.ts';
import { decodeUtf8 } from '../source/utf8.ts';
import type { Package } from './package.ts';

/** Whether go test takes the name for one of that kind (load.isTest): `TestX`, not `Testify`. */
function isTest(name: string, prefix: string): boolean {
  if (!name.startsWith(prefix)) return false;
  return name === prefix || !/^\p{Ll}/u.test(name.slice(prefix.length));
}

/** Whether the function takes one parameter, a pointer to what is called `arg`, and gives nothing. */
function takes({ type }: FuncDecl, arg: string): boolean {
  if (type.resultList.length > 0 || type.paramList.length !== 1) return false;
  const t: Expr = type.paramList[0].type;
  if (t.kind !== Kind.Operation || t.op !== Op.Mul || t.y !== null) return false;
  const { x } = t;
  return x.kind === Kind.Name ? x.value === arg : x.kind === Kind.SelectorExpr && x.sel.value === arg;
}

function wrongSignature(d: FuncDecl, arg: string): string | null {
  const name = d.name.value;
  if (d.tparamList.length > 0) return `wrong signature for ${name}, test functions cannot have type parameters`;
  if (takes(d, arg)) return null;
  return `wrong signature for ${name}, must be: func ${name}(${arg.toLowerCase()} *testing.${arg})`;
}

/** What keeps go test from making the program that runs the package's tests, with its place; null when nothing does. */
export function testFuncError(
  fs: FileSystem,
  parser: TreeParser,
  rules: SyntaxRules,
  { dir, files }: Package,
): string | null {
  let error: string | null = null;
  let mains = 0;
  for (const name of [...files.testGoFiles, ...files.xTestGoFiles]) {
    const path = join(dir, name);
    const bytes = fs.readFile(path);
    if (bytes === null) continue;
    const text = decodeUtf8(bytes);
    // most are as they should be
    const heads = text.match(/^func (?:Test|Benchmark|Fuzz)[^\n]*/gm) ?? [];
    if (!heads.some(h => /^func TestMain\b/.test(h) || !/^func \w+\(\w+ \*testing\.[TBF]\) \{/.test(h))) continue;
    const parsed = parseFile(parser, path, text, rules);
    parsed.dispose();
    for (const unit of parsed.file.units) {
      const [d] = unit.decls;
      if (d?.kind !== Kind.FuncDecl || d.recv !== null) continue;
      const own = d.name.value;
      const arg =
        own === 'TestMain'
          ? takes(d, 'T')
            ? ''
            : 'M'
          : isTest(own, 'Test')
            ? 'T'
            : isTest(own, 'Benchmark')
              ? 'B'
              : isTest(own, 'Fuzz')
                ? 'F'
                : '';
      if (arg === '') continue;
      const wrong = wrongSignature(d, arg);
      if (wrong === null && (arg !== 'M' || ++mains < 2)) continue;
      const { line, col } = parsed.file.source.lineCol(unit.start + d.start);
      error ??= wrong === null ? 'multiple definitions of TestMain' : `${path}:${line}:${col}: ${wrong}`;
      break;
    }
  }
  return error;
}
