/** What is known of one action: beside the views, and as a card at the pointer. */
import type { GraphAction, GraphData, Reason } from '../../server/protocol/builds.ts';
import { formatTime } from '../../server/protocol/units.ts';
import { el, formatShare, placeCard } from '../dom.ts';
import { duration, nameOf } from './action.ts';

export interface DetailsView {
  element: HTMLElement;
  /** The action of that number; the critical path where it is negative. */
  show(id: number): void;
  showKeys(): void;
}

const VERDICTS = { cached: 'from the cache', run: 'run', failed: 'failed', none: 'nothing to do' };
/** Packages listed below "Waits for" and "Waited for by". */
const MOST_JUMPS = 60;

export function detailsView(graph: GraphData, select: (id: number) => void): DetailsView {
  const { actions } = graph;
  const users: number[][] = actions.map(() => []);
  actions.forEach((a, id) => a.deps.forEach(d => users[d].push(id)));
  const element = el('aside', { 'aria-label': 'Details', 'aria-live': 'polite' });

  const jump = (id: number): HTMLElement => {
    const button = el('button', {}, nameOf(actions[id]));
    button.addEventListener('click', () => select(id));
    const took = duration(actions[id]);
    return el('li', {}, button, el('span', {}, took > 0 ? formatTime(took) : ''));
  };
  const jumps = (ids: number[], title: string): Node[] => {
    if (ids.length === 0) return [];
    const shown = [...ids].sort((x, y) => actions[y].done - actions[x].done).slice(0, MOST_JUMPS);
    return [el('h2', {}, `${title} (${ids.length})`), el('ul', { class: 'jumps' }, ...shown.map(jump))];
  };
  const criticalPath = (): Node[] => {
    const steps = graph.critical.filter(s => duration(actions[s.id]) > graph.wall / 500).reverse();
    return [el('h2', {}, 'Critical path'), el('ul', { class: 'jumps' }, ...steps.map(({ id }) => jump(id)))];
  };
  const detailsOf = (id: number): Node[] => {
    const a = actions[id];
    const reason = graph.reasons?.find(r => r.package === a.package && a.mode === 'build');
    const commands = a.commands.length === 1 ? 'Command' : 'Commands';
    return [
      el('h2', {}, nameOf(a)),
      factList(graph, a),
      ...(reason ? [el('h2', {}, 'Why it ran'), changes(reason.changes)] : []),
      ...jumps(a.deps, 'Waits for'),
      ...jumps(users[id], 'Waited for by'),
      ...(a.commands.length > 0 ? [el('h2', {}, commands), el('pre', {}, a.commands.join('\n'))] : []),
    ];
  };
  return {
    element,
    show: id => element.replaceChildren(...(id < 0 ? criticalPath() : detailsOf(id))),
    showKeys: () => element.replaceChildren(el('h2', {}, 'Keys'), ...keyList()),
  };
}

function factList(graph: GraphData, a: GraphAction): HTMLElement {
  const took = duration(a);
  const waited = a.ready >= 0 ? a.start - a.ready : 0;
  const facts: [name: string, value: string][] = [
    ['action', a.mode],
    ['result', VERDICTS[a.verdict]],
    ['took', took > 0 ? formatTime(took) : ''],
    ['share', took > 0 ? formatShare(took, graph.wall) : ''],
    ['CPU', a.cpu > 0 ? formatTime(a.cpu) : ''],
    ['started at', a.start >= 0 ? formatTime(a.start) : 'never'],
    ['waited', waited > 0.5 ? `${formatTime(waited)} for a worker` : ''],
    ['key', a.actionId],
    ['build ID', a.buildId],
    ['writes', a.target],
  ];
  const known = facts.filter(([, value]) => value !== '');
  return el('dl', {}, ...known.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}

function changes(list: Reason['changes']): HTMLElement {
  return el('ul', { class: 'changes' }, ...list.slice(0, 100).map(c => el('li', {}, c.text)));
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

/** The card that follows the pointer; `show` with null hides it. `x` and `y` are of the pointer, in the window. */
export interface HoverCard {
  element: HTMLElement;
  /** The action of that number, at the pointer; null hides the card. */
  show(id: number | null, x: number, y: number): void;
}

export function hoverCard(graph: GraphData): HoverCard {
  const waits = new Map(graph.critical.map(step => [step.id, step.wait]));
  const element = el('div', { class: 'card', hidden: '' });
  return {
    element,
    show(id, x, y) {
      element.hidden = id === null;
      if (id === null) return;
      element.textContent = hoverText(graph.actions[id], waits.get(id));
      placeCard(element, x, y);
    },
  };
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
