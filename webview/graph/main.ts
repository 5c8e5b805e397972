/** The action graph of a build: the answer first, then the timeline, the graph and the table of the same actions. */
import type { FromGraphPage, GraphAction, GraphData, Reason, ToGraphPage } from '../../server/protocol/builds.ts';
import { el, formatShare, onThemeChange, tabBar, textMatcher } from '../dom.ts';
import { connectHost, download } from '../host.ts';
import { TableView } from '../table.ts';
import { isStandard, NetworkView } from './network.ts';
import { comparison, compareTable } from './compare.ts';
import { type LiveView, liveView } from './live.ts';
import { duration, formatTime, nameOf, Palette } from './palette.ts';
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
  let only: number | null = null;
  const waits = new Map(graph.critical.map(step => [step.id, step.wait]));
  const users: number[][] = actions.map(() => []);
  actions.forEach((a, id) => a.deps.forEach(d => users[d].push(id)));
  const collapse = () => state.collapse ?? actions.length > 60;

  const search = el('input', {
    type: 'search',
    placeholder: 'Search (/)',
    'aria-label': 'Search packages, /regular expression/ too',
    value: state.search,
  });
  const exportButton = el('button', { title: 'Save the build as JSON: gospect graph reads it too' }, 'Export…');
  exportButton.addEventListener('click', () => save('build.json', `${JSON.stringify(graph, null, 1)}\n`));
  const header = el(
    'div',
    { class: 'header' },
    el('h1', {}, graph.title),
    el('span', { class: 'facts' }, facts(graph)),
    el('span', { class: 'grow' }),
    exportButton,
    search,
  );
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
  const details = el('aside', { 'aria-label': 'Details', 'aria-live': 'polite' });
  const card = el('div', { class: 'card', hidden: '' });
  const legend = el('div', { class: 'legend' });
  const hover = (id: number | null, x: number, y: number): void => {
    card.hidden = id === null;
    if (id === null) return;
    card.textContent = hoverText(actions[id], waits.get(id));
    card.style.left = `${Math.max(0, Math.min(x + 14, innerWidth - card.offsetWidth - 8))}px`;
    card.style.top = `${Math.max(0, Math.min(y + 14, innerHeight - card.offsetHeight - 8))}px`;
  };
  let saving = 0;
  const timeline = new TimelineView(
    graph,
    palette,
    {
      select,
      hover,
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
  const rows = table(a => select(numbers.get(a) ?? -1));
  const compareButton = el('button', { title: 'Set another build beside this one' }, 'Compare…');
  compareButton.addEventListener('click', () => {
    state.tab = 'compare';
    host.save(state);
    host.send({ type: 'compare' });
  });
  if (!embedded) exportButton.before(compareButton);

  app.replaceChildren(
    header,
    el('p', { class: 'answer' }, answer(graph)),
    el('div', { class: 'tab-row' }, tabs.element, el('span', { class: 'grow' }), tools),
    el('div', { class: 'main' }, panel, details),
    footer(graph),
    card,
  );

  function select(id: number): void {
    selected = id;
    state.selected = id < 0 ? '' : keyOf(actions[id]);
    host.save(state);
    timeline.select(id);
    network?.select(id);
    rows.select(id < 0 ? null : actions[id]);
    showDetails(false);
  }
  function refresh(): void {
    host.save(state);
    tabs.show(state.tab);
    legend.replaceChildren(
      ...palette.legend(actions).map(([name, c]) => el('span', {}, el('i', { style: `background:${c}` }), name)),
      el('span', {}, el('i', { class: 'outlined' }), 'critical path'),
      el('span', { class: 'faint' }, 'faint: from the cache'),
    );
    tools.replaceChildren();
    const matches = matcher(state.search, actions);
    if (state.tab === 'timeline') {
      panel.replaceChildren(timeline.element, legend);
      timeline.filter(matches);
      timeline.select(selected);
    } else if (state.tab === 'graph') {
      const box = el('input', { type: 'checkbox', ...(collapse() ? { checked: '' } : {}) });
      box.addEventListener('change', () => {
        state.collapse = box.checked;
        network = null;
        refresh();
      });
      tools.append(el('label', {}, box, ' standard library as one'));
      const focus = el('button', {}, only === null ? 'Only what is connected to the selection' : 'Show all');
      focus.disabled = only === null && selected < 0;
      focus.addEventListener('click', () => {
        only = only === null ? selected : null;
        network = null;
        refresh();
      });
      tools.append(focus);
      if (network === null) {
        network = new NetworkView(graph, palette, { select, hover });
        panel.replaceChildren(network.element, legend);
        network.show(collapse(), only);
      } else panel.replaceChildren(network.element, legend);
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
    showDetails(false);
  }
  function focusView(): void {
    const views = { timeline, graph: network, table: rows, processes: processes?.view, compare: compared?.view };
    views[state.tab]?.focus();
  }

  function showDetails(keys: boolean): void {
    if (keys) {
      details.replaceChildren(el('h2', {}, 'Keys'), ...keyList());
      return;
    }
    if (selected < 0) {
      details.replaceChildren(el('h2', {}, 'Critical path'), criticalList());
      return;
    }
    const a = actions[selected];
    const list = el('dl', {});
    const fact = (name: string, value: string) => {
      if (value !== '') list.append(el('dt', {}, name), el('dd', {}, value));
    };
    const verdicts = { cached: 'from the cache', run: 'run', failed: 'failed', none: 'nothing to do' };
    fact('action', a.mode);
    fact('result', verdicts[a.verdict]);
    if (duration(a) > 0) {
      fact('took', formatTime(duration(a)));
      fact('share', formatShare(duration(a), graph.wall));
    }
    fact('CPU', a.cpu > 0 ? formatTime(a.cpu) : '');
    fact('started at', a.start >= 0 ? formatTime(a.start) : 'never');
    fact('waited', a.ready >= 0 && a.start - a.ready > 0.5 ? `${formatTime(a.start - a.ready)} for a worker` : '');
    fact('key', a.actionId);
    fact('build ID', a.buildId);
    fact('writes', a.target);
    const jump = (ids: number[], title: string): Node[] => {
      if (ids.length === 0) return [];
      const shown = [...ids].sort((x, y) => actions[y].done - actions[x].done).slice(0, 60);
      const items = shown.map(id => {
        const button = el('button', {}, nameOf(actions[id]));
        button.addEventListener('click', () => select(id));
        return el('li', {}, button, el('span', {}, duration(actions[id]) > 0 ? formatTime(duration(actions[id])) : ''));
      });
      return [el('h2', {}, `${title} (${ids.length})`), el('ul', { class: 'jumps' }, ...items)];
    };
    const reason = graph.reasons?.find(r => r.package === a.package && a.mode === 'build');
    details.replaceChildren(
      el('h2', {}, nameOf(a)),
      list,
      ...(reason ? [el('h2', {}, 'Why it ran'), changes(reason.changes)] : []),
      ...jump(a.deps, 'Waits for'),
      ...jump(users[selected], 'Waited for by'),
      ...(a.commands.length > 0
        ? [el('h2', {}, a.commands.length === 1 ? 'Command' : 'Commands'), el('pre', {}, a.commands.join('\n'))]
        : []),
    );
  }
  function criticalList(): HTMLElement {
    const steps = graph.critical.filter(s => duration(actions[s.id]) > graph.wall / 500).reverse();
    return el(
      'ul',
      { class: 'jumps' },
      ...steps.map(({ id }) => {
        const button = el('button', {}, nameOf(actions[id]));
        button.addEventListener('click', () => select(id));
        return el('li', {}, button, el('span', {}, formatTime(duration(actions[id]))));
      }),
    );
  }

  search.addEventListener('input', () => {
    state.search = search.value;
    refresh();
  });
  search.addEventListener('keydown', e => {
    if (e.key === 'Escape') {
      search.value = state.search = '';
      refresh();
      focusView();
    } else if (e.key === 'Enter') {
      const matches = matcher(state.search, actions);
      const first = matches === null ? -1 : actions.findIndex((a, id) => matches(id) && a.lane >= 0);
      if (first >= 0) select(first);
      focusView();
    }
  });
  document.onkeydown = e => {
    if (e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement) return;
    if (e.key === '/') {
      search.focus();
      e.preventDefault();
    } else if (e.key === '?') showDetails(true);
    else if (e.key === 'Escape') select(-1);
  };
  themed = () => {
    network?.draw();
    timeline.draw();
    refresh();
  };
  refresh();
}

/** Asks the host for a place; a page that is a plain file has the browser download it. */
function save(name: string, text: string): void {
  if (embedded) download(name, text);
  else host.send({ type: 'save', name, text });
}

function facts(graph: GraphData): string {
  return [
    graph.target,
    `${formatTime(graph.wall)} wall`,
    graph.loading > 1 ? `${formatTime(graph.loading)} before that to load packages` : '',
    graph.cpu > 0 ? `${formatTime(graph.cpu)} CPU` : '',
    `${graph.actions.length} actions: ${graph.cached} cached, ${graph.run} run${graph.failed > 0 ? `, ${graph.failed} failed` : ''}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What mattered most, in a sentence. */
function answer(graph: GraphData): string {
  const { actions, wall } = graph;
  if (graph.run === 0) {
    return graph.failed > 0
      ? 'The build failed before anything was compiled.'
      : 'Nothing had to be built: all of it was in the cache.';
  }
  const steps = graph.critical.map(s => s.id).sort((a, b) => duration(actions[b]) - duration(actions[a]));
  const [top] = steps;
  const a = actions[top];
  const share = formatShare(duration(a), wall);
  const beside = actions.filter((b, id) => id !== top && b.lane >= 0 && b.start < a.done && b.done > a.start);
  const busy = beside.reduce((sum, b) => sum + Math.min(b.done, a.done) - Math.max(b.start, a.start), 0);
  const alone = busy < duration(a) * 0.1 ? '; next to nothing ran beside it' : '';
  const what = a.kind === 'link' ? 'the link' : nameOf(a);
  const failed = graph.failed > 0 ? ` ${graph.failed} ${graph.failed === 1 ? 'action' : 'actions'} failed.` : '';
  return `${share} of the time is ${what} (${formatTime(duration(a))})${alone}.${failed}`;
}

/** Why things ran, and what would have been different. */
function footer(graph: GraphData): HTMLElement {
  const parts: HTMLElement[] = [];
  const own = graph.reasons?.filter(r => r.own) ?? [];
  if (graph.reasons !== null && graph.run > 0) {
    const followed = graph.reasons.length - own.length;
    const first = own.slice(0, 3).map(r => `${r.package} — ${r.changes[0].text}`);
    if (own.length > 3) first.push(`${own.length - 3} more`);
    const text =
      graph.reasons.length === 0
        ? graph.actions.some(a => a.verdict === 'run' && a.kind !== 'link')
          ? 'no key differs from the last build of the same: the entries were not in the cache'
          : 'the cache does not hold links'
        : `${first.join('; ')}${followed > 0 ? ` › ${followed} followed` : ''}`;
    parts.push(el('div', {}, el('b', {}, 'Why these ran: '), text));
  }
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

type Change = Reason['changes'][number];

function changes(list: readonly Change[]): HTMLElement {
  return el('ul', { class: 'changes' }, ...list.slice(0, 100).map(c => el('li', {}, c.text)));
}

function hoverText(a: GraphAction, wait: number | undefined): string {
  const lines = [nameOf(a)];
  const took = duration(a);
  lines.push(`${a.verdict === 'cached' ? 'from the cache' : a.mode}${took > 0 ? `, ${formatTime(took)}` : ''}`);
  if (a.cpu > 0) lines.push(`CPU ${formatTime(a.cpu)}`);
  if (wait !== undefined)
    lines.push(wait > 0.5 ? `on the critical path; ready ${formatTime(wait)} before` : 'on the critical path');
  return lines.join('\n');
}

/** Which actions a search is for, by number; null for all. */
function matcher(text: string, actions: readonly GraphAction[]): ((id: number) => boolean) | null {
  const matches = textMatcher(text);
  return matches === null ? null : id => matches(nameOf(actions[id]));
}

function table(select: (action: GraphAction) => void): TableView<GraphAction> {
  const byNumber =
    (value: (a: GraphAction) => number) =>
    (a: GraphAction, b: GraphAction): number =>
      value(a) - value(b);
  const byText =
    (value: (a: GraphAction) => string) =>
    (a: GraphAction, b: GraphAction): number =>
      value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0;
  const group = (a: GraphAction) => (isStandard(a.package) ? 'std' : a.package === '' ? '' : 'module');
  const wait = (a: GraphAction) => (a.ready >= 0 && a.start >= 0 ? a.start - a.ready : 0);
  return new TableView<GraphAction>(
    'actions',
    [
      {
        title: 'Package',
        width: 'minmax(90px, 1fr)',
        numeric: false,
        text: a => a.package,
        compare: byText(a => a.package),
      },
      { title: 'Action', width: 'minmax(0, 150px)', numeric: false, text: a => a.mode, compare: byText(a => a.mode) },
      { title: 'Of', width: 'minmax(0, 80px)', numeric: false, text: group, compare: byText(group) },
      {
        title: 'Result',
        width: 'minmax(0, 80px)',
        numeric: false,
        text: a => a.verdict,
        compare: byText(a => a.verdict),
      },
      {
        title: 'Start',
        width: 'minmax(60px, 72px)',
        numeric: true,
        text: a => formatTime(a.start),
        exact: a => String(a.start),
        compare: byNumber(a => a.start),
      },
      {
        title: 'Waited',
        width: 'minmax(60px, 72px)',
        numeric: true,
        text: a => formatTime(wait(a)),
        exact: a => String(wait(a)),
        compare: byNumber(wait),
      },
      {
        title: 'Took',
        width: 'minmax(60px, 72px)',
        numeric: true,
        text: a => formatTime(duration(a)),
        exact: a => String(duration(a)),
        compare: byNumber(duration),
      },
      {
        title: 'CPU',
        width: 'minmax(60px, 72px)',
        numeric: true,
        text: a => (a.cpu > 0 ? formatTime(a.cpu) : ''),
        exact: a => String(a.cpu),
        compare: byNumber(a => a.cpu),
      },
    ],
    { select, open: select },
    6,
  );
}

function keyList(): HTMLElement[] {
  const keys: [string, string][] = [
    ['/', 'search'],
    ['← →', 'before and after in the lane; in the graph what it waits for and what waits for it'],
    ['↑ ↓', 'the lane above and below'],
    ['+ − 0', 'zoom in, out, all'],
    ['Enter', 'zoom to the selection'],
    ['Ctrl + wheel', 'zoom'],
    ['Esc', 'clear'],
    ['?', 'these keys'],
  ];
  return [el('dl', {}, ...keys.flatMap(([key, what]) => [el('dt', {}, key), el('dd', {}, what)]))];
}
