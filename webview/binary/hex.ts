/** Bytes of the file, sixteen a line; only the lines in view are in the document, and only their bytes are asked for. */
import { el } from '../dom.ts';

const LINE = 18;
const WIDTH = 16;
/** Bytes asked for at once. */
const PAGE = 4096;
/** Browsers stop at about 16 million pixels: of a larger range the first part is shown. */
const MOST_LINES = 800_000;

export class HexView {
  readonly element: HTMLElement;
  private readonly spacer = el('div', { class: 'table-spacer' });
  private readonly pages = new Map<number, string | null>();
  private from = 0;
  private size = 0;

  constructor(
    private readonly fileSize: number,
    /** Hexadecimal digits of a range; null when it could not be read. */
    private readonly read: (offset: number, length: number) => Promise<string | null>,
  ) {
    this.element = el('div', { class: 'hex', tabindex: '0', role: 'document', 'aria-label': 'Bytes' }, this.spacer);
    this.element.addEventListener('scroll', () => this.render());
    new ResizeObserver(() => this.render()).observe(this.element);
  }

  /** Shows `size` bytes from byte `offset` of the file. */
  show(offset: number, size: number): void {
    this.from = offset;
    this.size = Math.min(size, this.fileSize - offset);
    this.spacer.style.height = `${this.lines() * LINE}px`;
    this.element.scrollTop = 0;
    this.render();
  }

  private lines(): number {
    return Math.min(MOST_LINES, Math.ceil(((this.from % WIDTH) + this.size) / WIDTH));
  }

  private render(): void {
    const first = Math.max(0, Math.floor(this.element.scrollTop / LINE) - 4);
    const last = Math.min(this.lines(), Math.ceil((this.element.scrollTop + this.element.clientHeight) / LINE) + 4);
    const base = this.from - (this.from % WIDTH);
    const rows: HTMLElement[] = [];
    for (let line = first; line < last; line++) {
      const at = base + line * WIDTH;
      let hex = '';
      let text = '';
      for (let i = at; i < at + WIDTH; i++) {
        const inside = i >= this.from && i < this.from + this.size;
        const byte = inside ? this.byte(i) : null;
        hex += `${i % 8 === 0 && i !== at ? ' ' : ''}${byte ?? (inside ? '··' : '  ')} `;
        const code = byte === null ? 0 : Number.parseInt(byte, 16);
        text += code >= 32 && code < 127 ? String.fromCharCode(code) : inside ? '.' : ' ';
      }
      rows.push(
        el(
          'div',
          { class: 'hex-line', style: `top:${line * LINE}px` },
          el('span', { class: 'facts' }, at.toString(16).padStart(8, '0')),
          `  ${hex} `,
          el('span', { class: 'facts' }, text),
        ),
      );
    }
    this.spacer.replaceChildren(...rows);
  }

  /** Two digits, or null while they are on their way. */
  private byte(at: number): string | null {
    const page = Math.floor(at / PAGE);
    const bytes = this.pages.get(page);
    if (bytes === undefined) {
      this.pages.set(page, null);
      void this.read(page * PAGE, PAGE).then(read => {
        this.pages.set(page, read);
        this.render();
      });
    }
    if (!bytes) return null;
    const index = 2 * (at - page * PAGE);
    return bytes.slice(index, index + 2) || null;
  }
}
