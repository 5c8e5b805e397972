/** The timeline: an overview of how many actions ran at a time, with a window on it, and the lanes inside the window. */
import { scaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import { zoom, type ZoomTransform, zoomIdentity } from 'd3-zoom';
import type { GraphAction, GraphData } from '../../server/protocol/builds.ts';
import { formatTime } from '../../server/protocol/units.ts';
import { el } from '../dom.ts';
import { duration, nameOf, shortened } from './action.ts';
import type { Palette } from './palette.ts';

/** Least and greatest height of a lane in pixels: few lanes get more room. */
const LANE = 22;
const TALL = 44;
const AXIS = 20;
const OVERVIEW = 44;
/** Zooming in further than this many pixels a millisecond shows nothing new. */
const DEEPEST = 400;

export interface TimelineEvents {
  select(id: number): void;
  hover(id: number | null, x: number, y: number): void;
  /** The part of the build in view, in milliseconds. */
  moved(from: number, to: number): void;
}

export class TimelineView {
  readonly element: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly overview: HTMLCanvasElement;
  private readonly box: HTMLElement;
  private critical = new Set<number>();
  private byLane: number[][] = [];
  private graph: GraphData;
  private transform: ZoomTransform = zoomIdentity;
  private readonly behaviour = zoom<HTMLCanvasElement, unknown>();
  private selected = -1;
  private matches: ((id: number) => boolean) | null = null;
  private width = 0;
  private lane = LANE;
  private frame = 0;

  constructor(
    graph: GraphData,
    private readonly palette: Palette,
    private readonly events: TimelineEvents,
    window: { from: number; to: number } | null,
  ) {
    this.graph = graph;
    this.index();
    this.overview = el('canvas', { class: 'overview', 'aria-hidden': 'true' });
    this.canvas = el('canvas', {
      tabindex: '0',
      role: 'img',
      'aria-label': 'Timeline of the build; the tab Table has the same actions',
    });
    this.box = el('div', { class: 'lanes' }, this.canvas);
    this.element = el('div', { class: 'timeline' }, this.overview, this.box);
    this.listen();
    let first = true;
    new ResizeObserver(() => {
      this.resize();
      if (first && this.width > 0) {
        first = false;
        if (window) this.showWindow(window.from, window.to);
      }
    }).observe(this.box);
  }

  /** More of the same build: it goes on while it is looked at. */
  update(graph: GraphData): void {
    const lanes = this.graph.lanes;
    this.graph = graph;
    this.index();
    if (graph.lanes === lanes) this.draw();
    else this.resize();
  }
  private index(): void {
    const { graph } = this;
    this.critical = new Set(graph.critical.map(step => step.id));
    this.byLane = [];
    graph.actions.forEach((a, id) => {
      if (a.lane >= 0) (this.byLane[a.lane] ??= []).push(id);
    });
    for (const lane of this.byLane) lane?.sort((x, y) => graph.actions[x].start - graph.actions[y].start);
  }

  select(id: number): void {
    this.selected = id;
    const a = this.graph.actions[id];
    if (a && a.lane >= 0) {
      const [from, to] = this.window();
      if (a.done < from || a.start > to) {
        const half = (to - from) / 2;
        const middle = (a.start + a.done) / 2;
        this.showWindow(middle - half, middle + half);
      }
      const top = AXIS + a.lane * this.lane;
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      else if (top + this.lane > this.box.scrollTop + this.box.clientHeight)
        this.box.scrollTop = top + this.lane - this.box.clientHeight;
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
    this.frame = requestAnimationFrame(() => {
      this.drawLanes();
      this.drawOverview();
    });
  }

  private scale() {
    return scaleLinear()
      .domain([0, Math.max(this.graph.wall, 1)])
      .range([0, this.width]);
  }
  /** The milliseconds in view. */
  private window(): [number, number] {
    const x = this.transform.rescaleX(this.scale());
    return [x.invert(0), x.invert(this.width)];
  }
  private showWindow(from: number, to: number): void {
    const total = Math.max(this.graph.wall, 1);
    const span = Math.min(Math.max(to - from, this.width / DEEPEST), total);
    const start = Math.min(Math.max(from, 0), total - span);
    const k = total / span;
    this.behaviour.transform(select(this.canvas), zoomIdentity.scale(k).translate(-this.scale()(start), 0));
  }

  private resize(): void {
    const width = this.box.clientWidth;
    if (width === 0) return;
    const [from, to] = this.width > 0 ? this.window() : [0, this.graph.wall];
    const whole = this.transform.k === 1;
    this.width = width;
    this.lane = Math.min(TALL, Math.max(LANE, (this.box.clientHeight - AXIS - 4) / Math.max(this.graph.lanes, 1)));
    const height = Math.max(AXIS + this.graph.lanes * this.lane + 4, this.box.clientHeight);
    for (const [canvas, h] of [
      [this.canvas, height],
      [this.overview, OVERVIEW],
    ] as const) {
      canvas.width = width * devicePixelRatio;
      canvas.height = h * devicePixelRatio;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${h}px`;
    }
    const deepest = Math.max(1, (DEEPEST * Math.max(this.graph.wall, 1)) / width);
    this.behaviour
      .scaleExtent([1, deepest])
      .extent([
        [0, 0],
        [width, height],
      ])
      .translateExtent([
        [0, 0],
        [width, height],
      ]);
    if (!whole) this.showWindow(from, to);
    this.draw();
  }

  private listen(): void {
    this.behaviour
      // the wheel scrolls the lanes; with Ctrl or Alt, or over a view that has no more lanes, it zooms
      .filter((event: Event) => {
        if (event.type !== 'wheel') return !(event as MouseEvent).button;
        const wheel = event as WheelEvent;
        return wheel.ctrlKey || wheel.altKey || this.box.scrollHeight <= this.box.clientHeight + 1;
      })
      .on('zoom', ({ transform }: { transform: ZoomTransform }) => {
        this.transform = transform;
        this.events.moved(...this.window());
        this.draw();
      });
    select(this.canvas).call(this.behaviour).on('dblclick.zoom', null);
    this.canvas.addEventListener('mousemove', e => {
      const id = this.at(e.offsetX, e.offsetY);
      this.events.hover(id, e.clientX, e.clientY);
      this.canvas.style.cursor = id === null ? 'default' : 'pointer';
    });
    this.canvas.addEventListener('mouseleave', () => this.events.hover(null, 0, 0));
    this.canvas.addEventListener('click', e => {
      const id = this.at(e.offsetX, e.offsetY);
      if (id !== null) this.events.select(id);
    });
    this.canvas.addEventListener('dblclick', e => {
      const id = this.at(e.offsetX, e.offsetY);
      if (id === null) this.showWindow(0, this.graph.wall);
      else this.zoomTo(id);
    });
    this.canvas.addEventListener('keydown', e => this.key(e));
    let anchor: number | null = null;
    const ms = (e: PointerEvent) => this.scale().invert(e.offsetX);
    this.overview.addEventListener('pointerdown', e => {
      anchor = ms(e);
      this.overview.setPointerCapture(e.pointerId);
    });
    this.overview.addEventListener('pointermove', e => {
      if (anchor !== null) this.showWindow(Math.min(anchor, ms(e)), Math.max(anchor, ms(e)));
    });
    this.overview.addEventListener('pointerup', e => {
      // a click without a drag: centre there; a second one shows all
      if (anchor !== null && Math.abs(ms(e) - anchor) < this.graph.wall / 200) {
        const [from, to] = this.window();
        const half = (to - from) / 2;
        this.showWindow(anchor - half, anchor + half);
      }
      anchor = null;
    });
    this.overview.addEventListener('dblclick', () => this.showWindow(0, this.graph.wall));
  }

  private zoomTo(id: number): void {
    const a = this.graph.actions[id];
    const margin = Math.max(duration(a) * 0.4, this.graph.wall / 500);
    this.showWindow(a.start - margin, a.done + margin);
  }

  private at(x: number, y: number): number | null {
    const lane = this.byLane[Math.floor((y - AXIS) / this.lane)];
    if (!lane || y < AXIS) return null;
    const scale = this.transform.rescaleX(this.scale());
    // a sliver can be hit within two pixels
    let best: number | null = null;
    let near = 2;
    for (const id of lane) {
      const a = this.graph.actions[id];
      const from = scale(a.start);
      const to = scale(a.done);
      const off = x < from ? from - x : x > to ? x - to : 0;
      if (off === 0) return id;
      if (off < near) {
        near = off;
        best = id;
      }
    }
    return best;
  }

  private key(e: KeyboardEvent): void {
    const a = this.graph.actions[this.selected];
    const go = (id: number | undefined) => {
      if (id !== undefined) this.events.select(id);
    };
    const [from, to] = this.window();
    const span = to - from;
    if (e.key === 'ArrowLeft' || e.key === 'ArrowRight') {
      const lane = a && a.lane >= 0 ? this.byLane[a.lane] : this.byLane[0];
      const at = lane?.indexOf(this.selected) ?? -1;
      go(lane?.[at < 0 ? 0 : at + (e.key === 'ArrowRight' ? 1 : -1)]);
    } else if (e.key === 'ArrowUp' || e.key === 'ArrowDown') {
      const next = (a && a.lane >= 0 ? a.lane : -1) + (e.key === 'ArrowDown' ? 1 : -1);
      const lane = this.byLane[next];
      if (lane) {
        const middle = a ? (a.start + a.done) / 2 : 0;
        const far = (id: number) => {
          const b = this.graph.actions[id];
          return Math.max(b.start - middle, middle - b.done, 0);
        };
        go(lane.reduce((best, id) => (far(id) < far(best) ? id : best), lane[0]));
      }
    } else if (e.key === '+' || e.key === '=') this.showWindow(from + span / 4, to - span / 4);
    else if (e.key === '-') this.showWindow(from - span / 2, to + span / 2);
    else if (e.key === '0') this.showWindow(0, this.graph.wall);
    else if (e.key === 'Enter' && a && a.lane >= 0) this.zoomTo(this.selected);
    else return;
    e.preventDefault();
  }

  private drawLanes(): void {
    const c = this.canvas.getContext('2d')!;
    const { palette, graph } = this;
    const ratio = devicePixelRatio;
    const height = this.canvas.height / ratio;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, this.width, height);
    const x = this.transform.rescaleX(this.scale());
    c.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    c.textBaseline = 'middle';
    const ticks = x.ticks(Math.max(2, Math.floor(this.width / 110)));
    c.fillStyle = palette.muted;
    c.strokeStyle = palette.muted;
    for (const tick of ticks) {
      const at = Math.round(x(tick)) + 0.5;
      c.globalAlpha = 0.25;
      c.beginPath();
      c.moveTo(at, AXIS - 4);
      c.lineTo(at, height);
      c.stroke();
      c.globalAlpha = 1;
      c.fillText(tick === 0 ? '0' : formatTime(tick), at + 3, AXIS / 2);
    }
    for (const lane of this.byLane) {
      for (const id of lane ?? []) this.drawAction(c, id, graph.actions[id], x);
    }
  }

  private drawAction(c: CanvasRenderingContext2D, id: number, a: GraphAction, x: (ms: number) => number): void {
    const left = x(a.start);
    const right = x(a.done);
    if (right < 0 || left > this.width) return;
    // a gap of a pixel keeps neighbours apart where there is room for it
    const width = Math.max(right - left - (right - left > 3 ? 1 : 0), 1);
    const top = AXIS + a.lane * this.lane + 1;
    const height = this.lane - 3;
    const dim = this.matches !== null && !this.matches(id);
    const { fill, ink } = this.palette.shade(a, dim ? 0.15 : a.verdict === 'cached' ? 0.35 : 0.7);
    c.fillStyle = fill;
    c.fillRect(left, top, width, height);
    if (a.verdict === 'failed') {
      c.setLineDash([4, 3]);
      c.strokeStyle = this.palette.foreground;
      c.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
      c.setLineDash([]);
    }
    c.globalAlpha = dim ? 0.4 : 1;
    if (this.critical.has(id)) {
      c.strokeStyle = this.palette.foreground;
      c.lineWidth = 1.5;
      c.strokeRect(left + 0.75, top + 0.75, Math.max(width - 1.5, 0.5), height - 1.5);
      c.lineWidth = 1;
    }
    if (id === this.selected) {
      c.strokeStyle = this.palette.selection;
      c.lineWidth = 2;
      c.strokeRect(left - 1, top - 1, width + 2, height + 2);
      c.lineWidth = 1;
    }
    const shown = Math.max(left, 0);
    const room = Math.min(right, this.width) - shown - 8;
    if (room > 24) {
      c.save();
      c.beginPath();
      c.rect(shown, top, room + 6, height);
      c.clip();
      c.fillStyle = ink;
      const name = shortened(nameOf(a), text => c.measureText(text).width <= room);
      c.fillText(name, shown + 4, top + height / 2 + 0.5);
      c.restore();
    }
    c.globalAlpha = 1;
  }

  /** How many actions ran at each time, stacked by kind, and the window. */
  private drawOverview(): void {
    const c = this.overview.getContext('2d')!;
    const ratio = devicePixelRatio;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, this.width, OVERVIEW);
    const x = this.scale();
    const lanes = Math.max(this.graph.lanes, 1);
    const unit = (OVERVIEW - 6) / lanes;
    for (const lane of this.byLane) {
      for (const id of lane ?? []) {
        const a = this.graph.actions[id];
        c.globalAlpha = a.verdict === 'cached' ? 0.4 : 0.8;
        c.fillStyle = this.palette.of(a);
        c.fillRect(x(a.start), OVERVIEW - (a.lane + 1) * unit, Math.max(x(a.done) - x(a.start), 0.5), unit);
      }
    }
    c.globalAlpha = 1;
    const [from, to] = this.window();
    c.fillStyle = this.palette.background;
    c.globalAlpha = 0.6;
    c.fillRect(0, 0, x(from), OVERVIEW);
    c.fillRect(x(to), 0, this.width - x(to), OVERVIEW);
    c.globalAlpha = 1;
    c.strokeStyle = this.palette.selection;
    c.strokeRect(x(from) + 0.5, 0.5, Math.max(x(to) - x(from) - 1, 1), OVERVIEW - 1);
  }
}
