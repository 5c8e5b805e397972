/** The binary explorer: section strip, treemap and table of the same rows, details of what is selected. */
import type { BinarySummary, BinaryTable, FromBinaryPage, ToBinaryPage } from '../../server/protocol/binary.ts';
import { el, formatBytes, formatShare, formatSize, onThemeChange, tabBar, textMatcher } from '../dom.ts';
import { connectHost } from '../host.ts';
import { TableView } from '../table.ts';
import { type Colouring, Palette } from './colors.ts';
import { ancestors, buildTree, findByKey, type Grouping, type TreeNode } from './tree.ts';
import { hoverText, TreemapView } from './treemap.ts';

type Tab = 'treemap' | 'table' | 'build';

/** What survives hiding, reload and restart. */
interface State {
  tab: Tab;
  grouping: Grouping;
  colouring: Colouring;
  search: string;
  view: string;
  selected: string;
}

const host = connectHost<ToBinaryPage, FromBinaryPage, State>();
const app = document.getElementById('app')!;
const palette = new Palette();
const state: State = host.restore() ?? {
  tab: 'treemap',
  grouping: 'package',
  colouring: 'kind',
  search: '',
  view: '',
  selected: '',
};

host.onMessage(message => {
  if (message.type === 'loading') showNotice(`Reading ${message.name}…`, null);
  else if (message.type === 'failed') showNotice(`${message.name} cannot be shown: ${message.message}.`, 'Try again');
  else explore(message.summary, message.table);
});
host.send({ type: 'ready' });

function showNotice(text: string, action: string | null): void {
  const box = el('div', { class: 'notice', role: 'status' }, el('p', {}, text));
  if (action !== null) {
    const button = el('button', { class: 'primary' }, action);
    button.addEventListener('click', () => host.send({ type: 'retry' }));
    box.append(button);
  }
  app.replaceChildren(box);
}

function explore(summary: BinarySummary, table: BinaryTable): void {
  let tree = buildTree(table, summary.name, state.grouping);
  let view = findByKey(tree, state.view) ?? tree;
  let selected: TreeNode | null = state.selected === '' ? null : findByKey(tree, state.selected);
  const mainModule = summary.modules[0]?.path ?? '';
  const color = (node: TreeNode) =>
    state.colouring === 'kind' ? palette.kind(node.kind) : palette.package(node.pkg || packageBelow(node), mainModule);

  const search = el('input', {
    type: 'search',
    placeholder: 'Search (/)',
    'aria-label': 'Search symbols and packages, /regular expression/ too',
    value: state.search,
  });
  const groupSelect = choice('Group', ['package', 'section'], state.grouping, value => {
    state.grouping = value as Grouping;
    tree = buildTree(table, summary.name, state.grouping);
    view = tree;
    selected = null;
    refresh();
  });
  const colorSelect = choice('Colour', ['kind', 'package'], state.colouring, value => {
    state.colouring = value as Colouring;
    refresh();
  });
  const exportButton = el('button', { title: 'Save the rows in view as CSV' }, 'Export…');
  exportButton.addEventListener('click', () =>
    host.send({ type: 'save', name: `${summary.name}.csv`, text: rows.csv() }),
  );

  const title = [
    `${summary.format.toUpperCase().replace('MACHO', 'Mach-O').replace('WASM', 'Wasm')} ${summary.goos}/${summary.goarch}`,
    summary.go || 'no Go program',
    formatSize(summary.size),
    ...(summary.stripped ? ['stripped'] : []),
  ].join(' · ');
  const header = el(
    'header',
    {},
    el('h1', {}, summary.name),
    el('span', { class: 'facts', title: formatBytes(summary.size) }, title),
    el('span', { class: 'grow' }),
    groupSelect,
    colorSelect,
    exportButton,
    search,
  );
  const strip = stripElement(summary);
  const crumbs = el('nav', { class: 'crumbs', 'aria-label': 'Where you are' });
  const canvas = el('canvas', { tabindex: '0', role: 'img', 'aria-label': 'Treemap; the tab Table has the same rows' });
  const canvasBox = el('div', { class: 'canvas' }, canvas);
  const legend = el('div', { class: 'legend' });
  const details = el('aside', { 'aria-label': 'Details', 'aria-live': 'polite' });
  const card = el('div', { class: 'card', hidden: '' });
  const treemap = new TreemapView(canvas, color, {
    select,
    enter,
    leave,
    hover(node, x, y) {
      card.hidden = node === null;
      if (node === null) return;
      card.textContent = hoverText(node, summary.size);
      card.style.left = `${Math.min(x + 14, innerWidth - card.offsetWidth - 8)}px`;
      card.style.top = `${Math.min(y + 14, innerHeight - card.offsetHeight - 8)}px`;
    },
  });
  const rows = new TableView<TreeNode>(
    'symbols',
    [
      {
        title: 'Symbol',
        width: '46%',
        numeric: false,
        text: n => n.name,
        compare: (a, b) => compareText(a.name, b.name),
      },
      {
        title: 'Package',
        width: '24%',
        numeric: false,
        text: n => n.pkg,
        compare: (a, b) => compareText(a.pkg, b.pkg),
      },
      {
        title: 'Kind',
        width: '12%',
        numeric: false,
        text: n => n.kind,
        compare: (a, b) => compareText(a.kind, b.kind),
      },
      {
        title: 'Size',
        width: '10%',
        numeric: true,
        text: n => formatSize(n.size),
        exact: n => String(n.size),
        compare: (a, b) => a.size - b.size,
      },
      {
        title: 'Share',
        width: '8%',
        numeric: true,
        text: n => formatShare(n.size, summary.size),
        compare: (a, b) => a.size - b.size,
      },
    ],
    { select, open: node => node.file !== '' && host.send({ type: 'open', file: node.file }) },
    3,
  );
  const build = buildElement(summary);
  const tabs = tabBar<Tab>(
    'Views of the file',
    [
      ['treemap', 'Treemap'],
      ['table', 'Table'],
      ['build', 'Build info'],
    ],
    tab => {
      state.tab = tab;
      refresh();
    },
  );
  const panel = el('section', { class: 'panel', role: 'tabpanel' });
  app.replaceChildren(
    header,
    strip,
    el('div', { class: 'tab-row' }, tabs.element),
    el('main', {}, panel, details),
    card,
  );

  function select(node: TreeNode): void {
    selected = node;
    state.selected = node.key;
    treemap.select(node);
    rows.select(node);
    showDetails(details, node, summary);
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
    );
    legend.replaceChildren(
      ...palette
        .legend(state.colouring)
        .map(([name, c]) => el('span', {}, el('i', { style: `background:${c}` }), name)),
    );
    const matches = matcher(state.search);
    if (state.tab === 'treemap') {
      panel.replaceChildren(crumbs, canvasBox, legend);
      treemap.show(view, selected);
      treemap.filter(matches);
    } else if (state.tab === 'table') {
      panel.replaceChildren(crumbs, rows.element);
      rows.show(leavesOf(view).filter(node => matches === null || matches(node)));
      rows.select(selected);
    } else panel.replaceChildren(build);
    showDetails(details, selected ?? view, summary);
  }

  search.addEventListener('input', () => {
    state.search = search.value;
    refresh();
  });
  search.addEventListener('keydown', e => {
    if (e.key === 'Escape') {
      search.value = state.search = '';
      refresh();
      (state.tab === 'table' ? rows : canvas).focus();
    } else if (e.key === 'Enter') (state.tab === 'table' ? rows : canvas).focus();
  });
  onThemeChange(() => {
    palette.reload();
    refresh();
  });
  document.onkeydown = e => {
    if (e.target instanceof HTMLInputElement) return;
    if (e.key === '/') {
      search.focus();
      e.preventDefault();
    } else if (e.key === '?') {
      showDetails(details, selected ?? view, summary, true);
    } else if (e.key === 'Backspace' && document.activeElement !== canvas) leave();
  };
  refresh();
}

/** Which nodes a search is for, by name or package; null for all. */
function matcher(text: string): ((node: TreeNode) => boolean) | null {
  const matches = textMatcher(text);
  return matches === null ? null : node => matches(node.name) || matches(node.pkg);
}

function leavesOf(node: TreeNode): TreeNode[] {
  if (node.children.length === 0) return [node];
  const leaves: TreeNode[] = node.rows.length > 0 ? [node] : [];
  for (const child of node.children) for (const leaf of leavesOf(child)) leaves.push(leaf);
  return leaves;
}

function packageBelow(node: TreeNode): string {
  let n = node;
  while (n.children.length > 0) [n] = n.children;
  return n.pkg;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
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

/** One bar for the whole file: its sections in order, each as wide as its share. */
function stripElement(summary: BinarySummary): HTMLElement {
  const strip = el('div', { class: 'strip', role: 'list', 'aria-label': 'Sections in the order of the file' });
  for (const [i, part] of summary.strip.entries()) {
    const share = (100 * part.size) / summary.size;
    if (share < 0.02) continue;
    strip.append(
      el(
        'div',
        {
          role: 'listitem',
          class: part.name === 'outside sections' ? 'gap' : i % 2 === 0 ? 'even' : 'odd',
          style: `flex-grow:${part.size}`,
          title: `${part.name}\n${formatSize(part.size)} (${formatBytes(part.size)}) · ${share.toFixed(2)} %\nfrom byte ${part.offset}`,
        },
        share > 4 ? part.name : '',
      ),
    );
  }
  const unknown = el(
    'span',
    { class: 'unknown', title: formatBytes(summary.unknown) },
    `unknown ${formatShare(summary.unknown, summary.size)}`,
  );
  return el('div', { class: 'strip-row' }, strip, unknown);
}

function showDetails(box: HTMLElement, node: TreeNode, summary: BinarySummary, keys = false): void {
  const kinds = [...node.byKind].sort((a, b) => b[1] - a[1]);
  const facts = el('dl', {});
  const fact = (name: string, value: string | Node, exact = '') =>
    facts.append(el('dt', {}, name), el('dd', exact === '' ? {} : { title: exact }, value));
  fact('in the file', `${formatSize(node.size)} · ${formatShare(node.size, summary.size)}`, formatBytes(node.size));
  fact('in memory', formatSize(node.memory), formatBytes(node.memory));
  if (node.pkg !== '') fact('package', node.pkg);
  if (node.file !== '') {
    const link = el('a', { href: '#' }, node.file.slice(node.file.lastIndexOf('/') + 1));
    link.title = node.file;
    link.addEventListener('click', e => {
      e.preventDefault();
      host.send({ type: 'open', file: node.file });
    });
    fact('source', link);
  }
  for (const [kind, size] of kinds.slice(0, 8)) fact(kind, formatSize(size), formatBytes(size));
  box.replaceChildren(el('h2', {}, node.parent === null ? summary.name : node.name), facts);
  if (keys) {
    box.append(
      el('h2', {}, 'Keys'),
      el('p', {}, '/ search · arrows move · Enter opens · Backspace goes up · Esc clears the search · wheel zooms'),
    );
  }
}

function buildElement(summary: BinarySummary): HTMLElement {
  const facts = el('dl', {});
  const fact = (name: string, value: string) => value !== '' && facts.append(el('dt', {}, name), el('dd', {}, value));
  fact('main package', summary.mainPath);
  fact('built with', summary.go);
  fact('build ID', summary.buildId);
  fact('kind of file', summary.type);
  fact('needs', summary.libraries.join(', '));
  for (const { key, value } of summary.settings) fact(key, value);
  const modules = el(
    'table',
    {},
    el('thead', {}, el('tr', {}, el('th', {}, 'Module'), el('th', {}, 'Version'), el('th', {}, 'Replaced by'))),
  );
  modules.append(
    el(
      'tbody',
      {},
      ...summary.modules.map(m =>
        el('tr', {}, el('td', {}, m.path), el('td', {}, m.version), el('td', {}, m.replaced)),
      ),
    ),
  );
  const box = el('div', { class: 'build' }, facts);
  if (summary.modules.length > 0) box.append(el('h2', {}, `Modules (${summary.modules.length})`), modules);
  return box;
}
