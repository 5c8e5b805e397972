// npm test: brings what is missing, builds, runs the unit tests, then the end-to-end tests, and sums up.
//   npm test                    everything
//   npm test -- --unit          without the workbench        npm test -- --e2e     only the workbench
//   npm test -- core/load -t x  what vitest takes: files by part of their path, tests by name
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { install } from './install.mjs';
import { root, run, runTool, since } from './node.mjs';

const start = performance.now();
await install();

const args = process.argv.slice(2);
const take = flag => args.includes(flag) && args.splice(args.indexOf(flag), 1).length > 0;
const onlyUnit = take('--unit');
const onlyEndToEnd = take('--e2e');
const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-test-'));

/** Runs one vitest configuration and reads its report. */
async function suite(title, config) {
  const begun = performance.now();
  const report = path.join(reports, `${title}.json`);
  const { code } = await runTool('vitest/vitest.mjs', [
    'run',
    '--config',
    config,
    // a file that is named is in one of the suites
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ]);
  const tests = fs.existsSync(report)
    ? JSON.parse(fs.readFileSync(report, 'utf8')).testResults.flatMap(file => file.assertionResults)
    : [];
  const names = status => tests.filter(test => status.includes(test.status)).map(test => test.fullName.trim());
  return {
    title,
    code,
    time: since(begun),
    passed: names(['passed']).length,
    failed: names(['failed']),
    unsteady: tests.filter(test => test.status === 'passed' && test.failureMessages.length > 0),
    skipped: args.includes('-t') ? [] : names(['skipped', 'pending', 'disabled']),
    todo: names(['todo']),
  };
}

/** How many cases are known to fail, by suite (test/known.json). */
function knownFailures() {
  const known = JSON.parse(fs.readFileSync(path.join(root, 'test/known.json'), 'utf8'));
  return Object.entries(known).map(([name, cases]) => `${name}: ${Object.keys(cases).length}`);
}

const suites = [];
const build = await run(process.execPath, ['scripts/build.mjs']);
if (build.code !== 0) process.exit(1);
if (!onlyEndToEnd) suites.push(await suite('unit', 'vitest.config.ts'));
if (!onlyUnit) suites.push(await suite('end-to-end', 'test/e2e/vitest.config.ts'));
fs.rmSync(reports, { recursive: true, force: true });

console.log('');
for (const { title, time, passed, failed, unsteady, skipped, todo } of suites) {
  console.log(`${title}: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped, ${time}`);
  for (const name of failed) console.log(`  failed   ${name}`);
  for (const { fullName } of unsteady) console.log(`  unsteady ${fullName.trim()} (passed at the second try)`);
  for (const name of [...skipped, ...todo]) console.log(`  skipped  ${name}`);
}
const known = knownFailures();
if (known.length) console.log(`known to fail (test/known.json): ${known.join(', ')}`);
console.log(`total ${since(start)}`);
const none = suites.every(({ passed, failed, skipped }) => passed + failed.length + skipped.length === 0);
if (none) console.log(`no test matches ${args.join(' ')}`);
process.exitCode = none || suites.some(({ code }) => code !== 0) ? 1 : 0;
