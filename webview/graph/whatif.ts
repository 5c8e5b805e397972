/** What if: more workers, a package gone or faster, no cgo. The scheduler is replayed by the host. */
import type { GraphData, WhatIfQuestion } from '../../server/protocol/builds.ts';
import { formatTime } from '../../server/protocol/units.ts';
import { el } from '../dom.ts';

export interface WhatIfState {
  workers: number;
  noCgo: boolean;
  package: string;
  factor: number;
}

export interface WhatIfControl {
  element: HTMLElement;
  /** The host's answer to the last question, in milliseconds; -1 when there is none. */
  answer(wall: number): void;
}

const factors: [label: string, factor: number][] = [
  ['is gone', 0],
  ['takes half the time', 0.5],
  ['takes a tenth', 0.1],
  ['takes twice the time', 2],
];

/** The control; `ask` is null on a page without a host, which knows the numbers of workers that came with it. */
export function whatIfControl(
  graph: GraphData,
  state: WhatIfState,
  ask: ((question: WhatIfQuestion) => void) | null,
  changed: () => void,
): WhatIfControl {
  const choices = graph.whatIf.filter(w => w.wall > 0);
  const observed = choices.reduce(
    (near, w) => (Math.abs(w.wall - graph.wall) < Math.abs(near.wall - graph.wall) ? w : near),
    choices[0],
  );
  if (!choices.some(w => w.workers === state.workers)) state.workers = observed.workers;
  const out = el('output', { 'aria-live': 'polite' });
  const show = (wall: number): void => {
    if (wall < 0) {
      out.textContent = ' → the record is no longer there';
      return;
    }
    const percent = (100 * (wall - graph.wall)) / Math.max(graph.wall, 0.001);
    const sign = percent > 0.5 ? '+' : percent < -0.5 ? '−' : '±';
    out.textContent = ` → ${formatTime(wall)} (${sign}${Math.abs(percent).toFixed(0)} %)`;
  };
  const update = (): void => {
    const plain = !state.noCgo && state.package === '';
    if (plain || ask === null) show(choices.find(w => w.workers === state.workers)!.wall);
    else {
      const packages: Record<string, number> = state.package === '' ? {} : { [state.package]: state.factor };
      ask({ workers: state.workers, noCgo: state.noCgo, packages });
    }
  };
  const change = (): void => {
    changed();
    update();
  };
  const workers = el(
    'select',
    { 'aria-label': 'Number of workers' },
    ...choices.map(w =>
      el(
        'option',
        { value: String(w.workers), ...(w.workers === state.workers ? { selected: '' } : {}) },
        String(w.workers),
      ),
    ),
  );
  workers.addEventListener('change', () => {
    state.workers = Number(workers.value);
    change();
  });
  const parts: (Node | string)[] = [el('b', {}, 'What if: '), 'workers ', workers];
  if (ask !== null) {
    const names = [...new Set(graph.actions.filter(a => a.verdict === 'run').map(a => a.package))]
      .filter(p => p !== '')
      .sort();
    const list = el('datalist', { id: 'packages' }, ...names.map(n => el('option', { value: n })));
    const pkg = el('input', {
      type: 'text',
      list: 'packages',
      placeholder: 'package',
      'aria-label': 'A package that is gone or takes another time',
      value: names.includes(state.package) ? state.package : '',
    });
    if (!names.includes(state.package)) state.package = '';
    const factor = el(
      'select',
      { 'aria-label': 'What becomes of the package' },
      ...factors.map(([label, f]) =>
        el('option', { value: String(f), ...(f === state.factor ? { selected: '' } : {}) }, label),
      ),
    );
    const told = (final: boolean): void => {
      const known = names.includes(pkg.value);
      const wrong = final && pkg.value !== '' && !known;
      pkg.setAttribute('aria-invalid', String(wrong));
      unknown.textContent = wrong ? ' was not compiled in this build' : '';
      if (state.package === (known ? pkg.value : '')) return;
      state.package = known ? pkg.value : '';
      change();
    };
    pkg.addEventListener('input', () => told(false));
    pkg.addEventListener('change', () => told(true));
    factor.addEventListener('change', () => {
      state.factor = Number(factor.value);
      change();
    });
    const unknown = el('span', { class: 'wrong', role: 'status' });
    parts.push(' ', pkg, list, unknown, ' ', factor);
    if (graph.actions.some(a => a.kind === 'cgo')) {
      const box = el('input', { type: 'checkbox', ...(state.noCgo ? { checked: '' } : {}) });
      box.addEventListener('change', () => {
        state.noCgo = box.checked;
        change();
      });
      parts.push(' ', el('label', { class: 'check' }, box, 'without cgo'));
    } else state.noCgo = false;
  }
  update();
  return { element: el('div', { class: 'what-if' }, ...parts, out), answer: show };
}
