/** What stands above the views: which file it is, its sections as one strip, and what it is compared with. */
import type { BinaryHead } from '../../server/protocol/binary.ts';
import { formatSigned, formatSize } from '../../server/protocol/units.ts';
import { alongRow, el, formatBytes, formatShare } from '../dom.ts';
import type { Difference } from './place.ts';

export function headLine(head: BinaryHead, stripped = false): HTMLElement {
  return el(
    'div',
    { class: 'header' },
    el('h1', {}, head.name),
    el('span', { class: 'facts', title: formatBytes(head.size) }, factsOf(head, stripped)),
  );
}

function factsOf(summary: BinaryHead, stripped: boolean): string {
  return [
    `${summary.format.toUpperCase().replace('MACHO', 'Mach-O').replace('WASM', 'Wasm')} ${summary.goos}/${summary.goarch}`,
    // what obfuscators say of it
    summary.go === 'unknown' ? 'Go of a release that is not told' : summary.go || 'no Go program',
    formatSize(summary.size),
    ...(stripped ? ['stripped'] : []),
  ].join(' · ');
}

/** What is compared, and a way back. */
export function comparedBar({ old, size, rows }: Difference, end: () => void): HTMLElement {
  const change = size - old.size;
  const back = el('button', {}, 'End comparison');
  back.addEventListener('click', end);
  let more = 0;
  let less = 0;
  for (let i = 0; i < rows.now.length; i++) {
    if (rows.follows[i]) continue;
    const d = rows.now[i] - rows.old[i];
    if (d > 0) more += d;
    else less += d;
  }
  return el(
    'div',
    { class: 'strip-row', role: 'status' },
    el('b', { title: formatBytes(change) }, formatSigned(change)),
    el(
      'span',
      { class: 'facts' },
      `against ${old.name} (${formatSize(old.size)}) · ${formatSigned(more)} and ${formatSigned(less)} in code and data; the rest follows from that`,
    ),
    el('span', { class: 'grow' }),
    back,
  );
}

/** One bar for the whole file: its sections in order, each as wide as its share, and a way into each. */
export function stripElement(
  summary: BinaryHead,
  unknown: number | null,
  enter: ((section: string) => void) | null,
): HTMLElement {
  const strip = el('div', { class: 'strip', role: 'toolbar', 'aria-label': 'Sections in the order of the file' });
  const buttons: HTMLElement[] = [];
  for (const [i, part] of summary.strip.entries()) {
    const share = (100 * part.size) / summary.size;
    if (share < 0.02) continue;
    const facts = `${formatSize(part.size)} (${formatBytes(part.size)}) · ${share.toFixed(2)} %`;
    const button = el(
      'button',
      {
        class: part.name === 'outside sections' ? 'gap' : i % 2 === 0 ? 'even' : 'odd',
        style: `flex-grow:${part.size}`,
        'aria-label': `${part.name}, ${facts}`,
        title: `${part.name}\n${facts}\nfrom byte ${part.offset}`,
        // one stop for the keyboard, moved along by arrow keys; none before there is something to go to
        tabindex: enter !== null && buttons.length === 0 ? '0' : '-1',
      },
      share > 4 ? part.name : '',
    );
    button.addEventListener('click', () => enter?.(part.name));
    buttons.push(button);
  }
  strip.append(...buttons);
  strip.addEventListener('keydown', e => {
    const at = buttons.indexOf(e.target as HTMLElement);
    const next = at < 0 ? -1 : alongRow(e.key, at, buttons.length);
    if (next < 0) return;
    buttons[at].tabIndex = -1;
    buttons[next].tabIndex = 0;
    buttons[next].focus();
    e.preventDefault();
  });
  const row = el('div', { class: 'strip-row' }, strip);
  if (unknown !== null)
    row.append(
      el('span', { class: 'unknown', title: formatBytes(unknown) }, `unknown ${formatShare(unknown, summary.size)}`),
    );
  return row;
}
