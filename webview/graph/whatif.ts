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
    out.textContent = ` → ${wall < 0 ? 'the record is no longer there' : comparedWith(graph.wall, wall)}`;
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
  const numbers = choices.map(({ workers }): [string, number] => [String(workers), workers]);
  const workers = choice('Number of workers', numbers, state.workers, value => {
    state.workers = value;
    change();
  });
  const parts: (Node | string)[] = [el('b', {}, 'What if: '), 'workers ', workers];
  if (ask !== null) parts.push(' ', ...packageControls(graph, state, change));
  if (ask !== null && graph.actions.some(a => a.kind === 'cgo')) {
    const box = el('input', { type: 'checkbox', ...(state.noCgo ? { checked: '' } : {}) });
    box.addEventListener('change', () => {
      state.noCgo = box.checked;
      change();
    });
    parts.push(' ', el('label', { class: 'check' }, box, 'without cgo'));
  } else state.noCgo = false;
  update();
  return { element: el('div', { class: 'what-if' }, ...parts, out), answer: show };
}

/** A time, and how much of the other it is more or less: `12.3 s (−15 %)`. */
function comparedWith(before: number, wall: number): string {
  const percent = (100 * (wall - before)) / Math.max(before, 0.001);
  const sign = percent > 0.5 ? '+' : percent < -0.5 ? '−' : '±';
  return `${formatTime(wall)} (${sign}${Math.abs(percent).toFixed(0)} %)`;
}

/** A list to choose a number from, each under its label. */
function choice(
  label: string,
  values: readonly (readonly [label: string, value: number])[],
  value: number,
  changed: (value: number) => void,
): HTMLSelectElement {
  const options = values.map(([text, v]) =>
    el('option', { value: String(v), ...(v === value ? { selected: '' } : {}) }, text),
  );
  const select = el('select', { 'aria-label': label }, ...options);
  select.addEventListener('change', () => changed(Number(select.value)));
  return select;
}

/** A field for a package that was compiled, what is wrong with its text, and a choice of what becomes of the package. */
function packageControls(graph: GraphData, state: WhatIfState, change: () => void): (Node | string)[] {
  const compiled = graph.actions.filter(a => a.verdict === 'run' && a.package !== '');
  const names = [...new Set(compiled.map(a => a.package))].sort();
  if (!names.includes(state.package)) state.package = '';
  const list = el('datalist', { id: 'packages' }, ...names.map(n => el('option', { value: n })));
  const field = el('input', {
    type: 'text',
    list: 'packages',
    placeholder: 'package',
    'aria-label': 'A package that is gone or takes another time',
    value: state.package,
  });
  const unknown = el('span', { class: 'wrong', role: 'status' });
  const told = (final: boolean): void => {
    const known = names.includes(field.value);
    const wrong = final && field.value !== '' && !known;
    field.setAttribute('aria-invalid', String(wrong));
    unknown.textContent = wrong ? ' was not compiled in this build' : '';
    if (state.package === (known ? field.value : '')) return;
    state.package = known ? field.value : '';
    change();
  };
  field.addEventListener('input', () => told(false));
  field.addEventListener('change', () => told(true));
  const factor = choice('What becomes of the package', factors, state.factor, value => {
    state.factor = value;
    change();
  });
  return [field, list, unknown, ' ', factor];
}
