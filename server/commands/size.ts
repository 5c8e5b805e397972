import { readBuildInfo } from '../../core/binary/buildinfo.ts';
import type { Image } from '../../core/binary/image.ts';
import { ledgerOf } from '../../core/size/attribute.ts';
import { GROUPINGS, type Grouping, type GroupRow, groupLedger } from '../../core/size/group.ts';
import { withImage } from '../binary-file.ts';
import { type Command, Exit, UsageError } from '../command.ts';

interface Report {
  v: 1;
  file: string;
  size: number;
  format: string;
  goos: string;
  goarch: string;
  go: string;
  unknown: number;
  rows: GroupRow[];
}

export const size: Command = {
  name: 'size',
  usage: '[--by section,package,symbol,file,kind] [--json] FILE',
  summary: 'what every byte of an executable is for',
  help: [
    'Every byte of the file is in exactly one row: the rows add up to the file. What nothing explains is in the row',
    'unknown.',
  ].join('\n'),
  flags: {
    by: {
      value: 'required',
      placeholder: 'groups',
      help: `outermost first: ${GROUPINGS.join(', ')} (default package)`,
    },
    json: { value: 'none', help: 'print JSON' },
  },
  run({ flags, args }, io) {
    if (args.length !== 1) throw new UsageError('which file? gospect size FILE');
    const by = (flags.get('by') ?? 'package').split(',');
    for (const g of by) {
      if (!(GROUPINGS as readonly string[]).includes(g))
        throw new UsageError(`cannot group by ${g}: say ${GROUPINGS.join(', ')}`);
    }
    const report = withImage(io.cwd, args[0], image => reportOf(image, args[0], by as Grouping[]));
    io.out(flags.has('json') ? `${JSON.stringify(report)}\n` : table(report));
    return Exit.Done;
  },
};

function reportOf(image: Image, file: string, by: Grouping[]): Report {
  const ledger = ledgerOf(image);
  return {
    v: 1,
    file,
    size: ledger.size,
    format: image.format,
    goos: image.goos,
    goarch: image.goarch,
    go: readBuildInfo(image)?.goVersion ?? '',
    unknown: ledger.unknown,
    rows: groupLedger(image, ledger, by),
  };
}

function table(report: Report): string {
  const width = Math.max(10, ...report.rows.map(r => String(r.size).length));
  const lines = [`${'bytes'.padStart(width)}      %  kind`];
  for (const r of report.rows) {
    const share = ((100 * r.size) / report.size).toFixed(2).padStart(6);
    lines.push(`${String(r.size).padStart(width)} ${share}  ${r.kind.padEnd(14)}  ${r.path.join(' › ')}`);
  }
  lines.push(
    `${String(report.size).padStart(width)} 100.00  ${report.format} ${report.goos}/${report.goarch} ${report.go}`,
    '',
  );
  return lines.join('\n');
}
