/** What stands before the rows of reports. */
import type { ReportIcon } from '../server/protocol/reports.ts';

/** Codicons and their theme colours. */
export const icons: Record<ReportIcon, [icon: string, color?: string]> = {
  good: ['pass', 'testing.iconPassed'],
  bad: ['error', 'list.errorForeground'],
  warning: ['warning', 'list.warningForeground'],
  info: ['info'],
  rebuilt: ['tools'],
  kept: ['check'],
  depends: ['question'],
  link: ['link'],
  folder: ['folder'],
  file: ['file'],
  module: ['package'],
  package: ['symbol-namespace'],
  tool: ['wrench'],
  setting: ['symbol-variable'],
  time: ['history'],
};
