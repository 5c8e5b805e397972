/** gospect cache: what is in go's build cache. */
import { slashed, nodeFiles } from '../node-files.ts';
import { cacheReport, repairCache } from '../cache-report.ts';
import { type Command, Exit, type Io, UsageError } from '../command.ts';
import { cacheDir, trimDays } from '../go-cache.ts';
import { findGo } from '../go-env.ts';
import type { CacheReport } from '../protocol/cache.ts';
import { formatAge, formatCount, formatSize } from '../protocol/units.ts';

export const cache: Command = {
  name: 'cache',
  usage: '[--check | --repair] [--all] [--json]',
  help: [
    'Reads the build cache that the environment means: size and age by package, what the next trimming takes, entries that',
    'are damaged. --check hashes every output again, which reads all of the cache; --repair does, too, and removes what is',
    'damaged and nothing else: the next build makes it anew.',
  ].join('\n'),
  examples: [
    ['cache', 'the largest packages, what trimming takes'],
    ['cache --check', '… and what is damaged'],
  ],
  flags: {
    check: { value: 'none', help: 'hash every output again' },
    repair: { value: 'none', help: 'hash every output again, and remove what is damaged' },
    all: { value: 'none', help: 'list every package, not only the largest' },
    json: { value: 'none', help: 'print JSON' },
  },
  async run({ flags, args }, io) {
    if (args.length > 0) throw new UsageError('cache takes no arguments');
    const found = findGo(nodeFiles(), slashed(io.cwd), io.env);
    if (!found.ok) throw new UsageError(found.message);
    const where = cacheDir(found.go, io.env);
    if (!where.ok) throw new UsageError(where.message);
    const repair = flags.has('repair');
    const question = { dir: where.dir, check: flags.has('check') || repair, now: Date.now() };
    const report = await cacheReport(question, io.env, io.signal, progress(io));
    if (io.terminal) io.err('\r\x1b[K');
    const removed = repair ? await repairCache(where.dir, report.faults) : null;
    if (flags.has('json')) io.out(`${JSON.stringify(removed === null ? report : { ...report, removed })}\n`);
    else {
      io.out(text(report, flags.has('all') ? Number.POSITIVE_INFINITY : 20));
      for (const file of removed ?? []) io.out(`removed ${file}\n`);
    }
    return report.faults.length > 0 && removed === null ? Exit.Errors : Exit.Done;
  },
};

function progress(io: Io): (done: number, total: number) => void {
  let last = 0;
  return (done, total) => {
    const now = performance.now();
    if (!io.terminal || now - last < 100) return;
    last = now;
    io.err(`\r\x1b[Kreading the cache, ${Math.round((100 * done) / total)} %`);
  };
}

function text(r: CacheReport, most: number): string {
  const now = Date.now();
  let out = `${r.dir}: ${formatSize(r.size)}, ${formatCount(r.entries, 'entry')}`;
  if (r.oldest !== null) out += `, the oldest last used ${formatAge(now - r.oldest)}`;
  out += `\nlast trimmed ${r.trimmed === null ? 'never' : formatAge(now - r.trimmed)}; trimming takes what was not used for ${trimDays} days: ${formatCount(r.trim.entries, 'entry')}, ${formatSize(r.trim.size)}\n`;
  if (r.unused.files > 0)
    out += `${formatCount(r.unused.files, 'output')} that no entry leads to, ${formatSize(r.unused.size)}\n`;
  if (r.packages.length > 0) out += '\n      size  variants  last used       package\n';
  for (const p of r.packages.slice(0, most))
    out += `${formatSize(p.size).padStart(10)}  ${String(p.variants).padStart(8)}  ${formatAge(now - p.used).padEnd(14)}  ${p.path}\n`;
  const more = r.packages.slice(most);
  if (more.length > 0)
    out += `${formatSize(more.reduce((sum, p) => sum + p.size, 0)).padStart(10)}  in ${formatCount(more.length, 'other package')} (--all)\n`;
  for (const o of r.others)
    out += `${formatSize(o.size).padStart(10)}  ${String(o.count).padStart(8)}  ${''.padEnd(14)}  (${o.kind})\n`;
  out += '\n';
  for (const f of r.faults) out += `damaged: ${f.file}${f.of === '' ? '' : ` (${f.of})`}: ${f.message}\n`;
  if (r.faults.length === 0)
    out += r.checked ? 'every output is whole\n' : 'no entry is damaged; --check hashes the outputs, too\n';
  else out += `${r.faults.length} damaged; --repair removes them, the next build makes them anew\n`;
  return out;
}
