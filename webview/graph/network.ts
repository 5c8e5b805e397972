/** The graph on a canvas: layers from left to right, pan and zoom, the ways to and from what is selected. */
import { select } from 'd3-selection';
import { zoom, type ZoomTransform, zoomIdentity } from 'd3-zoom';
import type { GraphData } from '../../server/protocol/builds.ts';
import { el } from '../dom.ts';
import { type Layout, layout } from './layered.ts';
import { nameOf, shortened } from './action.ts';
import type { Palette } from './palette.ts';

const COLUMN = 200;
const WIDTH = 156;
const ROW = 24;
const HEIGHT = 18;
/** Labels are read at this scale and above. */
const READABLE = 0.9;

/** A box: one action, or the standard library as one. */
interface Box {
  label: string;
  /** What of it there is room for, once it has been measured. */
  text?: string;
  /** Actions it stands for. */
  ids: number[];
}

export interface NetworkEvents {
  select(id: number): void;
  hover(id: number | null, x: number, y: number): void;
}

/** Whether the package is of the standard library: no dot in the first element of its path. */
export function isStandard(pkg: string): boolean {
  return pkg !== '' && !pkg.split('/')[0].includes('.') && pkg !== 'command-line-arguments';
}

export class NetworkView {
  readonly element: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly behaviour = zoom<HTMLCanvasElement, unknown>().scaleExtent([0.02, 4]);
  private transform: ZoomTransform = zoomIdentity;
  private boxes: Box[] = [];
  private boxOf = new Map<number, number>();
  private deps: number[][] = [];
  private users: number[][] = [];
  private placed: Layout = layout([]);
  private selected = -1;
  private related = new Set<number>();
  private matches: ((id: number) => boolean) | null = null;
  private readonly critical: Set<number>;
  private frame = 0;
  private fitted = false;

  constructor(
    private readonly graph: GraphData,
    private readonly palette: Palette,
    private readonly events: NetworkEvents,
  ) {
    this.critical = new Set(graph.critical.map(step => step.id));
    this.canvas = el('canvas', {
      tabindex: '0',
      role: 'img',
      'aria-label': 'Graph of the build; the tab Table has the same actions',
    });
    this.element = el('div', { class: 'network' }, this.canvas);
    select(this.canvas)
      .call(
        this.behaviour.on('zoom', ({ transform }: { transform: ZoomTransform }) => {
          this.transform = transform;
          this.draw();
        }),
      )
      .on('dblclick.zoom', null);
    this.canvas.addEventListener('mousemove', e => {
      const box = this.at(e.offsetX, e.offsetY);
      this.events.hover(box === null ? null : this.boxes[box].ids[0], e.clientX, e.clientY);
    });
    this.canvas.addEventListener('mouseleave', () => this.events.hover(null, 0, 0));
    this.canvas.addEventListener('click', e => {
      const box = this.at(e.offsetX, e.offsetY);
      if (box !== null) this.events.select(this.boxes[box].ids[0]);
    });
    this.canvas.addEventListener('keydown', e => this.key(e));
    new ResizeObserver(() => this.resize()).observe(this.element);
  }

  /** Lays out the actions; `collapse` makes one box of the standard library, `only` keeps the ways through one action. */
  show(collapse: boolean, only: number | null): void {
    const { actions } = this.graph;
    const keep = only === null ? null : this.connected(only);
    this.boxes = [];
    this.boxOf = new Map();
    let standard = -1;
    actions.forEach((a, id) => {
      if (keep && !keep.has(id)) return;
      if (collapse && isStandard(a.package) && a.mode !== 'link') {
        if (standard < 0) standard = this.boxes.push({ label: 'standard library', ids: [] }) - 1;
        this.boxes[standard].ids.push(id);
        this.boxOf.set(id, standard);
        return;
      }
      this.boxOf.set(id, this.boxes.push({ label: nameOf(a), ids: [id] }) - 1);
    });
    this.deps = this.boxes.map(() => []);
    this.boxes.forEach((box, i) => {
      const set = new Set<number>();
      for (const id of box.ids) {
        for (const d of actions[id].deps) {
          const to = this.boxOf.get(d);
          if (to !== undefined && to !== i) set.add(to);
        }
      }
      // cgo's steps can stand between two packages of the library: an edge out of it would close a circle
      this.deps[i] = i === standard ? [] : [...set];
    });
    this.users = this.boxes.map(() => []);
    this.deps.forEach((list, i) => list.forEach(d => this.users[d].push(i)));
    this.placed = layout(this.deps);
    this.fitted = false;
    this.resize();
    this.select(this.selected);
  }
  select(id: number): void {
    this.selected = id;
    const box = this.boxOf.get(id);
    this.related = new Set();
    if (box !== undefined) {
      for (const near of [this.deps, this.users]) {
        const work = [box];
        for (let b = work.pop(); b !== undefined; b = work.pop()) {
          for (const n of near[b]) {
            if (this.related.has(n)) continue;
            this.related.add(n);
            work.push(n);
          }
        }
      }
      this.related.add(box);
    }
    this.draw();
  }
  filter(matches: ((id: number) => boolean) | null): void {
    this.matches = matches;
    this.draw();
  }
  focus(): void {
    this.canvas.focus();
  }
  draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  /** All that the action waits for and all that waits for it. */
  private connected(id: number): Set<number> {
    const { actions } = this.graph;
    const users: number[][] = actions.map(() => []);
    actions.forEach((a, i) => a.deps.forEach(d => users[d].push(i)));
    const out = new Set([id]);
    for (const near of [(i: number) => actions[i].deps, (i: number) => users[i]]) {
      const work = [id];
      const seen = new Set<number>();
      for (let i = work.pop(); i !== undefined; i = work.pop()) {
        for (const n of near(i)) {
          if (seen.has(n)) continue;
          seen.add(n);
          out.add(n);
          work.push(n);
        }
      }
    }
    return out;
  }
  private place(box: number): [number, number] {
    return [this.placed.layer[box] * COLUMN, this.placed.row[box] * ROW];
  }
  private resize(whole = false): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0) return;
    this.canvas.width = width * devicePixelRatio;
    this.canvas.height = height * devicePixelRatio;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    if (!this.fitted && this.boxes.length > 0) {
      this.fitted = true;
      const { layer, row } = this.placed;
      const [from, to] = [Math.min(...layer) * COLUMN, Math.max(...layer) * COLUMN + WIDTH];
      const [top, bottom] = [Math.min(...row) * ROW, Math.max(...row) * ROW];
      const across = to - from;
      const fit = Math.min(1.2, (width - 24) / across, (height - 40) / (bottom - top + ROW));
      // what does not fit in readable size starts at its end, the link; a second time shows all of it
      const k = whole ? fit : Math.max(fit, READABLE);
      const left = k > fit ? width - 12 - across * k : (width - across * k) / 2;
      const middle = height / 2 - ((top + bottom) / 2) * k;
      this.behaviour.transform(select(this.canvas), zoomIdentity.translate(left - from * k, middle).scale(k));
    }
    this.draw();
  }
  private at(px: number, py: number): number | null {
    const [x, y] = this.transform.invert([px, py]);
    for (let i = 0; i < this.boxes.length; i++) {
      const [bx, by] = this.place(i);
      if (x >= bx && x <= bx + WIDTH && y >= by - HEIGHT / 2 && y <= by + HEIGHT / 2) return i;
    }
    return null;
  }
  private key(e: KeyboardEvent): void {
    const box = this.boxOf.get(this.selected);
    const go = (to: number | undefined) => to !== undefined && this.events.select(this.boxes[to].ids[0]);
    if (e.key === '+' || e.key === '=') this.behaviour.scaleBy(select(this.canvas), 1.4);
    else if (e.key === '-') this.behaviour.scaleBy(select(this.canvas), 1 / 1.4);
    else if (e.key === '0') {
      this.fitted = false;
      this.resize(true);
    } else if (box === undefined) {
      if (!e.key.startsWith('Arrow')) return;
      go(0);
    } else if (e.key === 'ArrowLeft') go(this.deps[box][0]);
    else if (e.key === 'ArrowRight') go(this.users[box][0]);
    else if (e.key === 'ArrowUp' || e.key === 'ArrowDown') {
      const step = e.key === 'ArrowUp' ? -1 : 1;
      const { layer, row } = this.placed;
      let best: number | undefined;
      for (let i = 0; i < this.boxes.length; i++) {
        if (layer[i] !== layer[box] || (row[i] - row[box]) * step <= 0) continue;
        if (best === undefined || Math.abs(row[i] - row[box]) < Math.abs(row[best] - row[box])) best = i;
      }
      go(best);
    } else return;
    e.preventDefault();
  }

  private paint(): void {
    const c = this.canvas.getContext('2d')!;
    const { palette, transform: t } = this;
    const ratio = devicePixelRatio;
    const width = this.canvas.width / ratio;
    const height = this.canvas.height / ratio;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    c.setTransform(ratio * t.k, 0, 0, ratio * t.k, ratio * t.x, ratio * t.y);
    const [x0, y0] = t.invert([0, 0]);
    const [x1, y1] = t.invert([width, height]);
    const picked = this.related.size > 0;
    c.lineWidth = 1 / Math.max(t.k, 0.3);
    for (const [from, to] of this.placed.edges) {
      const [ax, ay] = this.place(to);
      const [bx, by] = this.place(from);
      if (bx < x0 || ax > x1 || Math.max(ay, by) < y0 || Math.min(ay, by) > y1) continue;
      const on = picked && this.related.has(from) && this.related.has(to);
      c.globalAlpha = on ? 0.9 : picked ? 0.08 : 0.25;
      c.strokeStyle = on ? palette.selection : palette.muted;
      c.beginPath();
      c.moveTo(ax + WIDTH, ay);
      const middle = (ax + WIDTH + bx) / 2;
      c.bezierCurveTo(middle, ay, middle, by, bx, by);
      c.stroke();
    }
    const labels = t.k > 0.35;
    c.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    c.textBaseline = 'middle';
    const fits = (text: string): boolean => c.measureText(text).width <= WIDTH - 9;
    let [before, after] = [0, 0];
    for (let i = 0; i < this.boxes.length; i++) {
      const [x, y] = this.place(i);
      if (x + WIDTH < x0) before++;
      if (x > x1) after++;
      if (x + WIDTH < x0 || x > x1 || y + HEIGHT < y0 || y - HEIGHT > y1) continue;
      const box = this.boxes[i];
      const action = this.graph.actions[box.ids[0]];
      const hit = this.matches === null || box.ids.some(this.matches);
      const off = !hit || (picked && !this.related.has(i));
      const ran = box.ids.some(id => this.graph.actions[id].verdict === 'run');
      const { fill, ink } = palette.shade(action, off ? 0.15 : ran || action.verdict === 'failed' ? 0.7 : 0.35);
      c.fillStyle = fill;
      c.fillRect(x, y - HEIGHT / 2, WIDTH, HEIGHT);
      c.globalAlpha = off ? 0.4 : 1;
      if (box.ids.some(id => this.critical.has(id))) {
        c.strokeStyle = palette.foreground;
        c.lineWidth = 1.5;
        c.strokeRect(x, y - HEIGHT / 2, WIDTH, HEIGHT);
      }
      if (box.ids.includes(this.selected)) {
        c.strokeStyle = palette.selection;
        c.lineWidth = 2.5;
        c.strokeRect(x - 1, y - HEIGHT / 2 - 1, WIDTH + 2, HEIGHT + 2);
      }
      if (!labels) continue;
      c.save();
      c.beginPath();
      c.rect(x, y - HEIGHT / 2, WIDTH - 4, HEIGHT);
      c.clip();
      c.fillStyle = ink;
      const more = box.ids.length > 1 ? ` (${box.ids.length})` : '';
      box.text ??= shortened(box.label + more, fits);
      c.fillText(box.text, x + 5, y + 0.5);
      c.restore();
    }
    c.globalAlpha = 1;
    // That there is more is told, and how to see it.
    const beyond = [before > 0 && `← ${before} more`, after > 0 && `${after} more →`].filter(Boolean);
    if (beyond.length === 0) return;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.fillStyle = palette.muted;
    c.fillText(`${beyond.join(' · ')} · press 0 to see all`, 4, height - 10);
  }
}
