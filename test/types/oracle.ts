/**
 * Compares our errors with gc's, byte for byte, over Go's own erroneous files:
 *   node scripts/program.mjs test/types/oracle.ts IMPORTCFG [part of a name]
 * IMPORTCFG is what `go list -export -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' std` prints.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compileErrors, formatError } from '../../core/types/gcerrors.ts';
import { checkSources, errorcheckCases, loadStd, testdataCases } from './corpus.ts';

const [importcfg, ...names] = process.argv.slice(2);
const goroot = process.env['GOROOT'] ?? '/usr/local/go';
const std = await loadStd(goroot, false);
const out = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'oracle-')), 'x.o');

const files = [
  ...testdataCases(goroot).flatMap(c => c.files),
  ...errorcheckCases(std).map(name => path.join(goroot, 'test', name)),
];
let same = 0;
let differ = 0;
const kinds = new Map<string, number>();
for (const file of files) {
  if (names.length > 0 && !names.some(n => file.includes(n))) continue;
  const text = fs.readFileSync(file, 'utf8');
  const lang = /-lang=(go1\.\d+)/.exec(text.split('\n', 3).join('\n'))?.[1] ?? '';
  const short = path.basename(file);
  const gc = spawnSync(
    'go',
    [
      'tool',
      'compile',
      '-p=p',
      '-e',
      `-importcfg=${importcfg}`,
      '-o',
      out,
      ...(lang === '' ? [] : [`-lang=${lang}`]),
      short,
    ],
    { cwd: path.dirname(file), encoding: 'utf8' },
  );
  const want = gc.stdout
    .trimEnd()
    .split('\n')
    .filter(l => l !== '');
  let got: string[];
  try {
    const goVersion = lang === '' ? 'go1.26' : lang;
    const checked = checkSources(std, [{ path: short, text }], { goVersion, ignoreBranchErrors: true });
    got = compileErrors(checked, { lang: goVersion }).errors.flatMap(e =>
      formatError(e, name => name.replace(`${goroot}/`, '$GOROOT/')).split('\n'),
    );
  } catch (e) {
    got = [`CRASH ${e instanceof Error ? e.stack : String(e)}`];
  }
  if (want.join('\n') === got.join('\n')) {
    same++;
    continue;
  }
  differ++;
  console.log(`--- ${file}`);
  const w = new Set(want);
  const g = new Set(got);
  const missing = want.filter(l => !g.has(l));
  const extra = got.filter(l => !w.has(l));
  if (missing.length + extra.length === 0) console.log('  (only the order differs)');
  for (const l of missing.slice(0, 12)) console.log(`  -${l}`);
  for (const l of extra.slice(0, 12)) console.log(`  +${l}`);
  for (const l of missing) {
    const kind = l.replace(/^\S+ /, '').slice(0, 40);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
}
for (const [kind, n] of [...kinds].sort((a, b) => b[1] - a[1]).slice(0, 15)) console.log(`${n} missing: ${kind}`);
console.log(`${same} same, ${differ} differ`);
