/** What the rows are grouped and coloured by, and which of them are shown: the choices beside the tabs. */
import { el } from '../dom.ts';
import type { Colouring } from './colors.ts';
import type { Place } from './place.ts';
import type { RowGrouping } from './rows.ts';
import type { State, Tab } from './state.ts';
import type { Grouping } from './tree.ts';

export interface Controls {
  /** Those that a tab has. */
  of(tab: Tab): HTMLElement[];
  /** Has the choice show what the state says. */
  showGrouping(): void;
}

/** `changed` is called when something has to be drawn again; `place` is up to date by then. */
export function controlsOf(place: Place, state: State, changed: () => void): Controls {
  const group = choice('Group', ['package', 'section'], state.grouping, value => {
    state.grouping = value as Grouping;
    place.regroup();
    changed();
  });
  const colours = place.difference === null ? ['kind', 'package'] : ['difference', 'kind', 'package'];
  const colour = choice('Colour', colours, state.colouring, value => {
    state.colouring = value as Colouring;
    changed();
  });
  const rows = choice('Rows', ['symbol', 'package', 'kind', 'file', 'section'], state.rows, value => {
    state.rows = value as RowGrouping;
    changed();
  });
  const follow = el('input', { type: 'checkbox', ...(state.following ? { checked: '' } : {}) });
  const followBox = el(
    'label',
    { class: 'check', title: 'Padding, tables of symbols and debug information change with everything else' },
    follow,
    'What follows',
  );
  follow.addEventListener('change', () => {
    state.following = follow.checked;
    place.refilter();
    changed();
  });
  const shared = place.difference === null || place.onlyFollowing ? [] : [followBox];
  return {
    of: tab => (tab === 'table' ? [...shared, rows] : tab === 'treemap' ? [...shared, group, colour] : []),
    showGrouping() {
      group.querySelector('select')!.value = state.grouping;
    },
  };
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
