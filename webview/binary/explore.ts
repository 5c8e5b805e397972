/** One file in the page, or its difference to another: its views side by side, kept at the same place. */
import type { BinaryResult, BinarySummary, FromBinaryPage, PageQuery } from '../../server/protocol/binary.ts';
import { el, formatShare, searchField, showChildren, tabBar } from '../dom.ts';
import type { Host } from '../host.ts';
import { splitter } from '../splitter.ts';
import type { Palette } from './colors.ts';
import { controlsOf } from './controls.ts';
import { comparedBar, headLine, stripElement } from './header.ts';
import { buildInfo, historyView, moduleTable } from './info.ts';
import { type Difference, Place, type Shown } from './place.ts';
import { rowTable } from './rows.ts';
import { SidePanel } from './side.ts';
import type { State, Tab } from './state.ts';
import { ancestors, kindsOf, type TreeNode } from './tree.ts';
import { amountOf, TreemapPanel } from './treemap-panel.ts';

/** What the page has whatever file it shows. */
export interface Page {
  app: HTMLElement;
  state: State;
  palette: Palette;
  send: Host<unknown, FromBinaryPage, State>['send'];
  keep(): void;
  ask(query: PageQuery): Promise<BinaryResult>;
  save(name: string, text: string): void;
  /** Whether somebody answers: the page is not a file by itself. */
  live: boolean;
}

export interface Exploration {
  /** Draws what is shown anew. */
  refresh(): void;
  /** Shows the rows that were missing. */
  complete(): void;
}

/** Shows a file; `end` is called when its difference to another is not wanted any more. */
export function explore(page: Page, file: Shown, difference: Difference | null, end: () => void): Exploration {
  const { app, state, palette } = page;
  const { summary, history } = file;
  if (difference !== null) state.colouring = 'difference';
  else if (state.colouring === 'difference') state.colouring = 'kind';
  const place = new Place(file, difference, state);

  const search = searchField(
    'Search symbols and packages, /regular expression/ too',
    state.search,
    text => {
      state.search = text;
      refresh();
    },
    () => focusView(),
  );
  const controls = controlsOf(place, state, refresh);
  const exportButton = el('button', { title: 'Save the rows in view as CSV' }, 'Export…');
  exportButton.disabled = !file.whole && difference === null;
  exportButton.addEventListener('click', () => {
    rows.show(place.rowsInView());
    page.save(`${summary.name}.csv`, rows.csv());
  });
  const crumbs = el('nav', { class: 'crumbs', 'aria-label': 'Where you are' });
  const treemap = new TreemapPanel(
    place,
    state,
    palette,
    { size: summary.size, mainModule: summary.modules[0]?.path ?? '' },
    {
      select,
      enter,
      leave,
      toTable() {
        state.tab = 'table';
        refresh();
      },
      clearSearch() {
        search.value = state.search = '';
        refresh();
        search.focus();
      },
    },
  );
  const rows = rowTable(difference !== null, summary.size, {
    select: row => row.node !== null && select(row.node),
    open: row => row.node !== null && row.node.file !== '' && page.send({ type: 'open', file: row.node.file, line: 0 }),
    copy: text => page.send({ type: 'copy', text }),
  });
  const info = { modules: moduleTable(summary), build: buildInfo(summary), history: historyView(history) };
  const side = new SidePanel(summary, state.side, {
    ask: page.ask,
    live: page.live,
    kinds: node => kindsOf(place.source, node),
    open: (file, line) => page.send({ type: 'open', file, line }),
    go: symbol => place.goTo(symbol) && refresh(),
    changed(tab) {
      state.side = tab;
      page.keep();
    },
  });
  const panel = el('section', { class: 'panel', role: 'tabpanel' });
  const tabs = tabBar<Tab>(
    'Views of the file',
    tabsOf(summary, page.live),
    tab => {
      state.tab = tab;
      refresh();
    },
    panel,
  );
  const split = splitter(side.element, state.sideWidth, width => {
    state.sideWidth = width;
    page.keep();
  });
  const tools = el('span', { class: 'tools' });
  app.replaceChildren(
    headerOf(page, summary, exportButton, search),
    difference === null ? stripElement(summary, summary.unknown, enterSection) : comparedBar(difference, end),
    ...(summary.note === '' ? [] : [el('p', { class: 'note', role: 'note' }, `It is ${summary.note}.`)]),
    el('div', { class: 'tab-row' }, tabs.element, el('span', { class: 'grow' }), tools),
    el('div', { class: 'main' }, panel, split, side.element),
    treemap.card,
  );
  document.onkeydown = e => {
    if (e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement) return;
    if (e.key === '/') {
      search.focus();
      e.preventDefault();
    } else if (e.key === '?') side.showKeys();
    else if (e.key === 'Escape') side.hideKeys();
    else if (e.key === 'Backspace' && document.activeElement !== treemap.canvas) leave();
  };
  refresh();
  return {
    refresh,
    complete() {
      if (difference !== null) return;
      exportButton.disabled = false;
      place.complete();
      refresh();
    },
  };

  function select(node: TreeNode): void {
    place.selected = node;
    state.selected = node.key;
    treemap.select(node);
    side.show(node);
    page.keep();
  }
  function enter(node: TreeNode): void {
    if (node.children.length === 0) select(node);
    else goTo(node);
  }
  function leave(): void {
    if (place.leave()) refresh();
  }
  function focusView(): void {
    if (state.tab === 'table') rows.focus();
    else treemap.canvas.focus();
  }
  function goTo(node: TreeNode): void {
    place.view = node;
    refresh();
  }
  function enterSection(name: string): void {
    state.grouping = 'section';
    controls.showGrouping();
    place.regroup();
    refresh();
    const section = place.tree.children.find(node => node.name === name);
    if (section !== undefined) enter(section);
  }
  function refresh(): void {
    const { view, selected } = place;
    treemap.hideCard();
    state.view = view.key;
    state.selected = selected?.key ?? '';
    page.keep();
    tabs.show(state.tab);
    showChildren(tools, ...controls.of(state.tab));
    const steps = stepsTo(place, summary.name, node => {
      goTo(node);
      // the step that was chosen is another element now
      focusView();
    });
    const sum = `${amountOf(place, view)} · ${formatShare(view.size, place.whole)}`;
    crumbs.replaceChildren(...steps, el('span', { class: 'sum' }, sum));
    if (state.tab === 'treemap') treemap.show(panel, crumbs);
    else if (state.tab === 'table') {
      showChildren(panel, crumbs, rows.element);
      const inView = place.rowsInView();
      rows.show(inView, state.search === '' ? 'Nothing here.' : `Nothing here matches ${state.search}`);
      rows.select(inView.find(row => row.node === selected) ?? null);
    } else showChildren(panel, info[state.tab]);
    side.show(selected ?? view);
  }
}

/** Which file it is, with what can be done with it as a whole. */
function headerOf(page: Page, summary: BinarySummary, exportButton: HTMLElement, search: HTMLElement): HTMLElement {
  const compare = el('button', { title: 'Show the difference to an older file' }, 'Compare…');
  compare.addEventListener('click', () => page.send({ type: 'compare' }));
  const header = headLine(summary, summary.stripped);
  header.append(el('span', { class: 'grow' }), ...(page.live ? [compare] : []), exportButton, search);
  return header;
}

function tabsOf({ modules }: BinarySummary, live: boolean): (readonly [tab: Tab, title: string])[] {
  return [
    ['treemap', 'Treemap'],
    ['table', 'Table'],
    ['modules', `Modules${modules.length > 0 ? ` (${modules.length})` : ''}`],
    ['build', 'Build info'],
    ...(live ? [['history', 'History'] as const] : []),
  ];
}

/** The way from the file down to the node in view, as steps that lead back. */
function stepsTo(place: Place, name: string, goTo: (node: TreeNode) => void): (Node | string)[] {
  return ancestors(place.view).flatMap((node, i) => {
    const button = el('button', {}, i === 0 ? name : node.name);
    button.addEventListener('click', () => goTo(node));
    return i === 0 ? [button] : [' › ', button];
  });
}
