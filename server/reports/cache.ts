/** What is in the build cache, as rows. */
import path from 'node:path';
import { trimDays } from '../go-cache.ts';
import type { CacheReport } from '../protocol/cache.ts';
import type { ReportNode } from '../protocol/reports.ts';
import { formatAge, formatCount, formatSize } from '../protocol/units.ts';
import { row } from './row.ts';

export function cacheNodes(r: CacheReport, removed: readonly string[] | null): ReportNode[] {
  const now = Date.now();
  const verdict: ReportNode[] = [];
  if (removed !== null && removed.length > 0)
    verdict.push(
      row('good', 'Repaired', `${formatCount(removed.length, 'file')} removed`, {
        children: removed.map(f => row('file', path.basename(f), '', { tooltip: f })),
      }),
    );
  else if (r.faults.length > 0)
    verdict.push(
      row('bad', 'Damaged', formatCount(r.faults.length, 'file'), {
        expanded: true,
        children: r.faults.map(f =>
          row('bad', f.of || path.basename(f.file), f.message, { tooltip: `${f.message}\n${f.file}`, file: f.file }),
        ),
      }),
    );
  else
    verdict.push(
      row(
        r.checked ? 'good' : 'info',
        r.checked ? 'Every output is whole' : 'No entry is damaged',
        r.checked ? 'hashed again' : 'outputs are not hashed yet',
      ),
    );
  // The answer to what was asked comes first.
  const out = r.checked ? [...verdict] : [];
  out.push(
    row('folder', `${formatSize(r.size)} in ${formatCount(r.entries, 'entry')}`, r.dir, {
      file: r.dir,
      copy: r.dir,
    }),
    row(
      'time',
      r.trim.entries === 0
        ? 'Trimming would take nothing'
        : `Trimming takes ${formatSize(r.trim.size)} in ${formatCount(r.trim.entries, 'entry')}`,
      `what was not used for ${trimDays} days; last trimmed ${r.trimmed === null ? 'never' : formatAge(now - r.trimmed)}`,
    ),
  );
  if (r.oldest !== null) out.push(row('time', 'Oldest', `last used ${formatAge(now - r.oldest)}`));
  if (r.unused.files > 0)
    out.push(row('info', 'Outputs that no entry leads to', `${r.unused.files}, ${formatSize(r.unused.size)}`));
  if (!r.checked) out.push(...verdict);
  out.push(
    row('package', 'Packages', formatCount(r.packages.length, 'package'), {
      children: r.packages.slice(0, 1000).map(p =>
        row(
          'package',
          p.path,
          `${formatSize(p.size)}, ${formatCount(p.variants, 'variant')}, ${formatAge(now - p.used)}`,
          {
            tooltip: p.targets.join('\n'),
          },
        ),
      ),
    }),
    row('file', 'Other', '', {
      children: r.others.map(o => row('file', o.kind, `${formatSize(o.size)}, ${o.count.toLocaleString('en')}`)),
    }),
  );
  return out;
}
