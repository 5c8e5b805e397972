/** The action graph of a build: the answer first, then the timeline, the graph and the table of the same actions. */
import type { FromGraphPage, GraphAction, GraphData, ToGraphPage } from '../../server/protocol/builds.ts';
import { el, notice, onThemeChange, searchField, tabBar } from '../dom.ts';
import { connectHost, download } from '../host.ts';
import { answer, causes, facts } from './answer.ts';
import { detailsView, hoverCard } from './details.ts';
import { type LiveView, liveView } from './live.ts';
import { Palette } from './palette.ts';
import {
  comparePanel,
  matcher,
  networkPanel,
  type Page,
  type Panel,
  processPanel,
  type Tab,
  tablePanel,
  timelinePanel,
} from './panels.ts';
import { whatIfControl, type WhatIfState } from './whatif.ts';

/** What survives hiding, reload and restart. */
interface State {
  tab: Tab;
  search: string;
  /** Name and mode of the action that is selected: numbers of actions differ from build to build. */
  selected: string;
  collapse: boolean | null;
  window: { from: number; to: number } | null;
  what: WhatIfState;
}

const host = connectHost<ToGraphPage, FromGraphPage, State>();
const noChange = (): WhatIfState => ({ workers: 0, noCgo: false, package: '', factor: 0 });
const app = document.getElementById('app')!;
app.setAttribute('role', 'main');
const palette = new Palette();
const state: State = host.restore() ?? {
  tab: 'timeline',
  search: '',
  selected: '',
  collapse: null,
  window: null,
  what: noChange(),
};
state.what ??= noChange();
let themed: (() => void) | null = null;
onThemeChange(() => {
  palette.reload();
  themed?.();
});

let live: LiveView | null = null;
let answered: ((wall: number) => void) | null = null;
host.onMessage(message => {
  if (message.type === 'live') {
    if (live === null) {
      live = liveView(message.name, message.target, palette);
      themed = null;
      app.replaceChildren(live.element);
    }
    live.update(message.spans);
    return;
  }
  if (message.type === 'whatIf') {
    answered?.(message.wall);
    return;
  }
  live?.stop();
  live = null;
  if (message.type === 'loading') showNotice(`Reading ${message.name}…`, null);
  else if (message.type === 'failed') showNotice(`${message.name} cannot be shown: ${message.message}.`, 'Try again');
  else show(message.graph, message.other);
});
host.send({ type: 'ready' });
// a page saved as a file brings its data along
const embedded = document.getElementById('data')?.textContent;
if (embedded) show(JSON.parse(embedded) as GraphData, null);

function showNotice(text: string, action: string | null): void {
  themed = null;
  app.replaceChildren(notice(text, action, () => host.send({ type: 'retry' })));
}

function show(graph: GraphData, other: GraphData | null): void {
  const { actions } = graph;
  if (actions.length === 0) {
    showNotice('The record holds no actions: nothing was built.', null);
    return;
  }
  const keyOf = (a: GraphAction) => `${a.mode} ${a.package}`;
  let selected = actions.findIndex(a => keyOf(a) === state.selected);
  const card = hoverCard(graph);
  const page: Page = { graph, palette, card, selected: () => selected, select, refresh };
  const panels = panelsOf(page, other);
  if (!panels.has(state.tab)) state.tab = 'timeline';
  const current = () => panels.get(state.tab)!;

  const panel = el('section', { class: 'panel', role: 'tabpanel' });
  const tabs = tabBar<Tab>(
    'Views of the build',
    [...panels].map(([tab, { title }]) => [tab, title] as const),
    tab => {
      state.tab = tab;
      refresh();
    },
    panel,
  );
  const tools = el('span', { class: 'tools' });
  const details = detailsView(graph, select);
  const search = searchField('Search packages, /regular expression/ too', state.search, searched, found => {
    const matches = matcher(state.search, actions);
    const first = found && matches !== null ? actions.findIndex((a, id) => matches(id) && a.lane >= 0) : -1;
    if (first >= 0) select(first);
    current().focus();
  });
  app.replaceChildren(
    header(graph, search),
    el('p', { class: 'answer' }, answer(graph)),
    el('div', { class: 'tab-row' }, tabs.element, el('span', { class: 'grow' }), tools),
    el('div', { class: 'main' }, panel, details.element),
    footer(graph),
    card.element,
  );

  function select(id: number): void {
    selected = id;
    state.selected = id < 0 ? '' : keyOf(actions[id]);
    host.save(state);
    for (const p of panels.values()) p.select(id);
    // the tools may be about the action that is selected
    tools.replaceChildren(...(current().tools?.() ?? []));
    details.show(id);
  }

  function searched(text: string): void {
    state.search = text;
    refresh();
  }

  function refresh(): void {
    host.save(state);
    tabs.show(state.tab);
    tools.replaceChildren(...(current().tools?.() ?? []));
    panel.replaceChildren(...current().show(state.search));
    current().select(selected);
    details.show(selected);
  }

  document.onkeydown = e => {
    if (e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement) return;
    // what is under the pointer moves away from it
    card.show(null, 0, 0);
    if (e.key === '/') {
      search.focus();
      e.preventDefault();
    } else if (e.key === '?') details.showKeys();
    else if (e.key === 'Escape') select(-1);
  };
  themed = () => {
    for (const p of panels.values()) p.draw();
    refresh();
  };
  refresh();
}

/** The tabs that there is something to show in, in their order. */
function panelsOf(page: Page, other: GraphData | null): Map<Tab, Panel> {
  let saving = 0;
  const moved = (to: State['window']): void => {
    state.window = to;
    clearTimeout(saving);
    saving = window.setTimeout(() => host.save(state), 300);
  };
  const collapse = {
    get: () => state.collapse ?? page.graph.actions.length > 60,
    set: (to: boolean) => void (state.collapse = to),
  };
  const processes = processPanel(page);
  return new Map<Tab, Panel>([
    ['timeline', timelinePanel(page, state.window, moved)],
    ['graph', networkPanel(page, collapse)],
    ['table', tablePanel(page)],
    ...(processes ? [['processes', processes] as const] : []),
    ...(other ? [['compare', comparePanel(page, other)] as const] : []),
  ]);
}

function header(graph: GraphData, search: HTMLElement): HTMLElement {
  const buttons: HTMLElement[] = [];
  const button = (text: string, title: string, click: () => void) => {
    const element = el('button', { title }, text);
    element.addEventListener('click', click);
    buttons.push(element);
  };
  if (!embedded)
    button('Compare…', 'Set another build beside this one', () => {
      state.tab = 'compare';
      host.save(state);
      host.send({ type: 'compare' });
    });
  if (embedded)
    button('Export', 'Save the build as JSON: gospect graph --from reads it too', () =>
      download('build.json', `${JSON.stringify(graph, null, 1)}\n`),
    );
  else button('Export…', 'Save the build as JSON, a page, a trace or DOT', () => host.send({ type: 'export' }));
  return el(
    'div',
    { class: 'header' },
    el('h1', {}, graph.title),
    el('span', { class: 'facts' }, facts(graph)),
    el('span', { class: 'grow' }),
    el('span', { class: 'tools' }, ...buttons, search),
  );
}

/** Why things ran, and what would have been different. */
function footer(graph: GraphData): HTMLElement {
  const parts: HTMLElement[] = [];
  const why = causes(graph);
  if (why !== null) parts.push(el('div', {}, el('b', {}, 'Why these ran: '), why));
  const choices = graph.whatIf.filter(w => w.wall > 0);
  if (graph.run > 0 && choices.length > 1) {
    const control = whatIfControl(
      graph,
      state.what,
      embedded ? null : question => host.send({ type: 'whatIf', question }),
      () => host.save(state),
    );
    answered = control.answer;
    parts.push(control.element);
  }
  return el('footer', {}, ...parts);
}
