/** A build while it runs: the timeline as it grows, and what is being done now. */
import type { ActionKindName, GraphAction, GraphData, LiveSpan } from '../../server/protocol/builds.ts';
import { formatTime } from '../../server/protocol/units.ts';
import { el } from '../dom.ts';
import { duration, nameOf } from './action.ts';
import type { Palette } from './palette.ts';
import { TimelineView } from './timeline.ts';

/** Shorter than this nothing was done: the cache had it. In milliseconds. */
const moment = 0.5;

function kindOf(mode: string): ActionKindName {
  if (mode === 'build') return 'compile';
  if (mode.includes('cgo')) return 'cgo';
  if (mode.startsWith('link')) return 'link';
  if (mode.startsWith('vet')) return 'vet';
  return mode.startsWith('test') ? 'test' : 'other';
}

/** The actions so far, those that run drawn up to now; workers are lanes. */
function graphOf(name: string, target: string, spans: readonly LiveSpan[], now: number): GraphData {
  const threads = [...new Set(spans.map(s => s.thread))].sort((a, b) => a - b);
  const lanes = new Map(threads.map((t, i) => [t, i]));
  const shown = spans.filter(
    s => s.mode !== 'build check cache' && s.mode !== 'nop' && (s.done < 0 || s.done - s.start >= moment),
  );
  const actions = shown.map(
    (s): GraphAction => ({
      mode: s.mode,
      package: s.package,
      kind: kindOf(s.mode),
      verdict: 'run',
      deps: [],
      ready: s.start,
      start: s.start,
      done: s.done < 0 ? Math.max(now, s.start) : s.done,
      lane: lanes.get(s.thread) ?? 0,
      commands: [],
      cpu: 0,
      actionId: '',
      buildId: '',
      target: '',
    }),
  );
  const cached = spans.filter(s => s.mode === 'build' && s.done >= 0 && s.done - s.start < moment).length;
  return {
    v: 1,
    title: name,
    target,
    began: 0,
    wall: Math.max(now, 1),
    cpu: 0,
    cached,
    run: actions.length,
    failed: 0,
    lanes: threads.length,
    actions,
    critical: [],
    whatIf: [],
    reasons: null,
    loading: -1,
    processes: null,
  };
}

export interface LiveView {
  element: HTMLElement;
  update(spans: readonly LiveSpan[]): void;
  stop(): void;
}

export function liveView(name: string, target: string, palette: Palette): LiveView {
  let spans: readonly LiveSpan[] = [];
  /** The build's clock, and the page's when it was last told. */
  let told = 0;
  let at = performance.now();
  const facts = el('span', { class: 'facts' });
  const doing = el('p', { class: 'answer', 'aria-live': 'off' });
  const timeline = new TimelineView(
    graphOf(name, target, [], 1),
    palette,
    { select: () => {}, hover: () => {}, moved: () => {} },
    null,
  );
  const draw = (): void => {
    const now = told + (performance.now() - at);
    const graph = graphOf(name, target, spans, now);
    timeline.update(graph);
    const running = spans.filter(s => s.done < 0 && s.mode !== 'load packages');
    facts.textContent = `${target} · ${formatTime(now)} · ${graph.run - running.length} done, ${graph.cached} from the cache, ${running.length} running`;
    const names = graph.actions.filter(a => a.done >= now - 1 && duration(a) > 0);
    doing.textContent =
      running.length === 0
        ? 'Loading packages and looking into the cache.'
        : `Now: ${names
            .map(a => `${nameOf(a)} (${formatTime(duration(a))})`)
            .slice(0, 6)
            .join(', ')}`;
  };
  const timer = setInterval(draw, 500);
  return {
    element: el(
      'div',
      { class: 'live' },
      el('div', { class: 'header' }, el('h1', {}, 'Building'), facts, el('span', { class: 'grow' })),
      doing,
      el('main', {}, el('section', { class: 'panel' }, timeline.element)),
    ),
    update(next) {
      spans = next;
      const latest = spans.reduce((most, s) => Math.max(most, s.start, s.done), 0);
      if (latest > told + (performance.now() - at) || told === 0) {
        told = latest;
        at = performance.now();
      }
      draw();
    },
    stop: () => clearInterval(timer),
  };
}
