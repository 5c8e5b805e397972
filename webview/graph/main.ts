/** The action graph of a build: the answer first, then the timeline, the graph and the table of the same actions. */
import type { FromGraphPage, GraphAction, GraphData, ToGraphPage } from '../../server/protocol/builds.ts';
import { el, onThemeChange, searchField, tabBar, textMatcher } from '../dom.ts';
import { connectHost, download } from '../host.ts';
import { actionTable } from './actions.ts';
import { answer, causes, facts } from './answer.ts';
import { compareTable, comparison } from './compare.ts';
import { detailsView, hoverCard } from './details.ts';
import { type LiveView, liveView } from './live.ts';
import { NetworkView } from './network.ts';
import { nameOf, Palette } from './palette.ts';
import { processTable } from './processes.ts';
import { TimelineView } from './timeline.ts';
import { whatIfControl, type WhatIfState } from './whatif.ts';

type Tab = 'timeline' | 'graph' | 'table' | 'processes' | 'compare';

/** What survives hiding, reload and restart. */
interface State {
  tab: Tab;
  search: string;
  /** Name and mode of the action that is selected: its number is another one in the next build. */
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
  if (message.type === 'loading') notice(`Reading ${message.name}…`, null);
  else if (message.type === 'failed') notice(`${message.name} cannot be shown: ${message.message}.`, 'Try again');
  else show(message.graph, message.other);
});
host.send({ type: 'ready' });
// a page saved as a file brings its data along
const embedded = document.getElementById('data')?.textContent;
if (embedded) show(JSON.parse(embedded) as GraphData, null);

function notice(text: string, action: string | null): void {
  themed = null;
  const box = el('div', { class: 'notice', role: 'status' }, el('p', {}, text));
  if (action !== null) {
    const button = el('button', { class: 'primary' }, action);
    button.addEventListener('click', () => host.send({ type: 'retry' }));
    box.append(button);
  }
  app.replaceChildren(box);
}

function show(graph: GraphData, other: GraphData | null): void {
  const { actions } = graph;
  if (actions.length === 0) {
    notice('The record holds no actions: nothing was built.', null);
    return;
  }
  const keyOf = (a: GraphAction) => `${a.mode} ${a.package}`;
  let selected = actions.findIndex(a => keyOf(a) === state.selected);
  /** The action that the graph is narrowed to, with what is connected to it. */
  let only: number | null = null;
  const collapse = () => state.collapse ?? actions.length > 60;

  const compared = other === null ? null : compareTable(graph, other, select);
  const processes = graph.processes === null || graph.processes.length < 2 ? null : processTable(graph, select);
  if ((state.tab === 'processes' && !processes) || (state.tab === 'compare' && !compared)) state.tab = 'timeline';
  const tabs = tabBar<Tab>(
    'Views of the build',
    [
      ['timeline', 'Timeline'],
      ['graph', 'Graph'],
      ['table', 'Table'],
      ...(processes ? [['processes', 'Processes'] as const] : []),
      ...(compared ? [['compare', 'Compare'] as const] : []),
    ],
    tab => {
      state.tab = tab;
      refresh();
    },
  );
  const tools = el('span', { class: 'tools' });
  const panel = el('section', { class: 'panel', role: 'tabpanel' });
  const details = detailsView(graph, select);
  const card = hoverCard(graph);
  const legend = el('div', { class: 'legend' });
  let saving = 0;
  const timeline = new TimelineView(
    graph,
    palette,
    {
      select,
      hover: card.show,
      moved(from, to) {
        state.window = from <= 0 && to >= graph.wall ? null : { from, to };
        clearTimeout(saving);
        saving = window.setTimeout(() => host.save(state), 300);
      },
    },
    state.window,
  );
  let network: NetworkView | null = null;
  const numbers = new Map(actions.map((a, id) => [a, id]));
  const rows = actionTable(a => select(numbers.get(a) ?? -1));
  const search = searchField('Search packages, /regular expression/ too', state.search, searched, found => {
    const matches = matcher(state.search, actions);
    const first = found && matches !== null ? actions.findIndex((a, id) => matches(id) && a.lane >= 0) : -1;
    if (first >= 0) select(first);
    const views = { timeline, graph: network, table: rows, processes: processes?.view, compare: compared?.view };
    views[state.tab]?.focus();
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
    timeline.select(id);
    network?.select(id);
    rows.select(id < 0 ? null : actions[id]);
    details.show(id);
  }

  function searched(text: string): void {
    state.search = text;
    refresh();
  }

  function refresh(): void {
    host.save(state);
    tabs.show(state.tab);
    legend.replaceChildren(
      ...palette.legend(actions).map(([name, c]) => el('span', {}, el('i', { style: `background:${c}` }), name)),
      el('span', {}, el('i', { class: 'outlined' }), 'critical path'),
      el('span', { class: 'faint' }, 'faint: from the cache'),
    );
    tools.replaceChildren(...(state.tab === 'graph' ? networkTools() : []));
    const matches = matcher(state.search, actions);
    if (state.tab === 'timeline') {
      panel.replaceChildren(timeline.element, legend);
      timeline.filter(matches);
      timeline.select(selected);
    } else if (state.tab === 'graph') {
      const fresh = network === null;
      network ??= new NetworkView(graph, palette, { select, hover: card.show });
      panel.replaceChildren(network.element, legend);
      if (fresh) network.show(collapse(), only);
      network.filter(matches);
      network.select(selected);
    } else if (state.tab === 'processes' && processes) {
      panel.replaceChildren(
        processes.view.element,
        el('p', { class: 'note' }, 'Seen four times a second: programs that lived shorter may be missing.'),
      );
      processes.show(textMatcher(state.search));
    } else if (state.tab === 'compare' && compared && other) {
      panel.replaceChildren(el('p', { class: 'note' }, comparison(graph, other)), compared.view.element);
      compared.show(textMatcher(state.search));
    } else {
      panel.replaceChildren(rows.element);
      rows.show(actions.filter((_, id) => matches === null || matches(id)));
      rows.select(selected < 0 ? null : actions[selected]);
    }
    details.show(selected);
  }

  /** What decides which actions the graph shows. */
  function networkTools(): HTMLElement[] {
    const redraw = () => {
      network = null;
      refresh();
    };
    const box = el('input', { type: 'checkbox', ...(collapse() ? { checked: '' } : {}) });
    box.addEventListener('change', () => {
      state.collapse = box.checked;
      redraw();
    });
    const focus = el('button', {}, only === null ? 'Only what is connected to the selection' : 'Show all');
    focus.disabled = only === null && selected < 0;
    focus.addEventListener('click', () => {
      only = only === null ? selected : null;
      redraw();
    });
    return [el('label', {}, box, ' standard library as one'), focus];
  }

  document.onkeydown = e => {
    if (e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement) return;
    if (e.key === '/') {
      search.focus();
      e.preventDefault();
    } else if (e.key === '?') details.showKeys();
    else if (e.key === 'Escape') select(-1);
  };
  themed = () => {
    network?.draw();
    timeline.draw();
    refresh();
  };
  refresh();
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
  button('Export…', 'Save the build as JSON: gospect graph reads it too', () =>
    save('build.json', `${JSON.stringify(graph, null, 1)}\n`),
  );
  return el(
    'div',
    { class: 'header' },
    el('h1', {}, graph.title),
    el('span', { class: 'facts' }, facts(graph)),
    el('span', { class: 'grow' }),
    ...buttons,
    search,
  );
}

/** Asks the host for a place; a page that is a plain file has the browser download it. */
function save(name: string, text: string): void {
  if (embedded) download(name, text);
  else host.send({ type: 'save', name, text });
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

/** Which actions a search is for, by number; null for all. */
function matcher(text: string, actions: readonly GraphAction[]): ((id: number) => boolean) | null {
  const matches = textMatcher(text);
  return matches === null ? null : id => matches(nameOf(actions[id]));
}
