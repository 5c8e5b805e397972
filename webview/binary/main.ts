/** The binary explorer: what the host tells, and what the page shows of it. */
import type {
  BinaryHead,
  BinaryResult,
  BinarySummary,
  FromBinaryPage,
  PackedTable,
  PageQuery,
  ToBinaryPage,
} from '../../server/protocol/binary.ts';
import { unpackTable } from '../../server/protocol/packed.ts';
import { notice, onThemeChange } from '../dom.ts';
import { connectHost, download } from '../host.ts';
import { Palette } from './colors.ts';
import { type Exploration, explore, type Page } from './explore.ts';
import { headLine, stripElement } from './header.ts';
import type { Difference, Shown } from './place.ts';
import { FIRST_STATE, type State } from './state.ts';

/** What a page that is a file by itself brings along. */
interface Embedded {
  summary: BinarySummary;
  table: PackedTable;
  difference?: Difference;
}

const host = connectHost<ToBinaryPage, FromBinaryPage, State>();
const embedded = document.getElementById('data')?.textContent;
const state: State = { ...FIRST_STATE, ...host.restore() };
const page: Page = {
  app: document.getElementById('app')!,
  state,
  palette: new Palette(),
  send: host.send,
  keep: () => host.save(state),
  ask,
  save,
  live: !embedded,
};
page.app.setAttribute('role', 'main');
const waiting = new Map<number, (result: BinaryResult) => void>();
let questions = 0;
let shown: Shown | null = null;
/** None while there is only a notice. */
let exploration: Exploration | null = null;
onThemeChange(() => {
  page.palette.reload();
  exploration?.refresh();
});

host.onMessage(message => {
  switch (message.type) {
    case 'loading':
      return showNotice(message.what, null);
    case 'head':
      return showHead(message.head);
    case 'failed':
      return showNotice(`${message.name} cannot be shown: ${message.message}.`, 'Try again');
    case 'binary':
      shown = { ...message, table: unpackTable(message.table) };
      show(shown, null);
      // to make and send them would keep what is shown from the screen
      if (!message.whole) requestAnimationFrame(() => setTimeout(() => host.send({ type: 'rows' })));
      return;
    case 'rows':
      if (shown === null) return;
      shown.table = unpackTable(message.table);
      shown.whole = true;
      return exploration?.complete();
    case 'difference':
      if (shown !== null) show(shown, message);
      return;
    case 'answer':
      waiting.get(message.id)?.(message.result);
      waiting.delete(message.id);
  }
});
host.send({ type: 'ready' });
if (embedded) {
  const { summary, table, difference } = JSON.parse(embedded) as Embedded;
  shown = { summary, table: unpackTable(table), whole: true, history: [] };
  show(shown, difference ?? null);
}

function ask(query: PageQuery): Promise<BinaryResult> {
  const id = ++questions;
  host.send({ type: 'query', id, query });
  return new Promise(resolve => waiting.set(id, resolve));
}

/** Asks the host for a place; a page that is a plain file has the browser download it. */
function save(name: string, text: string): void {
  if (embedded) download(name, text);
  else host.send({ type: 'save', name, text });
}

function show(file: Shown, difference: Difference | null): void {
  const alone = () => show(file, null);
  if (difference !== null && difference.rows.now.length === 0)
    sameNotice(difference.old.name, file.summary.name, alone);
  else exploration = explore(page, file, difference, alone);
}

function showNotice(text: string, action: string | null): void {
  exploration = null;
  page.app.replaceChildren(notice(text, action, () => host.send({ type: 'retry' })));
}

/** What is known before the bytes are added up. */
function showHead(head: BinaryHead): void {
  const busy = notice('Adding up its bytes…', null);
  page.app.replaceChildren(headLine(head), stripElement(head, null, null), busy);
}

function sameNotice(old: string, name: string, alone: () => void): void {
  exploration = null;
  const text = `${name} and ${old} have the same rows: nothing came, went or changed its size.`;
  page.app.replaceChildren(notice(text, `Show ${name}`, alone));
}
