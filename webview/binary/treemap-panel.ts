/** The tab of the treemap: the way to the node in view, its tiles, what their colours are, and a card for the one pointed at. */
import { formatCount, formatSigned, formatSize } from '../../server/protocol/units.ts';
import { el, placeCard, showChildren, textMatcher } from '../dom.ts';
import type { Palette } from './colors.ts';
import type { Place } from './place.ts';
import type { State } from './state.ts';
import { kindsOf, packageOf, type TreeNode } from './tree.ts';
import { hoverText, tileFill, type TreemapEvents, TreemapView } from './treemap.ts';

/** A size, or of a difference how much came or went. */
export function amountOf(place: Place, node: TreeNode): string {
  return place.difference === null ? formatSize(node.size) : formatSigned(node.now - node.old);
}

export class TreemapPanel {
  readonly canvas = el('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'treemap',
    'aria-label': 'Treemap; the tab Table has the same rows',
  });
  /** Lies above all else. */
  readonly card = el('div', { class: 'card', hidden: '' });
  private readonly box = el('div', { class: 'canvas' }, this.canvas);
  private readonly legend = el('div', { class: 'legend' });
  private readonly view: TreemapView;

  constructor(
    private readonly place: Place,
    private readonly state: State,
    private readonly palette: Palette,
    private readonly file: { size: number; mainModule: string },
    private readonly events: Omit<TreemapEvents, 'hover'> & { toTable(): void; clearSearch(): void },
  ) {
    this.view = new TreemapView(
      this.canvas,
      node => this.color(node),
      node => amountOf(place, node),
      { ...events, hover: (node, x, y) => this.hover(node, x, y) },
    );
    document.documentElement.onmouseleave = () => this.hideCard();
  }

  private color(node: TreeNode) {
    if (this.state.colouring === 'difference') return this.palette.difference(node.old, node.now);
    if (this.state.colouring === 'kind') return this.palette.kind(node.kind);
    return this.palette.package(packageOf(node), this.file.mainModule);
  }

  hideCard(): void {
    this.card.hidden = true;
  }

  private hover(node: TreeNode | null, x: number, y: number): void {
    const { card } = this;
    card.hidden = true;
    if (node === null) return;
    card.textContent = hoverText(node, this.file.size);
    card.hidden = false;
    placeCard(card, x, y);
  }

  select(node: TreeNode): void {
    this.view.select(node);
  }

  /** Shows the place in `panel`, below `crumbs`. */
  show(panel: HTMLElement, crumbs: HTMLElement): void {
    const { place, state, palette } = this;
    this.legend.replaceChildren(
      ...palette
        .legend(state.colouring, kindsOf(place.source, place.view))
        .map(([name, c]) => el('span', {}, el('i', { style: `background:${tileFill(c)}` }), name)),
    );
    showChildren(panel, crumbs, this.box, this.legend);
    const matches = textMatcher(state.search);
    const some = this.view.show(
      place.view,
      place.selected,
      matches === null ? null : node => matches(node.name) || matches(node.pkg),
    );
    if (!some) panel.insertBefore(this.nothingMatches(), this.box);
  }

  /** A line above a treemap without a tile that matches: where matches are, and a way there. */
  private nothingMatches(): HTMLElement {
    const { search } = this.state;
    const found = this.place.rowsInView().length;
    const inTable = el('button', {}, found === 1 ? 'Show it in the table' : 'Show them in the table');
    inTable.addEventListener('click', () => this.events.toTable());
    const clear = el('button', {}, 'Clear the search');
    clear.addEventListener('click', () => this.events.clearSearch());
    const text =
      found === 0
        ? `Nothing here matches ${search}.`
        : `No tile in view matches ${search}; further in: ${formatCount(found, 'row')}.`;
    return el('p', { class: 'note', role: 'status' }, text, ' ', ...(found === 0 ? [] : [inTable, ' ']), clear);
  }
}
