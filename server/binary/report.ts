/** Answers the binary explorer: one executable, what its bytes are and what it says of itself. */
import { readBuildId } from '../../core/binary/buildid.ts';
import { type BuildInfo, portOf, readBuildInfo } from '../../core/binary/buildinfo.ts';
import { type ByteSource, FormatError } from '../../core/binary/bytes.ts';
import { hardeningOf, linkerVariables } from '../../core/binary/hardening.ts';
import type { Image } from '../../core/binary/image.ts';
import { makerNote } from '../../core/binary/maker.ts';
import { type Read, readImage } from '../../core/binary/open.ts';
import { ledgerOf } from '../../core/size/attribute.ts';
import type { BeginDebug } from '../../core/size/debug.ts';
import { type Functions, functionsOf } from '../../core/size/details.ts';
import { diffOf, type DiffRow, type Side } from '../../core/size/diff.ts';
import type { Ledger } from '../../core/size/ledger.ts';
import { stripOf, stripOfSections, type Table, tableOf } from '../../core/size/summary.ts';
import { packTable } from '../protocol/packed.ts';
import type {
  BinaryAnswer,
  BinaryHead,
  BinaryQuery,
  BinarySummary,
  BinaryTable,
  DifferenceTable,
} from '../protocol/binary.ts';

/** The questions that a file answers by itself. */
export type FileQuery = Exclude<BinaryQuery, { type: 'assembly' | 'why' | 'without' | 'compare' }>;

/** An open executable; its parts are worked out when first asked for, and kept. */
export interface OpenBinary {
  name: string;
  image: Image;
  ledger(): Ledger;
  table(): Table;
  functions(): Functions;
}

/** Opens an executable; `name` is how it is shown, `debugOf` how its debug information is going to be read. */
export function openBinary(name: string, source: ByteSource, debugOf?: BeginDebug): Read<OpenBinary> {
  let ledger: Ledger | null = null;
  let table: Table | null = null;
  let functions: Functions | null = null;
  return readImage(source, image => {
    const added = () => (ledger ??= ledgerOf(image, debugOf));
    return {
      name,
      image,
      ledger: added,
      table: () => (table ??= tableOf(image, added())),
      functions: () => (functions ??= functionsOf(image)),
    };
  });
}

/** Answers with what is damaged told as the open files tell it. */
export function guarded<T>(answer: () => T): Read<T> {
  try {
    return { ok: true, value: answer() };
  } catch (error) {
    if (error instanceof FormatError) return { ok: false, message: error.message };
    throw error;
  }
}

/** What the page shows of a file, in one go. */
export function binaryReport(name: string, source: ByteSource): Read<{ summary: BinarySummary; table: BinaryTable }> {
  const open = openBinary(name, source);
  return open.ok ? guarded(() => ({ summary: summaryOf(open.value), table: open.value.table() })) : open;
}

/** Bytes that one question for bytes is answered with at the most. */
const MOST_BYTES = 65536;
/** Rows that are on their way to the page in no time; of more the large ones come first. */
const MOST_AT_ONCE = 1 << 16;
/** More than a treemap has that fills a window: what is smaller is seen when something is entered. */
const TILES = 1 << 17;

/** Answers a question about an open file. Throws a FormatError for what is damaged. */
export function answerOf(open: OpenBinary, query: FileQuery): BinaryAnswer {
  switch (query.type) {
    case 'open': {
      const ledger = open.ledger();
      const whole = ledger.count <= MOST_AT_ONCE;
      const table = whole ? open.table() : tableOf(open.image, ledger, ledger.size / TILES);
      return { type: 'open', summary: summaryOf(open), table: packTable(table), whole };
    }
    case 'rows':
      return { type: 'rows', table: packTable(open.table()) };
    case 'head':
      return { type: 'head', head: headOf(open) };
    case 'function':
      return { type: 'function', details: open.functions().details(query.symbol) };
    case 'bytes': {
      const { source } = open.image;
      const offset = Math.max(0, Math.min(query.offset, source.size));
      const length = Math.max(0, Math.min(query.length, MOST_BYTES, source.size - offset));
      let bytes = '';
      for (const b of source.read(offset, length)) bytes += b.toString(16).padStart(2, '0');
      return { type: 'bytes', offset, bytes };
    }
    case 'lines':
      return { type: 'lines', lines: open.functions().lines(query.file) };
  }
}

/** The difference of a file to an older one. */
export function compareBinaries(old: OpenBinary, now: OpenBinary): BinaryAnswer {
  const side = (open: OpenBinary): Side => ({ image: open.image, ledger: open.ledger() });
  return {
    type: 'compare',
    old: { name: old.name, size: old.image.source.size },
    size: now.image.source.size,
    rows: differenceTable(diffOf(side(old), side(now))),
  };
}

/** Rows that differ, as parallel columns; text columns are indices into `strings`, of which the first is empty. */
function differenceTable(rows: readonly DiffRow[]): DifferenceTable {
  const strings = [''];
  const ids = new Map([['', 0]]);
  const id = (text: string) => {
    let found = ids.get(text);
    if (found === undefined) ids.set(text, (found = strings.push(text) - 1));
    return found;
  };
  const columns: DifferenceTable = {
    strings,
    section: [],
    pkg: [],
    symbol: [],
    was: [],
    file: [],
    kind: [],
    old: [],
    now: [],
    follows: [],
  };
  for (const row of rows) {
    if (row.old === row.now) continue;
    for (const name of ['section', 'pkg', 'symbol', 'was', 'file', 'kind'] as const) columns[name].push(id(row[name]));
    columns.old.push(row.old);
    columns.now.push(row.now);
    columns.follows.push(Number(row.follows));
  }
  return columns;
}

function headOf({ name, image }: OpenBinary): BinaryHead {
  const { format, source } = image;
  const info = readBuildInfo(image);
  const go = info?.goVersion ?? '';
  return { name, size: source.size, format, ...portOf(image, info), go, strip: stripOfSections(image) };
}

function summaryOf(open: OpenBinary): BinarySummary {
  const { name, image } = open;
  const info = readBuildInfo(image);
  const ledger = open.ledger();
  return {
    name,
    size: ledger.size,
    unknown: ledger.unknown,
    format: image.format,
    ...portOf(image, info),
    go: info?.goVersion ?? '',
    stripped: image.symbols() === null,
    note: makerNote(ledger.maker),
    type: image.type,
    buildId: readBuildId(image) ?? '',
    mainPath: info?.path ?? '',
    modules: modulesOf(info),
    settings: info?.settings ?? [],
    libraries: image.libraries,
    hardening: hardeningOf(image),
    variables: linkerVariables(image, info?.settings ?? []),
    strip: stripOf(ledger),
  };
}

function modulesOf(info: BuildInfo | null): BinarySummary['modules'] {
  if (info === null) return [];
  const all = info.main === null ? info.deps : [info.main, ...info.deps];
  return all.map(({ path, version, replace }) => ({
    path,
    version,
    replaced: replace === null ? '' : `${replace.path} ${replace.version}`.trim(),
    licence: '',
  }));
}
