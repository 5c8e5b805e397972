/** The binary explorer: section strip, treemap and table of the same rows, and what is known of the one that is selected. */
import type {
  BinaryHead,
  BinaryResult,
  BinarySummary,
  BinaryTable,
  DifferenceTable,
  FromBinaryPage,
  PackedTable,
  PageQuery,
  PastBuild,
  ToBinaryPage,
} from '../../server/protocol/binary.ts';
import { unpackTable } from '../../server/protocol/packed.ts';
import { formatCount, formatSize } from '../../server/protocol/units.ts';
import { el, formatBytes, formatShare, formatSigned, onThemeChange, searchField, tabBar, textMatcher } from '../dom.ts';
import { connectHost, download } from '../host.ts';
import { type Colouring, Palette } from './colors.ts';
import { buildInfo, historyView, moduleTable } from './info.ts';
import { SidePanel, type SideTab } from './side.ts';
import { type RowGrouping, rowTable, type TableRow, tableRows } from './rows.ts';
import {
  ancestors,
  buildTree,
  findByKey,
  findSymbol,
  kindsOf,
  type Grouping,
  packageOf,
  rowsOfDifference,
  rowsOfTable,
  type TreeNode,
} from './tree.ts';
import { hoverText, tileFill, TreemapView } from './treemap.ts';
import { splitter } from '../splitter.ts';

type Tab = 'treemap' | 'table' | 'modules' | 'build' | 'history';

/** What survives hiding, reload and restart. */
interface State {
  tab: Tab;
  side: SideTab;
  grouping: Grouping;
  rows: RowGrouping;
  colouring: Colouring;
  search: string;
  view: string;
  selected: string;
  /** Pixels that the details are wide; 0 for what the style sheet says. */
  sideWidth: number;
  /** Of a difference also what only follows from other changes. */
  following: boolean;
}

/** What a page that is a file by itself brings along. */
interface Embedded {
  summary: BinarySummary;
  table: PackedTable;
  difference?: Difference;
}

interface Difference {
  old: { name: string; size: number };
  size: number;
  rows: DifferenceTable;
}

const host = connectHost<ToBinaryPage, FromBinaryPage, State>();
const app = document.getElementById('app')!;
app.setAttribute('role', 'main');
const palette = new Palette();
const state: State = {
  tab: 'treemap',
  side: 'details',
  grouping: 'package',
  rows: 'symbol',
  colouring: 'kind',
  search: '',
  view: '',
  selected: '',
  sideWidth: 0,
  following: false,
  ...host.restore(),
};
const waiting = new Map<number, (result: BinaryResult) => void>();
let questions = 0;
/** What is explored; `whole` once all of its rows are there. */
interface Shown {
  summary: BinarySummary;
  table: BinaryTable;
  whole: boolean;
  history: PastBuild[];
}
let shown: Shown | null = null;
let themed = (): void => {};
/** Called when the rows that were missing have come. */
let completed = (): void => {};
onThemeChange(() => {
  palette.reload();
  themed();
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
      return explore(shown, null);
    case 'rows':
      if (shown === null) return;
      shown.table = unpackTable(message.table);
      shown.whole = true;
      return completed();
    case 'difference':
      if (shown !== null) explore(shown, message);
      return;
    case 'answer':
      waiting.get(message.id)?.(message.result);
      waiting.delete(message.id);
  }
});
host.send({ type: 'ready' });
const embedded = document.getElementById('data')?.textContent;
if (embedded) {
  const { summary, table, difference } = JSON.parse(embedded) as Embedded;
  shown = { summary, table: unpackTable(table), whole: true, history: [] };
  explore(shown, difference ?? null);
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

function showNotice(text: string, action: string | null): void {
  themed = () => {};
  completed = () => {};
  const box = el('div', { class: 'notice', role: 'status' }, el('p', {}, text));
  if (action !== null) {
    const button = el('button', { class: 'primary' }, action);
    button.addEventListener('click', () => host.send({ type: 'retry' }));
    box.append(button);
  }
  app.replaceChildren(box);
}

/** What is known before the bytes are added up. */
function showHead(head: BinaryHead): void {
  const busy = el('div', { class: 'notice', role: 'status' }, el('p', {}, 'Adding up its bytes…'));
  app.replaceChildren(headLine(head), stripElement(head, null, null), busy);
}

function headLine(head: BinaryHead, stripped = false): HTMLElement {
  return el(
    'div',
    { class: 'header' },
    el('h1', {}, head.name),
    el('span', { class: 'facts', title: formatBytes(head.size) }, factsOf(head, stripped)),
  );
}

function explore(file: Shown, difference: Difference | null): void {
  const { summary, history } = file;
  if (difference !== null && difference.rows.now.length === 0) {
    sameNotice(difference.old.name, file);
    return;
  }
  // where nothing else differs, what follows is all there is to show
  const onlyFollowing = difference !== null && !difference.rows.follows.includes(0);
  const rowsToShow = () =>
    difference === null
      ? rowsOfTable(file.table, !file.whole)
      : rowsOfDifference(difference.rows, state.following || onlyFollowing);
  let source = rowsToShow();
  if (difference !== null) state.colouring = 'difference';
  else if (state.colouring === 'difference') state.colouring = 'kind';
  let tree = buildTree(source, summary.name, state.grouping);
  let view = findByKey(tree, state.view) ?? tree;
  let selected: TreeNode | null = state.selected === '' ? null : findByKey(tree, state.selected);
  const whole = () => (difference === null ? summary.size : tree.size);
  const mainModule = summary.modules[0]?.path ?? '';
  const color = (node: TreeNode) => {
    if (state.colouring === 'difference') return palette.difference(node.old, node.now);
    if (state.colouring === 'kind') return palette.kind(node.kind);
    return palette.package(packageOf(node), mainModule);
  };

  const search = searchField(
    'Search symbols and packages, /regular expression/ too',
    state.search,
    text => {
      state.search = text;
      refresh();
    },
    () => (state.tab === 'table' ? rows : canvas).focus(),
  );
  const groupSelect = choice('Group', ['package', 'section'], state.grouping, value => {
    state.grouping = value as Grouping;
    rebuild();
  });
  const colours = difference === null ? ['kind', 'package'] : ['difference', 'kind', 'package'];
  const colorSelect = choice('Colour', colours, state.colouring, value => {
    state.colouring = value as Colouring;
    refresh();
  });
  const rowSelect = choice('Rows', ['symbol', 'package', 'kind', 'file', 'section'], state.rows, value => {
    state.rows = value as RowGrouping;
    refresh();
  });
  const follow = el('input', { type: 'checkbox', ...(state.following ? { checked: '' } : {}) });
  const followBox = el(
    'label',
    { class: 'check', title: 'Padding, tables of symbols and debug information change with everything else' },
    follow,
    'What follows',
  );
  follow.addEventListener('change', () => {
    state.following = follow.checked;
    source = rowsToShow();
    rebuild();
  });
  const exportButton = el('button', { title: 'Save the rows in view as CSV' }, 'Export…');
  exportButton.disabled = !file.whole && difference === null;
  exportButton.addEventListener('click', () => {
    rows.show(rowsInView());
    save(`${summary.name}.csv`, rows.csv());
  });
  const compareButton = el('button', { title: 'Show the difference to an older file' }, 'Compare…');
  compareButton.addEventListener('click', () => host.send({ type: 'compare' }));

  const header = headLine(summary, summary.stripped);
  header.append(el('span', { class: 'grow' }), ...(embedded ? [] : [compareButton]), exportButton, search);
  const compared = difference === null ? null : comparedBar(difference, file);
  const strip = stripElement(summary, summary.unknown, name => {
    state.grouping = 'section';
    groupSelect.querySelector('select')!.value = 'section';
    rebuild();
    const section = tree.children.find(node => node.name === name);
    if (section !== undefined) enter(section);
  });
  const crumbs = el('nav', { class: 'crumbs', 'aria-label': 'Where you are' });
  const canvas = el('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'treemap',
    'aria-label': 'Treemap; the tab Table has the same rows',
  });
  const canvasBox = el('div', { class: 'canvas' }, canvas);
  const legend = el('div', { class: 'legend' });
  const card = el('div', { class: 'card', hidden: '' });
  const label = (node: TreeNode) => (difference === null ? formatSize(node.size) : formatSigned(node.now - node.old));
  const treemap = new TreemapView(canvas, color, label, {
    select,
    enter,
    leave,
    hover(node, x, y) {
      card.hidden = true;
      if (node === null) return;
      card.textContent = hoverText(node, summary.size);
      card.hidden = false;
      card.style.left = `${Math.max(0, Math.min(x + 14, innerWidth - card.offsetWidth - 8))}px`;
      card.style.top = `${Math.max(0, Math.min(y + 14, innerHeight - card.offsetHeight - 8))}px`;
    },
  });
  const side = new SidePanel(summary, state.side, {
    ask,
    live: !embedded,
    kinds: node => kindsOf(source, node),
    open: (file, line) => host.send({ type: 'open', file, line }),
    go(symbol) {
      const node = findSymbol(tree, source, symbol);
      if (node === null) return;
      if (node.parent !== null) view = node.parent;
      selected = node;
      refresh();
    },
    changed(tab) {
      state.side = tab;
      host.save(state);
    },
  });
  const rows = rowTable(difference !== null, summary.size, {
    select: row => row.node !== null && select(row.node),
    open: row => row.node !== null && row.node.file !== '' && host.send({ type: 'open', file: row.node.file, line: 0 }),
    copy: text => host.send({ type: 'copy', text }),
  });
  const info = { modules: moduleTable(summary), build: buildInfo(summary), history: historyView(history) };
  const tabs = tabBar<Tab>(
    'Views of the file',
    [
      ['treemap', 'Treemap'],
      ['table', 'Table'],
      ['modules', `Modules${summary.modules.length > 0 ? ` (${summary.modules.length})` : ''}`],
      ['build', 'Build info'],
      ...(embedded ? [] : [['history', 'History'] as const]),
    ],
    tab => {
      state.tab = tab;
      refresh();
    },
  );
  document.documentElement.onmouseleave = () => (card.hidden = true);
  const split = splitter(side.element, state.sideWidth, width => {
    state.sideWidth = width;
    host.save(state);
  });
  const tools = el('span', { class: 'tools' });
  const panel = el('section', { class: 'panel', role: 'tabpanel' });
  app.replaceChildren(
    header,
    ...(compared === null ? [strip] : [compared]),
    ...(summary.note === '' ? [] : [el('p', { class: 'note', role: 'note' }, `It is ${summary.note}.`)]),
    el('div', { class: 'tab-row' }, tabs.element, el('span', { class: 'grow' }), tools),
    el('div', { class: 'main' }, panel, split, side.element),
    card,
  );

  let rowCache: { view: TreeNode; by: RowGrouping; rows: TableRow[] } | null = null;
  function rowsInView(): TableRow[] {
    if (rowCache?.view !== view || rowCache.by !== state.rows)
      rowCache = { view, by: state.rows, rows: tableRows(source, view, state.rows) };
    const matches = textMatcher(state.search);
    return matches === null ? rowCache.rows : rowCache.rows.filter(row => matches(row.name) || matches(row.pkg));
  }
  /** What is said above a treemap of which no tile matches: where it may be, and a way there. */
  function nothingMatches(): HTMLElement {
    const found = rowsInView().length;
    const inTable = el('button', {}, found === 1 ? 'Show it in the table' : 'Show them in the table');
    inTable.addEventListener('click', () => {
      state.tab = 'table';
      refresh();
    });
    const clear = el('button', {}, 'Clear the search');
    clear.addEventListener('click', () => {
      search.value = state.search = '';
      refresh();
      search.focus();
    });
    const text =
      found === 0
        ? `Nothing here matches ${state.search}.`
        : `No tile in view matches ${state.search}; further in: ${formatCount(found, 'row')}.`;
    return el('p', { class: 'note', role: 'status' }, text, ' ', ...(found === 0 ? [] : [inTable, ' ']), clear);
  }
  function rebuild(): void {
    tree = buildTree(source, summary.name, state.grouping);
    view = tree;
    selected = null;
    rowCache = null;
    refresh();
  }
  function select(node: TreeNode): void {
    selected = node;
    state.selected = node.key;
    treemap.select(node);
    side.show(node);
    host.save(state);
  }
  function enter(node: TreeNode): void {
    if (node.children.length === 0) {
      select(node);
      return;
    }
    view = node;
    refresh();
  }
  function leave(): void {
    if (view.parent === null) return;
    selected = view;
    view = view.parent;
    refresh();
  }
  function refresh(): void {
    card.hidden = true;
    state.view = view.key;
    state.selected = selected?.key ?? '';
    host.save(state);
    tabs.show(state.tab);
    crumbs.replaceChildren(
      ...ancestors(view).flatMap((node, i) => {
        const button = el('button', {}, i === 0 ? summary.name : node.name);
        button.addEventListener('click', () => {
          view = node;
          refresh();
        });
        return i === 0 ? [button] : [' › ', button];
      }),
      el('span', { class: 'sum' }, `${label(view)} · ${formatShare(view.size, whole())}`),
    );
    legend.replaceChildren(
      ...palette
        .legend(state.colouring, kindsOf(source, view))
        .map(([name, c]) => el('span', {}, el('i', { style: `background:${tileFill(c)}` }), name)),
    );
    const shared = difference === null || onlyFollowing ? [] : [followBox];
    tools.replaceChildren(
      ...(state.tab === 'table'
        ? [...shared, rowSelect]
        : state.tab === 'treemap'
          ? [...shared, groupSelect, colorSelect]
          : []),
    );
    if (state.tab === 'treemap') {
      panel.replaceChildren(crumbs, canvasBox, legend);
      treemap.show(view, selected);
      const matches = textMatcher(state.search);
      const some = treemap.filter(matches === null ? null : node => matches(node.name) || matches(node.pkg));
      if (!some) panel.insertBefore(nothingMatches(), canvasBox);
    } else if (state.tab === 'table') {
      panel.replaceChildren(crumbs, rows.element);
      const inView = rowsInView();
      rows.show(inView, state.search === '' ? 'Nothing here.' : `Nothing here matches ${state.search}`);
      rows.select(inView.find(row => row.node === selected) ?? null);
    } else panel.replaceChildren(info[state.tab]);
    side.show(selected ?? view);
  }

  themed = refresh;
  completed = () => {
    if (difference !== null) return;
    exportButton.disabled = false;
    source = rowsToShow();
    const [at, chosen] = [view.key, selected?.key];
    tree = buildTree(source, summary.name, state.grouping);
    view = findByKey(tree, at) ?? tree;
    selected = chosen === undefined ? null : findByKey(tree, chosen);
    rowCache = null;
    refresh();
  };
  document.onkeydown = e => {
    if (e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement) return;
    if (e.key === '/') {
      search.focus();
      e.preventDefault();
    } else if (e.key === '?') side.showKeys();
    else if (e.key === 'Backspace' && document.activeElement !== canvas) leave();
  };
  refresh();
}

function factsOf(summary: BinaryHead, stripped: boolean): string {
  return [
    `${summary.format.toUpperCase().replace('MACHO', 'Mach-O').replace('WASM', 'Wasm')} ${summary.goos}/${summary.goarch}`,
    // what obfuscators say of it
    summary.go === 'unknown' ? 'Go of a release that is not told' : summary.go || 'no Go program',
    formatSize(summary.size),
    ...(stripped ? ['stripped'] : []),
  ].join(' · ');
}

/** What is compared, and a way back. */
function comparedBar({ old, size, rows }: Difference, file: Shown): HTMLElement {
  const change = size - old.size;
  const back = el('button', {}, 'End comparison');
  back.addEventListener('click', () => explore(file, null));
  let more = 0;
  let less = 0;
  for (let i = 0; i < rows.now.length; i++) {
    if (rows.follows[i]) continue;
    const d = rows.now[i] - rows.old[i];
    if (d > 0) more += d;
    else less += d;
  }
  return el(
    'div',
    { class: 'strip-row', role: 'status' },
    el('b', { title: formatBytes(change) }, formatSigned(change)),
    el(
      'span',
      { class: 'facts' },
      `against ${old.name} (${formatSize(old.size)}) · ${formatSigned(more)} and ${formatSigned(less)} in code and data; the rest follows from that`,
    ),
    el('span', { class: 'grow' }),
    back,
  );
}

function sameNotice(old: string, file: Shown): void {
  const { summary } = file;
  showNotice(`${summary.name} and ${old} have the same rows: nothing came, went or changed its size.`, null);
  const back = el('button', { class: 'primary' }, `Show ${summary.name}`);
  back.addEventListener('click', () => explore(file, null));
  app.firstElementChild?.append(back);
}

function choice(label: string, values: string[], value: string, changed: (value: string) => void): HTMLElement {
  const select = el(
    'select',
    { 'aria-label': label },
    ...values.map(v => el('option', v === value ? { selected: '' } : {}, v)),
  );
  select.addEventListener('change', () => changed(select.value));
  return el('label', {}, `${label} `, select);
}

/** One bar for the whole file: its sections in order, each as wide as its share, and a way into each. */
function stripElement(
  summary: BinaryHead,
  unknown: number | null,
  enter: ((section: string) => void) | null,
): HTMLElement {
  const strip = el('div', { class: 'strip', role: 'group', 'aria-label': 'Sections in the order of the file' });
  for (const [i, part] of summary.strip.entries()) {
    const share = (100 * part.size) / summary.size;
    if (share < 0.02) continue;
    const facts = `${formatSize(part.size)} (${formatBytes(part.size)}) · ${share.toFixed(2)} %`;
    const button = el(
      'button',
      {
        class: part.name === 'outside sections' ? 'gap' : i % 2 === 0 ? 'even' : 'odd',
        style: `flex-grow:${part.size}`,
        'aria-label': `${part.name}, ${facts}`,
        title: `${part.name}\n${facts}\nfrom byte ${part.offset}`,
        // one stop for the keyboard: the treemap and the table have the same
        tabindex: '-1',
      },
      share > 4 ? part.name : '',
    );
    button.addEventListener('click', () => enter?.(part.name));
    strip.append(button);
  }
  const row = el('div', { class: 'strip-row' }, strip);
  if (unknown !== null)
    row.append(
      el('span', { class: 'unknown', title: formatBytes(unknown) }, `unknown ${formatShare(unknown, summary.size)}`),
    );
  return row;
}
