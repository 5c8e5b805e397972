/** What the pages share: elements, tabs, the search field, colours of the theme, sizes in words. */
import { formatCount } from '../server/protocol/units.ts';

/** An element with attributes and children; a child that is a string becomes text, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Shows nodes in an element; what is there already stays in place, and with it the focus in it. */
export function showChildren(parent: HTMLElement, ...nodes: HTMLElement[]): void {
  const same = parent.children.length === nodes.length && nodes.every((node, i) => parent.children[i] === node);
  if (!same) parent.replaceChildren(...nodes);
}

/** Which of `count` things in a row a key leads to from the one at `at`, round the ends; -1 for other keys. */
export function alongRow(key: string, at: number, count: number): number {
  if (key === 'ArrowRight') return (at + 1) % count;
  if (key === 'ArrowLeft') return (at - 1 + count) % count;
  return key === 'Home' ? 0 : key === 'End' ? count - 1 : -1;
}

/** A sentence in place of the page's content, and a button that does something about it. */
export function notice(text: string, action: string | null, act: () => void = () => {}): HTMLElement {
  const box = el('div', { class: 'notice', role: 'status' }, el('p', {}, text));
  if (action !== null) {
    const button = el('button', { class: 'primary' }, action);
    button.addEventListener('click', act);
    box.append(button);
  }
  return box;
}

/** Puts a card beside the pointer, within the window. */
export function placeCard(card: HTMLElement, x: number, y: number): void {
  const within = (at: number, size: number, room: number) => `${Math.max(0, Math.min(at + 14, room - size - 8))}px`;
  card.style.left = within(x, card.offsetWidth, innerWidth);
  card.style.top = within(y, card.offsetHeight, innerHeight);
}

/** A row of tabs, moved along by arrow keys; `show` marks the one that is open, whose content `panel` has. */
export function tabBar<Tab extends string>(
  label: string,
  tabs: readonly (readonly [tab: Tab, title: string])[],
  opened: (tab: Tab) => void,
  panel?: HTMLElement,
): { element: HTMLElement; show(tab: Tab): void } {
  const buttons = tabs.map(([tab, title]) => {
    const button = el('button', { role: 'tab', id: `tab-${tab}` }, title);
    button.addEventListener('click', () => opened(tab));
    return button;
  });
  const element = el('div', { role: 'tablist', class: 'tabs', 'aria-label': label }, ...buttons);
  element.addEventListener('keydown', e => {
    const at = buttons.indexOf(e.target as HTMLButtonElement);
    const next = at < 0 ? -1 : alongRow(e.key, at, tabs.length);
    if (next < 0) return;
    buttons[next].focus();
    opened(tabs[next][0]);
    e.preventDefault();
  });
  return {
    element,
    show(tab) {
      for (const [i, button] of buttons.entries()) {
        button.setAttribute('aria-selected', String(tabs[i][0] === tab));
        button.tabIndex = tabs[i][0] === tab ? 0 : -1;
      }
      panel?.setAttribute('aria-labelledby', `tab-${tab}`);
    },
  };
}

/** A search field. `changed` hears of each new text; `done` of Enter (`found`), and of Escape, which clears it. */
export function searchField(
  label: string,
  value: string,
  changed: (text: string) => void,
  done: (found: boolean) => void,
): HTMLInputElement {
  const field = el('input', { type: 'search', placeholder: 'Search (/)', 'aria-label': label, value });
  field.addEventListener('input', () => changed(field.value));
  field.addEventListener('keydown', e => {
    if (e.key === 'Escape') {
      field.value = '';
      changed('');
      done(false);
    } else if (e.key === 'Enter') done(true);
  });
  return field;
}

/** What a search field asks for: `/text/` is a regular expression, anything else part of a text; null for nothing yet. */
export function textMatcher(search: string): ((text: string) => boolean) | null {
  if (search === '') return null;
  const expression = /^\/(.+?)\/?$/.exec(search);
  if (expression !== null) {
    try {
      const regexp = new RegExp(expression[1], 'i');
      return text => regexp.test(text);
    } catch {
      return null;
    }
  }
  const wanted = search.toLowerCase();
  return text => text.toLowerCase().includes(wanted);
}

/** A theme colour of VS Code, by its CSS variable; `fallback` outside VS Code. */
export function themeColor(name: string, fallback: string): string {
  return getComputedStyle(document.body).getPropertyValue(`--vscode-${name}`).trim() || fallback;
}

/** Calls back when VS Code switches its theme. */
export function onThemeChange(listener: () => void): void {
  new MutationObserver(listener).observe(document.body, { attributes: true, attributeFilter: ['class'] });
  // a page by itself follows the browser
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', listener);
}

/** The exact size: `1,234 bytes`. */
export function formatBytes(bytes: number): string {
  return formatCount(bytes, 'byte');
}

/** A part in percent, with more digits the smaller it is: `12.3 %`, `1.23 %`, `0.0012 %`. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const percent = (100 * part) / whole;
  return `${percent >= 10 ? percent.toFixed(1) : percent >= 0.01 || percent === 0 ? percent.toFixed(2) : percent.toFixed(4)} %`;
}
