/** What of the page survives hiding, reload and restart. */
import type { Colouring } from './colors.ts';
import type { RowGrouping } from './rows.ts';
import type { SideTab } from './side.ts';
import type { Grouping } from './tree.ts';

export type Tab = 'treemap' | 'table' | 'modules' | 'build' | 'history';

export interface State {
  tab: Tab;
  side: SideTab;
  grouping: Grouping;
  rows: RowGrouping;
  colouring: Colouring;
  search: string;
  /** Keys of the node in view and of the one selected. */
  view: string;
  selected: string;
  /** Pixels that the details are wide; 0 for what the style sheet says. */
  sideWidth: number;
  /** Of a difference also what only follows from other changes. */
  following: boolean;
}

export const FIRST_STATE: Readonly<State> = {
  tab: 'treemap',
  side: 'details',
  grouping: 'package',
  rows: 'symbol',
  colouring: 'kind',
  search: '',
  view: '',
  selected: '',
  sideWidth: 0,
  following: false,
};
