/** Whether a build is reproducible, as rows. */
import type { Verified } from '../build/verify.ts';
import type { ReportNode } from '../protocol/reports.ts';
import { formatCount } from '../protocol/units.ts';
import { row } from './row.ts';

export function verifyNodes(v: Verified): ReportNode[] {
  const head = v.reproducible
    ? row('good', 'Reproducible', 'the same bytes from another folder with another cache')
    : row(
        'bad',
        'Not reproducible',
        formatCount(v.files.filter(f => f.offset !== null).length, 'file') + ' came out different',
      );
  return [
    head,
    ...v.files.map(f =>
      f.offset === null
        ? row('good', f.file, `${f.sizes[0].toLocaleString('en')} bytes`)
        : row('bad', f.file, `${f.cause}: ${f.advice}`, {
            expanded: true,
            tooltip: f.advice,
            children: [
              row(
                'info',
                'First difference',
                `byte ${f.offset.toLocaleString('en')}${f.section === '' ? '' : ` in ${f.section}`}`,
              ),
              row('info', 'Bytes that differ', f.differing.toLocaleString('en')),
              row('info', 'What to change', f.advice, { tooltip: f.advice, copy: f.advice }),
            ],
          }),
    ),
  ];
}
