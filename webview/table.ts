/** A table of many rows: only those in view are in the document. Sorts by column, moves by keyboard, copies as CSV. */
import { el } from './dom.ts';

export interface Column<Row> {
  title: string;
  /** CSS grid track: `80px`, `minmax(120px, 2fr)`. */
  width: string;
  numeric: boolean;
  /** Texts are paths, which often begin alike: where there is no room for one, its end is shown. */
  path?: boolean;
  text(row: Row): string;
  /** Exact value, shown as the cell's title. */
  exact?(row: Row): string;
  compare(a: Row, b: Row): number;
}

/** A column of texts. */
export function textColumn<Row>(title: string, width: string, text: (row: Row) => string): Column<Row> {
  const order = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return { title, width, numeric: false, text, compare: (a, b) => order(text(a), text(b)) };
}

/** A column of import paths. */
export function pathColumn<Row>(title: string, width: string, path: (row: Row) => string): Column<Row> {
  return { ...textColumn(title, width, path), path: true };
}

/** A column of numbers, written by `text`; as a cell's title they are exact. */
export function numberColumn<Row>(
  title: string,
  width: string,
  value: (row: Row) => number,
  text: (value: number) => string,
  exact: (value: number) => string = String,
): Column<Row> {
  return {
    title,
    width,
    numeric: true,
    text: row => text(value(row)),
    exact: row => exact(value(row)),
    compare: (a, b) => value(a) - value(b),
  };
}

const ROW_HEIGHT = 22;
/** The head stands still above the rows, in the same scrolled box: its columns are as wide as theirs. */
const HEAD_HEIGHT = 26;
/** Rows drawn above and below those in view. */
const MARGIN = 5;

/** A row in the document, used for one row of the data after another. */
interface Line {
  element: HTMLElement;
  cells: HTMLElement[];
  index: number;
}

export class TableView<Row> {
  readonly element: HTMLElement;
  private readonly head: HTMLElement;
  private readonly body: HTMLElement;
  private readonly spacer: HTMLElement;
  private readonly empty: HTMLElement;
  private lines: Line[] = [];
  private rows: Row[] = [];
  private order: Row[] = [];
  private sortBy: number;
  private descending = true;
  private current = -1;

  constructor(
    private readonly label: string,
    private readonly columns: Column<Row>[],
    private readonly events: {
      select(row: Row): void;
      open(row: Row): void;
      copy?(text: string): void;
      /** Shown in softer colour: what is of less interest. */
      faint?(row: Row): boolean;
    },
    sortBy: number,
  ) {
    this.sortBy = sortBy;
    this.head = el('div', { class: 'table-head', role: 'row' });
    this.spacer = el('div', { class: 'table-spacer', role: 'rowgroup' });
    this.body = el(
      'div',
      { class: 'table-body', role: 'presentation' },
      el('div', { class: 'table-top', role: 'rowgroup' }, this.head),
      this.spacer,
    );
    this.empty = el('p', { class: 'facts table-empty', role: 'status' });
    this.element = el('div', { class: 'table', role: 'grid', tabindex: '0', 'aria-label': label }, this.body);
    this.element.style.setProperty('--columns', columns.map(({ width }) => width).join(' '));
    this.body.addEventListener('scroll', () => this.render(false));
    this.element.addEventListener('keydown', e => this.key(e));
    this.body.addEventListener('click', e => this.clicked(e, false));
    this.body.addEventListener('dblclick', e => this.clicked(e, true));
    new ResizeObserver(() => this.render(false)).observe(this.body);
    this.renderHead();
  }

  /** `nothing`: what is said when there are no rows. */
  show(rows: Row[], nothing = 'No rows.'): void {
    this.rows = rows;
    this.element.setAttribute('aria-rowcount', String(rows.length + 1));
    this.empty.textContent = nothing;
    if (rows.length === 0) this.body.append(this.empty);
    else this.empty.remove();
    this.sort();
  }
  /** Marks a row and brings it into view. */
  select(row: Row | null): void {
    this.current = row === null ? -1 : this.order.indexOf(row);
    if (this.current >= 0) {
      const top = this.current * ROW_HEIGHT;
      const { scrollTop } = this.body;
      const clientHeight = this.body.clientHeight - HEAD_HEIGHT;
      if (top < scrollTop) this.body.scrollTop = top;
      else if (top + ROW_HEIGHT > scrollTop + clientHeight) this.body.scrollTop = top + ROW_HEIGHT - clientHeight;
    }
    this.render(true);
  }
  csv(): string {
    const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const line = (cells: string[]) => `${cells.map(quote).join(',')}\n`;
    return (
      line(this.columns.map(c => c.title)) +
      this.order.map(row => line(this.columns.map(c => c.exact?.(row) ?? c.text(row)))).join('')
    );
  }
  focus(): void {
    this.element.focus();
    if (this.current < 0) this.move(0);
  }

  private renderHead(): void {
    const focused = [...this.head.children].indexOf(document.activeElement?.parentElement ?? this.head);
    this.head.replaceChildren(
      ...this.columns.map((column, i) => {
        const sorted = i === this.sortBy;
        const button = el('button', {}, column.title + (sorted ? (this.descending ? ' ↓' : ' ↑') : ''));
        button.addEventListener('click', () => {
          this.descending = sorted ? !this.descending : column.numeric;
          this.sortBy = i;
          this.renderHead();
          this.sort();
        });
        return el(
          'span',
          {
            class: column.numeric ? 'numeric' : '',
            role: 'columnheader',
            'aria-sort': sorted ? (this.descending ? 'descending' : 'ascending') : 'none',
          },
          button,
        );
      }),
    );
    if (focused >= 0) this.head.children[focused].querySelector('button')?.focus();
  }
  private sort(): void {
    const chosen = this.current >= 0 ? this.order[this.current] : null;
    const { compare } = this.columns[this.sortBy];
    this.order = [...this.rows].sort(this.descending ? (a, b) => compare(b, a) : compare);
    this.spacer.style.height = `${this.order.length * ROW_HEIGHT}px`;
    this.select(chosen);
  }
  private newLine(): Line {
    const cells = this.columns.map(({ numeric, path = false }) =>
      // a path reads from left to right within a cell that is cut off at its left
      el('span', { class: numeric ? 'numeric' : path ? 'path' : '', role: 'gridcell' }, ...(path ? [el('bdi')] : [])),
    );
    const element = el('div', { class: 'table-row', role: 'row' }, ...cells);
    this.spacer.append(element);
    return { element, cells, index: -1 };
  }
  /** Brings the rows in view into the document; `anew` writes those that are there already again. */
  private render(anew: boolean): void {
    const first = Math.max(0, Math.floor(this.body.scrollTop / ROW_HEIGHT) - MARGIN);
    const last = Math.min(
      this.order.length,
      Math.ceil((this.body.scrollTop + this.body.clientHeight) / ROW_HEIGHT) + MARGIN,
    );
    // a line keeps its row while that is in view: row i is in line i modulo their number
    const count = Math.ceil(this.body.clientHeight / ROW_HEIGHT) + 1 + 2 * MARGIN;
    if (this.lines.length !== count) {
      this.spacer.replaceChildren();
      this.lines = Array.from({ length: count }, () => this.newLine());
    }
    const free = this.lines.length;
    for (let i = first; i < first + free; i++) {
      const line = this.lines[i % free];
      if (i >= last) {
        line.index = -1;
        line.element.hidden = true;
      } else if (anew || line.index !== i) this.write(line, i);
    }
    if (this.current >= 0) this.element.setAttribute('aria-activedescendant', `${this.label}-${this.current}`);
    else this.element.removeAttribute('aria-activedescendant');
  }
  private write(line: Line, i: number): void {
    const row = this.order[i];
    const { element, cells } = line;
    line.index = i;
    element.hidden = false;
    element.id = `${this.label}-${i}`;
    element.dataset.index = String(i);
    element.style.transform = `translateY(${i * ROW_HEIGHT}px)`;
    element.classList.toggle('selected', i === this.current);
    element.classList.toggle('faint', this.events.faint?.(row) ?? false);
    element.setAttribute('aria-rowindex', String(i + 2));
    element.setAttribute('aria-selected', String(i === this.current));
    for (const [c, column] of this.columns.entries()) {
      const text = column.text(row);
      (cells[c].firstElementChild ?? cells[c]).textContent = text;
      cells[c].title = column.exact?.(row) ?? text;
    }
  }
  private clicked(e: MouseEvent, open: boolean): void {
    const line = (e.target as HTMLElement).closest('[data-index]');
    if (line === null) return;
    this.move(Number(line.getAttribute('data-index')));
    if (open) this.events.open(this.order[this.current]);
  }
  private move(to: number): void {
    if (this.order.length === 0) return;
    const row = this.order[Math.max(0, Math.min(this.order.length - 1, to))];
    this.select(row);
    this.events.select(row);
  }
  private key(e: KeyboardEvent): void {
    // the buttons in its head have keys of their own
    if (e.target !== this.element) return;
    const page = Math.max(1, Math.floor(this.body.clientHeight / ROW_HEIGHT) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (e.key in steps) this.move(this.current + steps[e.key]);
    else if (e.key === 'Home') this.move(0);
    else if (e.key === 'End') this.move(this.order.length - 1);
    else if (e.key === 'Enter' && this.current >= 0) this.events.open(this.order[this.current]);
    else if (e.key === 'c' && (e.ctrlKey || e.metaKey) && this.events.copy && this.current >= 0) {
      const row = this.order[this.current];
      this.events.copy(this.columns.map(c => c.exact?.(row) ?? c.text(row)).join('\t'));
    } else return;
    e.preventDefault();
  }
}
