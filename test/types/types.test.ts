import { expect } from 'vitest';
import { goTest } from '../go.ts';
import { expectKnown } from '../known.ts';
import {
  checkSources,
  checkStdPackage,
  errorcheckCases,
  folderCases,
  loadStd,
  runErrorcheck,
  runFolder,
  runTestdata,
  runValid,
  type Std,
  testdataCases,
  validCases,
} from './corpus.ts';
import { compileErrors, formatError } from '../../core/types/gcerrors.ts';

let loaded: Promise<Std> | null = null;
const stdOf = (goroot: string) => (loaded ??= loadStd(goroot, false));

goTest(
  'internal/types/testdata: the errors that the comments want',
  async ({ goroot }) => {
    const std = await stdOf(goroot);
    const results = new Map<string, boolean>();
    for (const c of testdataCases(goroot)) {
      const problems = runTestdata(std, c);
      if (problems !== null) results.set(c.name, problems.length === 0);
    }
    expect(results.size).toBeGreaterThan(300);
    expectKnown('internal/types/testdata', results);
  },
  600_000,
);

goTest(
  '$GOROOT/test: errorcheck files',
  async ({ goroot }) => {
    const std = await stdOf(goroot);
    const results = new Map<string, boolean>();
    for (const name of errorcheckCases(std)) results.set(name, runErrorcheck(std, name).length === 0);
    expect(results.size).toBeGreaterThan(400);
    expectKnown('$GOROOT/test errorcheck', results);
  },
  600_000,
);

goTest(
  '$GOROOT/test: packages that import each other',
  async ({ goroot }) => {
    const std = await stdOf(goroot);
    const results = new Map<string, boolean>();
    for (const name of folderCases(std)) results.set(name, runFolder(std, name).length === 0);
    expect(results.size).toBeGreaterThan(200);
    expectKnown('$GOROOT/test folders', results);
  },
  600_000,
);

goTest(
  '$GOROOT/test: programs without errors have none',
  async ({ goroot }) => {
    const std = await stdOf(goroot);
    const names = validCases(std);
    expect(names.length).toBeGreaterThan(1000);
    expect(names.flatMap(name => runValid(std, name))).toEqual([]);
  },
  600_000,
);

goTest(
  'the standard library has no errors',
  async ({ goroot }) => {
    const std = await loadStd(goroot, true);
    const errors = std.list.flatMap(p => checkStdPackage(std, p));
    expect(errors).toEqual([]);
  },
  900_000,
);

goTest('errors are printed as gc prints them', async ({ goroot }) => {
  const std = await stdOf(goroot);
  const text = [
    'package p',
    'import "os"',
    'func f(a int) (int, string) { y := 1; return a }',
    'func g() { for i := range 10 { _ = i } }',
    'func h() { switch 1 { case 1: case 1: }; L: for {} }',
  ].join('\n');
  const checked = checkSources(std, [{ path: 'x.go', text }], { goVersion: 'go1.20', ignoreBranchErrors: true });
  const { errors, tooMany } = compileErrors(checked, { lang: 'go1.20', limit: 3 });
  const all = compileErrors(checked, { lang: 'go1.20' });
  expect(errors.length).toBe(3);
  expect(tooMany).not.toBeNull();
  expect(all.errors.map(e => formatError(e, name => name))).toEqual([
    'x.go:2:8: "os" imported and not used',
    'x.go:3:31: declared and not used: y',
    'x.go:3:46: not enough return values\n\thave (int)\n\twant (int, string)',
    'x.go:4:27: cannot range over 10 (untyped int constant): requires go1.22 or later (-lang was set to go1.20; check go.mod)',
    'x.go:5:36: duplicate case 1 (constant of type int) in expression switch\n\tx.go:5:28: previous case',
    'x.go:5:42: label L defined and not used',
  ]);
});
