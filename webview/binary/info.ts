/** What the file says of itself: how it was built, of which modules, what protects it, and what it weighed before. */
import type { BinarySummary, PastBuild } from '../../server/protocol/binary.ts';
import { formatSigned, formatSize } from '../../server/protocol/units.ts';
import { el, formatBytes } from '../dom.ts';

export function buildInfo(summary: BinarySummary): HTMLElement {
  const box = el('div', { class: 'build' });
  const section = (title: string, facts: [string, string][]) => {
    const shown = facts.filter(([, value]) => value !== '');
    if (shown.length === 0) return;
    const list = el('dl', {}, ...shown.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
    box.append(el('h2', {}, title), list);
  };
  section('Build', [
    ['main package', summary.mainPath],
    ['built with', summary.go],
    ['build ID', summary.buildId],
    ['kind of file', summary.type],
    ['symbol table', summary.stripped ? 'none: stripped' : 'yes'],
    ['needs', summary.libraries.join(', ')],
  ]);
  section(
    'Settings',
    summary.settings.map(({ key, value }) => [key, value]),
  );
  section(
    'Variables set by the linker (-X)',
    summary.variables.map(({ name, value }) => [name, value || '""']),
  );
  section(
    'Protection',
    summary.hardening.map(({ name, value }) => [name, value]),
  );
  return box;
}

export function moduleTable(summary: BinarySummary): HTMLElement {
  const { modules } = summary;
  if (modules.length === 0)
    return el('div', { class: 'build' }, el('p', { class: 'facts' }, 'The file names no modules.'));
  const head = ['Module', 'Version', 'Licence', 'Replaced by'];
  const rows = modules.map(m => el('tr', {}, ...[m.path, m.version, m.licence, m.replaced].map(t => el('td', {}, t))));
  return el(
    'div',
    { class: 'build' },
    el('table', {}, el('thead', {}, el('tr', {}, ...head.map(title => el('th', {}, title)))), el('tbody', {}, ...rows)),
  );
}

/** A bar for each past build, the newest last, and the same as a table. */
export function historyView(history: readonly PastBuild[]): HTMLElement {
  if (history.length === 0)
    return el(
      'div',
      { class: 'build' },
      el('p', { class: 'facts' }, 'No builds of this file are known: sizes are kept when Gospect builds it.'),
    );
  const most = Math.max(...history.map(b => b.size));
  const rows = history.map((build, i) => {
    const before = i === 0 ? build.size : history[i - 1].size;
    const change = build.size - before;
    return el(
      'tr',
      {},
      el('td', {}, new Date(build.time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })),
      el('td', { class: 'numeric', title: formatBytes(build.size) }, formatSize(build.size)),
      el('td', { class: 'numeric', title: formatBytes(change) }, change === 0 ? '' : formatSigned(change)),
      el('td', {}, el('div', { class: 'bar', style: `width:${((240 * build.size) / most).toFixed(1)}px` })),
    );
  });
  const head = ['Built', 'Size', 'Change', ''].map((title, i) =>
    el('th', i === 1 || i === 2 ? { class: 'numeric' } : {}, title),
  );
  return el(
    'div',
    { class: 'build' },
    el('table', {}, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...rows.toReversed())),
  );
}
