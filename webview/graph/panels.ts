/** The tabs of the page: each shows the same actions in its own way. */
import type { GraphAction, GraphData } from '../../server/protocol/builds.ts';
import { el, textMatcher } from '../dom.ts';
import { actionTable } from './action-table.ts';
import { compareTable, comparison } from './compare.ts';
import type { HoverCard } from './details.ts';
import { NetworkView } from './network.ts';
import { nameOf } from './action.ts';
import type { Palette } from './palette.ts';
import { processTable } from './processes.ts';
import { TimelineView } from './timeline.ts';

export type Tab = 'timeline' | 'graph' | 'table' | 'processes' | 'compare';

/** What a tab is made of. */
export interface Panel {
  title: string;
  /** What is put into the page, filled for a search. */
  show(search: string): Node[];
  select(id: number): void;
  /** Draws again with the colours of another theme. */
  draw(): void;
  focus(): void;
  /** Controls beside the tabs. */
  tools?(): HTMLElement[];
}

/** What tabs need of the page. */
export interface Page {
  graph: GraphData;
  palette: Palette;
  card: HoverCard;
  /** The number of the selected action; -1 for none. */
  selected(): number;
  select(id: number): void;
  /** Shows the tab again, since its tools say so. */
  refresh(): void;
}

/** Which actions a search is for, by number; null for all. */
export function matcher(text: string, actions: readonly GraphAction[]): ((id: number) => boolean) | null {
  const matches = textMatcher(text);
  return matches === null ? null : id => matches(nameOf(actions[id]));
}

function legend({ palette, graph }: Page): HTMLElement {
  return el(
    'div',
    { class: 'legend' },
    ...palette.legend(graph.actions).map(([name, c]) => el('span', {}, el('i', { style: `background:${c}` }), name)),
    el('span', {}, el('i', { class: 'outlined' }), 'critical path'),
    el('span', { class: 'faint' }, 'faint: from the cache'),
  );
}

/** The window in view, in milliseconds; null for all. */
type Window = { from: number; to: number } | null;

export function timelinePanel(page: Page, window: Window, moved: (window: Window) => void): Panel {
  const { graph, palette, card, select } = page;
  const view = new TimelineView(
    graph,
    palette,
    {
      select,
      hover: card.show,
      moved: (from, to) => moved(from <= 0 && to >= graph.wall ? null : { from, to }),
    },
    window,
  );
  return {
    title: 'Timeline',
    show(search) {
      view.filter(matcher(search, graph.actions));
      return [view.element, legend(page)];
    },
    select: id => view.select(id),
    draw: () => view.draw(),
    focus: () => view.focus(),
  };
}

/** The graph, made when it is first looked at; its tools decide which actions it shows. */
export function networkPanel(page: Page, collapse: { get(): boolean; set(to: boolean): void }): Panel {
  const { graph, palette, card, select } = page;
  let view: NetworkView | null = null;
  /** The action that the graph is narrowed to, with what is connected to it. */
  let only: number | null = null;
  const again = (): void => {
    view = null;
    page.refresh();
  };
  return {
    title: 'Graph',
    show(search) {
      if (view === null) {
        view = new NetworkView(graph, palette, { select, hover: card.show });
        view.show(collapse.get(), only);
      }
      view.filter(matcher(search, graph.actions));
      return [view.element, legend(page)];
    },
    select: id => view?.select(id),
    draw: () => view?.draw(),
    focus: () => view?.focus(),
    tools() {
      const box = el('input', { type: 'checkbox', ...(collapse.get() ? { checked: '' } : {}) });
      box.addEventListener('change', () => {
        collapse.set(box.checked);
        again();
      });
      const focus = el('button', {}, only === null ? 'Only what is connected to the selection' : 'Show all');
      focus.disabled = only === null && page.selected() < 0;
      focus.addEventListener('click', () => {
        only = only === null ? page.selected() : null;
        again();
      });
      return [el('label', { class: 'check' }, box, 'standard library as one'), focus];
    },
  };
}

export function tablePanel({ graph: { actions }, select }: Page): Panel {
  const numbers = new Map(actions.map((a, id) => [a, id]));
  const rows = actionTable(a => select(numbers.get(a) ?? -1));
  return {
    title: 'Table',
    show(search) {
      const matches = matcher(search, actions);
      rows.show(actions.filter((_, id) => matches === null || matches(id)));
      return [rows.element];
    },
    select: id => rows.select(id < 0 ? null : actions[id]),
    draw: () => {},
    focus: () => rows.focus(),
  };
}

/** Null where no programs were seen but go itself. */
export function processPanel({ graph, select }: Page): Panel | null {
  if (graph.processes === null || graph.processes.length < 2) return null;
  const { view, show } = processTable(graph, select);
  const note = el('p', { class: 'note' }, 'Seen four times a second: programs that lived shorter may be missing.');
  return {
    title: 'Processes',
    show(search) {
      show(textMatcher(search));
      return [view.element, note];
    },
    select: () => {},
    draw: () => {},
    focus: () => view.focus(),
  };
}

export function comparePanel({ graph, select }: Page, other: GraphData): Panel {
  const { view, show } = compareTable(graph, other, select);
  return {
    title: 'Compare',
    show(search) {
      show(textMatcher(search));
      return [el('p', { class: 'note' }, comparison(graph, other)), view.element];
    },
    select: () => {},
    draw: () => {},
    focus: () => view.focus(),
  };
}
