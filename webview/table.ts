/** A table of many rows: only those in view are in the document. Sorts by column, moves by keyboard, copies as CSV. */
import { el } from './dom.ts';

export interface Column<Row> {
  title: string;
  /** CSS width. */
  width: string;
  numeric: boolean;
  text(row: Row): string;
  /** Exact value, shown as the cell's title. */
  exact?(row: Row): string;
  compare(a: Row, b: Row): number;
}

const ROW_HEIGHT = 22;

export class TableView<Row> {
  readonly element: HTMLElement;
  private readonly head: HTMLElement;
  private readonly body: HTMLElement;
  private readonly spacer: HTMLElement;
  private rows: Row[] = [];
  private order: Row[] = [];
  private sortBy: number;
  private descending = true;
  private current = -1;

  constructor(
    private readonly label: string,
    private readonly columns: Column<Row>[],
    private readonly events: { select(row: Row): void; open(row: Row): void; copy?(text: string): void },
    sortBy: number,
  ) {
    this.sortBy = sortBy;
    this.head = el('div', { class: 'table-head', role: 'row' });
    this.spacer = el('div', { class: 'table-spacer', role: 'rowgroup' });
    this.body = el('div', { class: 'table-body', role: 'presentation', tabindex: '0' }, this.spacer);
    this.element = el('div', { class: 'table', role: 'grid', 'aria-label': label }, this.head, this.body);
    this.body.addEventListener('scroll', () => this.render());
    this.body.addEventListener('keydown', e => this.key(e));
    this.body.addEventListener('click', e => this.clicked(e, false));
    this.body.addEventListener('dblclick', e => this.clicked(e, true));
    new ResizeObserver(() => this.render()).observe(this.body);
    this.renderHead();
  }

  show(rows: Row[]): void {
    this.rows = rows;
    this.element.setAttribute('aria-rowcount', String(rows.length + 1));
    this.sort();
  }
  /** Marks a row and brings it into view. */
  select(row: Row | null): void {
    this.current = row === null ? -1 : this.order.indexOf(row);
    if (this.current >= 0) {
      const top = this.current * ROW_HEIGHT;
      const { scrollTop, clientHeight } = this.body;
      if (top < scrollTop) this.body.scrollTop = top;
      else if (top + ROW_HEIGHT > scrollTop + clientHeight) this.body.scrollTop = top + ROW_HEIGHT - clientHeight;
    }
    this.render();
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
    this.body.focus();
  }

  private renderHead(): void {
    this.head.replaceChildren(
      ...this.columns.map((column, i) => {
        const sorted = i === this.sortBy;
        const cell = el(
          'button',
          {
            class: column.numeric ? 'numeric' : '',
            role: 'columnheader',
            style: `width:${column.width}`,
            'aria-sort': sorted ? (this.descending ? 'descending' : 'ascending') : 'none',
          },
          column.title + (sorted ? (this.descending ? ' ↓' : ' ↑') : ''),
        );
        cell.addEventListener('click', () => {
          this.descending = sorted ? !this.descending : column.numeric;
          this.sortBy = i;
          this.renderHead();
          this.sort();
        });
        return cell;
      }),
    );
  }
  private sort(): void {
    const chosen = this.current >= 0 ? this.order[this.current] : null;
    const { compare } = this.columns[this.sortBy];
    this.order = [...this.rows].sort(this.descending ? (a, b) => compare(b, a) : compare);
    this.spacer.style.height = `${this.order.length * ROW_HEIGHT}px`;
    this.select(chosen);
  }
  private render(): void {
    const first = Math.max(0, Math.floor(this.body.scrollTop / ROW_HEIGHT) - 5);
    const last = Math.min(
      this.order.length,
      Math.ceil((this.body.scrollTop + this.body.clientHeight) / ROW_HEIGHT) + 5,
    );
    const lines: HTMLElement[] = [];
    for (let i = first; i < last; i++) {
      const row = this.order[i];
      const line = el('div', {
        class: i === this.current ? 'table-row selected' : 'table-row',
        role: 'row',
        id: `${this.label}-${i}`,
        'aria-rowindex': String(i + 2),
        'aria-selected': String(i === this.current),
        style: `top:${i * ROW_HEIGHT}px`,
        'data-index': String(i),
      });
      for (const column of this.columns) {
        const text = column.text(row);
        line.append(
          el(
            'span',
            {
              class: column.numeric ? 'numeric' : '',
              role: 'gridcell',
              style: `width:${column.width}`,
              title: column.exact?.(row) ?? text,
            },
            text,
          ),
        );
      }
      lines.push(line);
    }
    this.spacer.replaceChildren(...lines);
    if (this.current >= 0) this.body.setAttribute('aria-activedescendant', `${this.label}-${this.current}`);
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
