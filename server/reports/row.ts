/** Rows of reports. */
import type { ReportIcon, ReportNode } from '../protocol/reports.ts';

/** A row; what is not given is empty. */
export function row(
  icon: ReportIcon,
  label: string,
  detail = '',
  rest: Partial<Omit<ReportNode, 'icon' | 'label' | 'detail'>> = {},
): ReportNode {
  return {
    icon,
    label,
    detail,
    tooltip: '',
    file: '',
    line: 0,
    copy: '',
    goroot: '',
    expanded: false,
    children: [],
    ...rest,
  };
}
