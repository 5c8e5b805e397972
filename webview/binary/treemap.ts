/** The squarified treemap on a canvas: three levels below the node in view, labels where they fit. */
import { formatSigned, formatSize } from '../../server/protocol/units.ts';
import { hierarchy, type HierarchyRectangularNode, treemap, treemapSquarify } from 'd3-hierarchy';
import { formatShare, themeColor } from '../dom.ts';
import { cssOf, inkOn, mix, type Rgb, rgbOf } from '../paint.ts';
import type { TreeNode } from './tree.ts';

type Tile = HierarchyRectangularNode<TreeNode>;

const LEVELS = 3;
const HEADER = 17;
/** Tiles of fewer square pixels are not laid out one by one. */
const SMALLEST = 6;
/** Texts whose widths are kept. */
const MOST_WIDTHS = 1 << 15;

export interface TreemapEvents {
  select(node: TreeNode): void;
  enter(node: TreeNode): void;
  leave(): void;
  hover(node: TreeNode | null, x: number, y: number): void;
}

export class TreemapView {
  private readonly context: CanvasRenderingContext2D;
  private tiles: Tile[] = [];
  private root: TreeNode | null = null;
  private selected: TreeNode | null = null;
  private matches: ((node: TreeNode) => boolean) | null = null;
  /** Widths of texts that have been measured, in this font: from frame to frame most of them are the same. */
  private readonly widths = new Map<string, number>();
  private font = '';

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly color: (node: TreeNode) => Rgb,
    private readonly label: (node: TreeNode) => string,
    private readonly events: TreemapEvents,
  ) {
    this.context = canvas.getContext('2d')!;
    canvas.addEventListener('mousemove', e =>
      events.hover(this.at(e.offsetX, e.offsetY)?.data ?? null, e.clientX, e.clientY),
    );
    canvas.addEventListener('mouseleave', () => events.hover(null, 0, 0));
    canvas.addEventListener('click', e => this.click(e));
    canvas.addEventListener('dblclick', e => {
      const tile = this.at(e.offsetX, e.offsetY);
      if (tile !== null) events.enter(childBelow(tile, 1));
    });
    canvas.addEventListener('wheel', e => this.wheel(e), { passive: false });
    canvas.addEventListener('keydown', e => this.key(e));
    new ResizeObserver(() => this.layout()).observe(canvas.parentElement!);
  }

  /** Dims every tile that does not match; null shows all. Returns whether any tile matches. */
  show(root: TreeNode, selected: TreeNode | null, matches: ((node: TreeNode) => boolean) | null): boolean {
    this.root = root;
    this.selected = selected;
    this.matches = matches;
    this.layout();
    return matches === null || this.tiles.length === 0 || this.tiles.some(tile => matches(tile.data));
  }
  select(node: TreeNode | null): void {
    this.selected = node;
    this.draw();
  }

  private layout(): void {
    if (this.root === null) return;
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement!;
    if (width === 0 || height === 0) return;
    const ratio = devicePixelRatio;
    if (this.canvas.width !== Math.floor(width * ratio) || this.canvas.height !== Math.floor(height * ratio)) {
      this.canvas.width = width * ratio;
      this.canvas.height = height * ratio;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    const area = this.root.size / (width * height);
    const base = this.root;
    const depthOf = new Map<TreeNode, number>([[base, 0]]);
    const root = hierarchy<TreeNode>(base, node => {
      const depth = depthOf.get(node)!;
      if (depth >= LEVELS) return null;
      const shown = node.children.filter(child => child.size >= area * SMALLEST);
      for (const child of shown) depthOf.set(child, depth + 1);
      return shown;
    });
    // a node's size is its own; children too small to be drawn leave their room to their parent
    root.each(node => {
      (node as { value?: number }).value = node.data.size;
    });
    treemap<TreeNode>()
      .tile(treemapSquarify)
      .size([width, height])
      .paddingInner(1)
      .paddingOuter(2)
      .paddingTop(node => (node.depth > 0 && node.children ? HEADER : 2))
      .round(true)(root);
    this.tiles = (root as Tile).descendants().slice(1);
    this.draw();
  }

  draw(): void {
    const { context: c } = this;
    const { width, height } = this.canvas;
    c.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    c.clearRect(0, 0, width, height);
    const font = themeColor('font-family', 'sans-serif');
    const foreground = rgbOf(themeColor('editor-foreground', '#cccccc'));
    const background = rgbOf(themeColor('editor-background', '#1e1e1e'));
    const full = tileShare();
    const contrast = document.body.className.includes('high-contrast');
    const shades = new Map<Rgb, Map<number, { fill: string; ink: string }>>();
    /** The tile's colour laid over the page, and that of its text: both opaque, so that text needs no rim. */
    const shade = (color: Rgb, share: number) => {
      let ofColor = shades.get(color);
      if (ofColor === undefined) shades.set(color, (ofColor = new Map()));
      let found = ofColor.get(share);
      if (found === undefined) {
        const fill = mix(color, background, share);
        ofColor.set(share, (found = { fill: cssOf(fill), ink: cssOf(inkOn(fill, foreground)) }));
      }
      return found;
    };
    c.font = `11px ${font}`;
    if (this.font !== font || this.widths.size > MOST_WIDTHS) this.widths.clear();
    this.font = font;
    c.textBaseline = 'middle';
    for (const tile of this.tiles) {
      const w = tile.x1 - tile.x0;
      const h = tile.y1 - tile.y0;
      if (w < 1 || h < 1) continue;
      const dim = this.matches !== null && !this.matches(tile.data);
      const inner = tile.children !== undefined && tile.children.length > 0;
      const share = dim ? 0.08 : inner ? (sparse(tile) ? 0.34 : 0.2) : full;
      const { fill, ink } = shade(this.color(tile.data), share);
      c.fillStyle = fill;
      c.fillRect(tile.x0, tile.y0, w, h);
      // around the smallest tiles there would be nothing but lines
      if (contrast && w > 4 && h > 4) {
        c.strokeStyle = cssOf(foreground);
        c.lineWidth = 1;
        c.strokeRect(tile.x0 + 0.5, tile.y0 + 0.5, w - 1, h - 1);
      }
      if (w < 28 || h < 13) continue;
      c.fillStyle = ink;
      c.globalAlpha = dim ? 0.5 : 1;
      const room = w - 8;
      const name = drawnName(tile);
      if (inner) {
        // beside the name where there is room for both
        const size = this.label(tile.data);
        const y = tile.y0 + HEADER / 2 + 1;
        const taken = this.widthOf(size);
        const both = this.widthOf(name) + taken + 12 <= room;
        this.drawLabel(name, tile.x0 + 4, y, room);
        if (both) this.drawLabel(size, tile.x1 - 4 - taken, y, taken + 1);
      } else if (h < 30) this.drawLabel(name, tile.x0 + 4, tile.y0 + h / 2, room);
      else {
        this.drawLabel(name, tile.x0 + 4, tile.y0 + 10, room);
        const size = this.label(tile.data);
        if (this.widthOf(size) <= room) this.drawLabel(size, tile.x0 + 4, tile.y0 + 24, room);
      }
      c.globalAlpha = 1;
    }
    const tile = this.tiles.find(t => t.data === this.selected);
    if (tile !== undefined) {
      // two lines: one of them is seen on a tile of whatever colour
      c.strokeStyle = cssOf(foreground);
      c.lineWidth = 2;
      c.strokeRect(tile.x0 + 1, tile.y0 + 1, tile.x1 - tile.x0 - 2, tile.y1 - tile.y0 - 2);
      c.strokeStyle = cssOf(background);
      c.lineWidth = 1;
      c.strokeRect(tile.x0 + 2.5, tile.y0 + 2.5, tile.x1 - tile.x0 - 5, tile.y1 - tile.y0 - 5);
    }
  }

  private widthOf(text: string): number {
    let width = this.widths.get(text);
    if (width === undefined) this.widths.set(text, (width = this.context.measureText(text).width));
    return width;
  }

  /** Text that ends in `…` where it is wider than there is room; nothing where not even a few letters fit. */
  private drawLabel(text: string, x: number, y: number, width: number): void {
    let shown = text;
    if (this.widthOf(shown) > width) {
      let low = 0;
      let high = text.length;
      while (low < high) {
        const mid = (low + high + 1) >> 1;
        if (this.widthOf(`${text.slice(0, mid)}…`) <= width) low = mid;
        else high = mid - 1;
      }
      if (low < 3) return;
      shown = `${text.slice(0, low)}…`;
    }
    this.context.fillText(shown, x, y);
  }

  /** Innermost tile at a point. */
  private at(x: number, y: number): Tile | null {
    let found: Tile | null = null;
    for (const tile of this.tiles) {
      if (x >= tile.x0 && x < tile.x1 && y >= tile.y0 && y < tile.y1 && (found === null || tile.depth > found.depth))
        found = tile;
    }
    return found;
  }
  private click(e: MouseEvent): void {
    const tile = this.at(e.offsetX, e.offsetY);
    if (tile !== null) this.events.select(tile.data);
  }
  /** Wheel up goes into the tile under the pointer, wheel down out of the one in view. */
  private wheel(e: WheelEvent): void {
    e.preventDefault();
    if (Math.abs(e.deltaY) < 4) return;
    if (e.deltaY > 0) this.events.leave();
    else {
      const tile = this.at(e.offsetX, e.offsetY);
      if (tile !== null) this.events.enter(childBelow(tile, 1));
    }
  }
  /** Arrows move among neighbours, Enter goes in, Backspace out. */
  private key(e: KeyboardEvent): void {
    const chosen = e.key === 'Enter' ? this.tiles.find(t => t.data === this.selected) : undefined;
    if (chosen !== undefined) this.events.enter(childBelow(chosen, 1));
    else if (e.key === 'Backspace') this.events.leave();
    else if (e.key.startsWith('Arrow')) {
      const next = this.neighbour(e.key);
      if (next !== null) this.events.select(next.data);
    } else return;
    e.preventDefault();
  }
  private neighbour(key: string): Tile | null {
    const leaves = this.tiles.filter(t => !t.children);
    const from = leaves.find(t => t.data === this.selected);
    if (from === undefined) return leaves[0] ?? null;
    const cx = (from.x0 + from.x1) / 2;
    const cy = (from.y0 + from.y1) / 2;
    let best: Tile | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const tile of leaves) {
      const dx = (tile.x0 + tile.x1) / 2 - cx;
      const dy = (tile.y0 + tile.y1) / 2 - cy;
      const ahead = key === 'ArrowRight' ? dx : key === 'ArrowLeft' ? -dx : key === 'ArrowDown' ? dy : -dy;
      const aside = key === 'ArrowRight' || key === 'ArrowLeft' ? dy : dx;
      if (ahead <= 1) continue;
      const distance = ahead + 3 * Math.abs(aside);
      if (distance < least) {
        least = distance;
        best = tile;
      }
    }
    return best;
  }
}

/** The tile's ancestor at a depth below the root in view. */
function childBelow(tile: Tile, depth: number): TreeNode {
  let t = tile;
  while (t.depth > depth && t.parent !== null) t = t.parent;
  return t.data;
}

/** How much of its colour a tile has, the rest being that of the page. */
const tileShare = () => (document.body.className.includes('high-contrast') ? 0.35 : 0.5);

/** The colour that tiles are filled with, for the legend. */
export function tileFill(color: Rgb): string {
  return cssOf(mix(color, rgbOf(themeColor('editor-background', '#1e1e1e')), tileShare()));
}

/** Most of its children are too small to be drawn: what is seen is the tile itself. */
function sparse({ data, children }: Tile): boolean {
  return children!.reduce((sum, child) => sum + child.data.size, 0) < 0.6 * data.size;
}

/** A tile's name without the part that the tile around it says already. */
function drawnName({ data, parent }: Tile): string {
  const above = parent === null ? '' : parent.data.name;
  if (above === '' || !data.name.startsWith(above)) return data.name;
  const rest = data.name.slice(above.length);
  return rest.length > 1 && /^[/.]/.test(rest) ? rest.slice(1) : data.name;
}

/** What a hover card says of a node. */
export function hoverText(node: TreeNode, whole: number): string {
  const of = `${node.kind}${node.pkg ? ` · ${node.pkg}` : ''}`;
  if (node.old !== node.now || node.old > 0) {
    const was = node.was === '' ? '' : `\nwas ${node.was}`;
    return `${node.name}\n${formatSigned(node.now - node.old)}: ${formatSize(node.old)} → ${formatSize(node.now)}\n${of}${was}`;
  }
  return `${node.name}\n${formatSize(node.size)} · ${formatShare(node.size, whole)} of the file\n${of}`;
}
