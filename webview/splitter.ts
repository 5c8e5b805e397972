/** The line between two panels that a person moves, by pointer or arrow keys; a double click gives it back its place. */
import { el } from './dom.ts';

/** Pixels that an arrow key moves it by. */
const STEP = 24;
const LEAST = 220;

/**
 * A separator that sets the width of `panel`, which stands to its right. `width`: pixels as they were kept, 0 for what
 * the style sheet says; `changed` is told what to keep.
 */
export function splitter(panel: HTMLElement, width: number, changed: (width: number) => void): HTMLElement {
  const line = el('div', {
    class: 'splitter',
    role: 'separator',
    tabindex: '0',
    'aria-orientation': 'vertical',
    'aria-label': 'Width of the details',
    'aria-valuemin': String(LEAST),
  });
  const set = (wished: number) => {
    const most = Math.max(LEAST, (panel.parentElement?.clientWidth ?? innerWidth) - LEAST);
    const next = wished === 0 ? 0 : Math.round(Math.min(most, Math.max(LEAST, wished)));
    panel.style.width = next === 0 ? '' : `${next}px`;
    line.setAttribute('aria-valuenow', String(next || panel.clientWidth || LEAST));
    return next;
  };
  set(width);
  line.addEventListener('pointerdown', e => {
    line.setPointerCapture(e.pointerId);
    const from = e.clientX;
    const before = panel.offsetWidth;
    const move = (m: PointerEvent) => set(before + from - m.clientX);
    line.addEventListener('pointermove', move);
    line.addEventListener(
      'lostpointercapture',
      () => {
        line.removeEventListener('pointermove', move);
        if (panel.style.width !== '') changed(panel.offsetWidth);
      },
      { once: true },
    );
  });
  line.addEventListener('dblclick', () => changed(set(0)));
  line.addEventListener('keydown', e => {
    const by = e.key === 'ArrowLeft' ? STEP : e.key === 'ArrowRight' ? -STEP : 0;
    if (by === 0) return;
    changed(set(panel.offsetWidth + by));
    e.preventDefault();
  });
  return line;
}
