/** gospect size: what every byte of a file is, and the difference of two files. */
import fs from 'node:fs';
import path from 'node:path';
import { portOf, readBuildInfo } from '../../core/binary/buildinfo.ts';
import type { ByteSource } from '../../core/binary/bytes.ts';
import type { Image } from '../../core/binary/image.ts';
import { makerNote } from '../../core/binary/maker.ts';
import { headerLedgerOf, ledgerOf } from '../../core/size/attribute.ts';
import { type BudgetLine, checkBudget, parseBudget } from '../../core/size/budget.ts';
import { type DiffGroup, diffOf, groupDiff } from '../../core/size/diff.ts';
import { GROUPINGS, type Grouping, type GroupRow, groupLedger } from '../../core/size/group.ts';
import type { Ledger } from '../../core/size/ledger.ts';
import { type Savings, savings } from '../../core/size/savings.ts';
import { debugReader } from '../binary/debug-thread.ts';
import { withImage, withSource } from '../binary/file.ts';
import { answerOf, compareBinaries, guarded, type OpenBinary, openBinary } from '../binary/report.ts';
import { atMostOne, type Command, Exit, type Io, UsageError } from '../command.ts';
import { fileError } from '../node-files.ts';
import { htmlPage } from '../html-page.ts';

interface Report {
  v: 1;
  file: string;
  size: number;
  format: string;
  goos: string;
  goarch: string;
  go: string;
  unknown: number;
  /** Said when the file is packed or not of Go. */
  note?: string;
  /** Bytes that -ldflags=-w and -ldflags=-s would leave out. */
  savings: Savings;
  rows: GroupRow[];
}

interface DiffReport {
  v: 1;
  /** The old file, and the new one. */
  old: Omit<Report, 'v' | 'rows'>;
  new: Omit<Report, 'v' | 'rows'>;
  delta: number;
  /** What differs: bytes in the old and the new file; `was`: under another name there; `follows`: from other changes. */
  rows: { path: string[]; kind: string; old: number; new: number; delta: number; was?: string; follows?: true }[];
}

export const size: Command = {
  name: 'size',
  usage: '[--by groups | --sections] [--json | --html] [--budget file] FILE [FILE2]',
  help: [
    'Every byte of the file is in exactly one row: the rows add up to the file. What nothing explains is in the row',
    'unknown.',
    '',
    'Of two files the difference is shown: FILE is the old one, FILE2 the new. What has another name is matched by its',
    'code. Rows that only follow from others, such as padding and symbol tables, come last.',
    '',
    'A budget is a JSON file such as {"size": "20 MB", "package": {"net/http": "600 KB", "golang.org/x/...": "1 MiB"},',
    '"kind": {"dwarf": 0}}: size is the whole file, the other keys are those of --by.',
  ].join('\n'),
  examples: [
    ['size app', 'by package'],
    ['size --by package,symbol old new', 'what grew'],
    ['size --budget budget.json app', 'a check for CI'],
    ['size --html app > app.html', 'the page for a browser'],
  ],
  flags: {
    by: {
      value: 'required',
      placeholder: 'groups',
      help: `outermost first: ${GROUPINGS.join(', ')} (default package; of two files package,symbol)`,
    },
    sections: { value: 'none', help: 'by section, from the headers alone: at once, whatever the size of the file' },
    json: { value: 'none', help: 'print JSON' },
    budget: {
      value: 'required',
      placeholder: 'file',
      help: 'compare with the limits of a JSON file instead; exit status 1 when one is exceeded',
    },
    html: { value: 'none', help: 'print the page of the editor as one file for a browser' },
  },
  run({ flags, args }, io) {
    if (args.length !== 1 && args.length !== 2) throw new UsageError('which file? gospect size FILE [FILE2]');
    const by = (flags.get('by') ?? (args.length === 2 ? 'package,symbol' : 'package')).split(',');
    for (const g of by) {
      if (!(GROUPINGS as readonly string[]).includes(g))
        throw new UsageError(`cannot group by ${g}: say ${GROUPINGS.join(', ')}`);
    }
    atMostOne(flags, ['json', 'html']);
    atMostOne(flags, ['budget', 'html']);
    for (const other of ['by', 'budget', 'html']) atMostOne(flags, ['sections', other]);
    if (flags.has('sections') && args.length === 2) throw new UsageError('-sections is for one file');
    if (flags.has('budget') && args.length === 2) throw new UsageError('-budget is for one file');
    if (flags.has('html')) {
      const [file, old] = args.toReversed();
      const report = withSource(io.cwd, file, source => {
        const now = opened(file, source);
        const found = {
          ...answered(file, () => answerOf(now, { type: 'open' })),
          ...answered(file, () => answerOf(now, { type: 'rows' })),
        };
        if (old === undefined) return found;
        const difference = withSource(io.cwd, old, before =>
          answered(file, () => compareBinaries(opened(old, before), now)),
        );
        return { ...found, difference };
      });
      io.out(htmlPage('binary', path.basename(file), report));
      return Exit.Done;
    }
    if (args.length === 2) {
      const [old, now] = args;
      const report = withImage(io.cwd, old, before =>
        withImage(io.cwd, now, after => diffReport(before, old, after, now, by as Grouping[])),
      );
      io.out(flags.has('json') ? `${JSON.stringify(report)}\n` : diffTable(report));
      return Exit.Done;
    }
    const budget = flags.get('budget');
    if (budget !== undefined) return checkAgainst(budget, args[0], flags.has('json'), io);
    const report = withImage(io.cwd, args[0], image =>
      flags.has('sections')
        ? reportOf(image, headerLedgerOf(image), args[0], ['section'])
        : reportOf(image, ledgerOf(image, debugReader), args[0], by as Grouping[]),
    );
    io.out(flags.has('json') ? `${JSON.stringify(report)}\n` : table(report));
    return Exit.Done;
  },
};

/** Prints every limit with what there is; the exit status says whether all are kept. */
function checkAgainst(budget: string, file: string, json: boolean, io: Io): Exit {
  let text: string;
  try {
    text = fs.readFileSync(path.resolve(io.cwd, budget), 'utf8');
  } catch (error) {
    throw new UsageError(fileError(error, 'open', budget));
  }
  const limits = parseBudget(text);
  if (typeof limits === 'string') throw new UsageError(`cannot use the budget ${budget}: ${limits}`);
  const lines = withImage(io.cwd, file, image =>
    checkBudget(limits, image, ledgerOf(image, debugReader), readBuildInfo(image)),
  );
  const exceeded = lines.filter(l => l.bytes > l.limit);
  if (json) {
    io.out(`${JSON.stringify({ v: 1, file, ok: exceeded.length === 0, limits: lines })}\n`);
    return exceeded.length === 0 ? Exit.Done : Exit.Errors;
  }
  const name = (l: BudgetLine) => (l.by === 'size' ? file : `${l.by} ${l.group}`);
  for (const l of lines) {
    const over = l.bytes - l.limit;
    const said = over > 0 ? `OVER by ${over} (${((100 * over) / Math.max(1, l.limit)).toFixed(1)} %)` : 'ok';
    io.out(`${String(l.bytes).padStart(10)} of ${String(l.limit).padStart(10)}  ${said.padEnd(4)}  ${name(l)}\n`);
  }
  if (exceeded.length > 0)
    io.err(`gospect size: ${exceeded.length} of ${lines.length} limits of ${budget} are exceeded\n`);
  return exceeded.length === 0 ? Exit.Done : Exit.Errors;
}

function opened(file: string, source: ByteSource): OpenBinary {
  const read = openBinary(path.basename(file), source, debugReader);
  if (!read.ok) throw new UsageError(`cannot read ${file}: ${read.message}`);
  return read.value;
}

function answered<T>(file: string, answer: () => T): T {
  const read = guarded(answer);
  if (!read.ok) throw new UsageError(`cannot read ${file}: ${read.message}`);
  return read.value;
}

function reportOf(image: Image, ledger: Ledger, file: string, by: Grouping[]): Report {
  return { v: 1, ...headOf(image, ledger, file), rows: groupLedger(image, ledger, by, readBuildInfo(image)) };
}

function headOf(image: Image, ledger: Ledger, file: string): Omit<Report, 'v' | 'rows'> {
  const info = readBuildInfo(image);
  const note = makerNote(ledger.maker);
  return {
    file,
    size: ledger.size,
    format: image.format,
    ...portOf(image, info),
    go: info?.goVersion ?? '',
    unknown: ledger.unknown,
    savings: savings(image, info?.goVersion ?? ''),
    ...(note === '' ? {} : { note }),
  };
}

function diffReport(before: Image, old: string, after: Image, now: string, by: Grouping[]): DiffReport {
  const was = { image: before, ledger: ledgerOf(before, debugReader) };
  const is = { image: after, ledger: ledgerOf(after, debugReader) };
  const row = (group: DiffGroup): DiffReport['rows'][number] => ({
    path: group.path,
    kind: group.kind,
    old: group.old,
    new: group.now,
    delta: group.now - group.old,
    ...(group.was === '' ? {} : { was: group.was }),
    ...(group.follows ? { follows: true } : {}),
  });
  return {
    v: 1,
    old: headOf(before, was.ledger, old),
    new: headOf(after, is.ledger, now),
    delta: is.ledger.size - was.ledger.size,
    rows: groupDiff(diffOf(was, is), by, readBuildInfo(after)).map(row),
  };
}

const signed = (bytes: number) => (bytes > 0 ? `+${bytes}` : String(bytes));

function diffTable(report: DiffReport): string {
  const width = Math.max(10, String(report.new.size).length, String(report.old.size).length);
  const column = (text: string) => text.padStart(width);
  const lines = [`${column('difference')} ${column('old')} ${column('new')}  kind`];
  const add = (r: DiffReport['rows'][number]) => {
    const name = r.path.join(' › ') + (r.was === undefined ? '' : ` (was ${r.was})`);
    lines.push(
      `${column(signed(r.delta))} ${column(String(r.old))} ${column(String(r.new))}  ${r.kind.padEnd(14)}  ${name}`,
    );
  };
  for (const r of report.rows) if (!r.follows) add(r);
  const follows = report.rows.filter(r => r.follows);
  if (follows.length > 0 && follows.length < report.rows.length) lines.push('', 'These follow:');
  for (const r of follows) add(r);
  const { old, new: now } = report;
  lines.push(`${column(signed(report.delta))} ${column(String(old.size))} ${column(String(now.size))}  in all`, '');
  return lines.join('\n');
}

/** What could be left out, when there is anything. */
function saved({ w, s }: Savings): string[] {
  const lines = [];
  if (w > 0) lines.push(`-ldflags=-w (no debug information) saves ${w}`);
  if (s > 0) lines.push(`-ldflags=-s (no symbols either) saves ${s}`);
  return lines;
}

function table(report: Report): string {
  const width = report.rows.reduce((most, r) => Math.max(most, String(r.size).length), 10);
  const lines = [`${'bytes'.padStart(width)}      %  kind`];
  for (const r of report.rows) {
    const share = ((100 * r.size) / report.size).toFixed(2).padStart(6);
    lines.push(`${String(r.size).padStart(width)} ${share}  ${r.kind.padEnd(14)}  ${r.path.join(' › ')}`);
  }
  lines.push(
    `${String(report.size).padStart(width)} 100.00  ${report.format} ${report.goos}/${report.goarch} ${report.go}`,
    ...(report.note === undefined ? [] : [report.note]),
    ...saved(report.savings),
    '',
  );
  return lines.join('\n');
}
