/** The table of a build's actions. */
import type { GraphAction } from '../../server/protocol/builds.ts';
import { formatTime } from '../../server/protocol/units.ts';
import { numberColumn, pathColumn, TableView, textColumn } from '../table.ts';
import { isStandard } from './network.ts';
import { duration } from './action.ts';

export function actionTable(select: (action: GraphAction) => void): TableView<GraphAction> {
  const group = (a: GraphAction) => (isStandard(a.package) ? 'std' : a.package === '' ? '' : 'module');
  const waited = (a: GraphAction) => (a.ready >= 0 && a.start >= 0 ? a.start - a.ready : 0);
  return new TableView<GraphAction>(
    'actions',
    [
      pathColumn('Package', 'minmax(140px, 1fr)', a => a.package),
      textColumn('Action', 'minmax(0, 84px)', a => a.mode),
      textColumn('Of', 'minmax(0, 60px)', group),
      textColumn('Result', 'minmax(0, 64px)', a => a.verdict),
      numberColumn('Start', 'minmax(58px, 68px)', a => a.start, formatTime),
      numberColumn('Waited', 'minmax(58px, 68px)', waited, formatTime),
      numberColumn('Took', 'minmax(58px, 68px)', duration, formatTime),
      numberColumn(
        'CPU',
        'minmax(58px, 68px)',
        a => a.cpu,
        ms => (ms > 0 ? formatTime(ms) : ''),
      ),
    ],
    { select, open: select },
    6,
  );
}
