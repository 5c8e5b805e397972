/**
 * Runs the corpora by hand and prints what fails:
 *   node scripts/program.mjs test/types/run.ts std [packages]
 *   node scripts/program.mjs test/types/run.ts testdata [part of a name]
 *   node scripts/program.mjs test/types/run.ts errorcheck|valid|folders [part of a name]
 */
import {
  checkStdPackage,
  errorcheckCases,
  folderCases,
  loadStd,
  runErrorcheck,
  runFolder,
  runTestdata,
  runValid,
  testdataCases,
  validCases,
} from './corpus.ts';

const [what = 'std', ...names] = process.argv.slice(2);
const goroot = process.env['GOROOT'] ?? '/usr/local/go';
const std = await loadStd(goroot, what === 'std');
const begun = performance.now();
let passed = 0;
const failed: string[] = [];
const crashes = new Map<string, number>();

function run(name: string, f: () => string[] | null): void {
  let problems: string[] | null;
  try {
    problems = f();
  } catch (e) {
    const stack = e instanceof Error ? `${e.stack}` : String(e);
    problems = [
      `CRASH ${stack
        .split('\n')
        .slice(0, names.length > 0 ? 20 : 4)
        .join('\n    ')}`,
    ];
    const key = stack.split('\n').slice(0, 2).join(' ');
    crashes.set(key, (crashes.get(key) ?? 0) + 1);
  }
  if (problems === null) return;
  if (problems.length === 0) passed++;
  else {
    failed.push(name);
    console.log(`--- ${name}\n  ${problems.slice(0, names.length > 0 ? 100 : 8).join('\n  ')}`);
  }
}

const wanted = (name: string) => names.length === 0 || names.some(n => name.includes(n));
if (what === 'std') {
  const list = names.length === 0 ? std.list : names.map(n => std.packages.get(n)!);
  for (const p of list) run(p.importPath, () => checkStdPackage(std, p));
} else if (what === 'testdata') {
  for (const c of testdataCases(goroot)) if (wanted(c.name)) run(c.name, () => runTestdata(std, c));
} else if (what === 'errorcheck') {
  for (const c of errorcheckCases(std)) if (wanted(c)) run(c, () => runErrorcheck(std, c));
} else if (what === 'valid') {
  for (const c of validCases(std)) if (wanted(c)) run(c, () => runValid(std, c));
} else for (const c of folderCases(std)) if (wanted(c)) run(c, () => runFolder(std, c));
for (const [key, n] of crashes) console.log(`crash ×${n}: ${key}`);
console.log(`${passed} passed, ${failed.length} failed, ${Math.round(performance.now() - begun)} ms`);
