/** The panel beside the rows: what is known of the selection, why it is linked, who calls it, its machine code, its bytes. */
import type {
  BinaryAnswer,
  BinaryResult,
  BinarySummary,
  DeadCodeFacts,
  FunctionFacts,
  NamedCount,
  PageQuery,
  PlaceFacts,
  RetainedFacts,
  WhyFacts,
  WhyStepFacts,
} from '../../server/protocol/binary.ts';
import { formatCount, formatSigned, formatSize } from '../../server/protocol/units.ts';
import { el, formatBytes, formatShare, tabBar } from '../dom.ts';
import { HexView } from './hex.ts';
import { packageOf, type TreeNode } from './tree.ts';

export type SideTab = 'details' | 'why' | 'callers' | 'assembly' | 'hex';

export interface SideHost {
  ask(query: PageQuery): Promise<BinaryResult>;
  open(file: string, line: number): void;
  /** Selects a symbol in the tree, when it is there. */
  go(symbol: string): void;
  changed(tab: SideTab): void;
  /** Bytes by kind, the most first. */
  kinds(node: TreeNode): Map<string, number>;
  /** Questions can be asked: the page is not a file by itself. */
  live: boolean;
}

export class SidePanel {
  readonly element: HTMLElement;
  private readonly box: HTMLElement;
  private readonly tabs: ReturnType<typeof tabBar<SideTab>>;
  private node: TreeNode | null = null;
  private keys: HTMLElement | null = null;
  /** Answers by question, so that going back to a symbol asks nothing. */
  private readonly answers = new Map<string, Promise<BinaryResult>>();
  /** Grows with each selection: what comes late is not shown. */
  private turn = 0;

  constructor(
    private readonly summary: BinarySummary,
    private tab: SideTab,
    private readonly host: SideHost,
  ) {
    if (!host.live) this.tab = 'details';
    this.box = el('div', { class: 'side-body', role: 'tabpanel', 'aria-live': 'polite' });
    this.tabs = tabBar<SideTab>(
      'About the selection',
      host.live
        ? [
            ['details', 'Details'],
            ['why', 'Why linked'],
            ['callers', 'Callers'],
            ['assembly', 'Assembly'],
            ['hex', 'Hex'],
          ]
        : [['details', 'Details']],
      tab => {
        this.tab = tab;
        host.changed(tab);
        this.render();
      },
      this.box,
    );
    this.element = el(
      'aside',
      { 'aria-label': 'Details' },
      el('div', { class: 'tab-row' }, this.tabs.element),
      this.box,
    );
  }

  show(node: TreeNode): void {
    if (this.node === node) return;
    this.node = node;
    this.render();
  }

  showKeys(): void {
    const keys: [string, string][] = [
      ['/', 'search; /text/ is a regular expression'],
      ['arrows', 'move among neighbours, rows, tabs or sections'],
      ['Enter', 'one level into the treemap, or open the source'],
      ['Backspace', 'go up'],
      ['Ctrl+C', 'copy the selected row'],
      ['Esc', 'clear the search, close this list'],
      ['wheel', 'go in and out of the treemap'],
      ['?', 'these keys'],
    ];
    const list = el('dl', {}, ...keys.flatMap(([key, what]) => [el('dt', {}, key), el('dd', {}, what)]));
    this.turn++;
    this.keys = el('div', {}, el('h2', {}, 'Keys'), list);
    this.box.replaceChildren(this.keys);
  }

  /** Back from the keys to what is selected. */
  hideKeys(): void {
    if (this.keys?.parentElement === this.box) this.render();
  }

  private render(): void {
    const { node } = this;
    this.turn++;
    this.tabs.show(this.tab);
    this.element.classList.toggle('wide', this.tab === 'assembly' || this.tab === 'hex');
    if (node === null) return;
    const title = el('h2', {}, node.parent === null ? this.summary.name : node.name);
    switch (this.tab) {
      case 'details':
        return this.box.replaceChildren(title, ...this.details(node));
      case 'why':
        return this.why(node, title);
      case 'callers':
        return this.callers(node, title);
      case 'assembly':
        return this.assembly(node, title);
      case 'hex':
        return this.hex(node, title);
    }
  }

  private details(node: TreeNode): Node[] {
    const { summary, host } = this;
    const facts = el('dl', {});
    const fact = (name: string, value: string | Node, exact = '') =>
      facts.append(el('dt', {}, name), el('dd', exact === '' ? {} : { title: exact }, value));
    if (node.old !== node.now || node.old > 0) {
      // of the whole the sizes are those of what differs, which says nothing
      fact('difference', formatSigned(node.now - node.old), `${node.now - node.old} bytes`);
      if (node.parent !== null) {
        fact('old', formatSize(node.old), formatBytes(node.old));
        fact('new', formatSize(node.now), formatBytes(node.now));
      }
      if (node.was !== '') fact('was named', node.was);
    } else {
      fact('in the file', `${formatSize(node.size)} · ${formatShare(node.size, summary.size)}`, formatBytes(node.size));
      fact('in memory', formatSize(node.memory), formatBytes(node.memory));
    }
    if (node.pkg !== '') fact('package', node.pkg);
    if (node.file !== '') fact('source', this.place({ file: node.file, line: 0 }));
    const kinds = [...this.host.kinds(node)];
    for (const [kind, size] of kinds.slice(0, 8)) fact(kind, formatSize(size), formatBytes(size));
    const more = el('div', {});
    if (host.live && this.isFunction(node)) {
      void this.answer({ type: 'function', symbol: node.symbol }, more, answer => {
        if (answer.type !== 'function' || answer.details === null) return [];
        const { copies, file, line, inlinedInto, inlines } = answer.details;
        const list = el('dl', {});
        const add = (name: string, value: string | Node) => list.append(el('dt', {}, name), el('dd', {}, value));
        if (line > 0) add('begins at', this.place({ file, line }));
        for (const copy of copies.slice(0, 4)) add('address', `0x${copy.address.toString(16)} · byte ${copy.offset}`);
        if (copies.length > 4) add('', `and ${formatCount(copies.length - 4, 'more instance')}`);
        const sum = (names: NamedCount[]) => names.reduce((bytes, n) => bytes + n.bytes, 0);
        if (inlines.length > 0)
          add('inlined here', `${formatCount(inlines.length, 'function')}, ${formatSize(sum(inlines))}`);
        if (inlinedInto.length > 0)
          add('inlined into', `${formatCount(inlinedInto.length, 'function')}, ${formatSize(sum(inlinedInto))}`);
        return [list];
      });
    }
    return [facts, more];
  }

  private hasCode(node: TreeNode): boolean {
    const kinds = this.host.kinds(node);
    return kinds.has('code') || kinds.has('pclntab');
  }

  private isFunction(node: TreeNode): boolean {
    return node.symbol !== '' && node.children.length === 0 && this.hasCode(node);
  }

  private callers(node: TreeNode, title: Node): void {
    if (!this.isFunction(node)) {
      this.box.replaceChildren(title, note('Select a function to see who calls it and what was inlined.'));
      return;
    }
    void this.answer({ type: 'function', symbol: node.symbol }, this.box, answer => {
      const found = answer.type === 'function' ? answer.details : null;
      if (found === null) return [title, note('The function table does not have it.')];
      return [title, ...this.functionLists(found)];
    });
  }

  private functionLists(found: FunctionFacts): Node[] {
    const lists: Node[] = [];
    const list = (head: string, names: NamedCount[], value: (n: NamedCount) => string) => {
      if (names.length === 0) return;
      const items = names.slice(0, 200).map(n => el('li', {}, this.symbolButton(n.symbol), el('span', {}, value(n))));
      lists.push(el('h2', {}, `${head} (${names.length})`), el('ul', { class: 'jumps' }, ...items));
    };
    const times = (n: NamedCount) => (n.count > 1 ? `${n.count}×` : '');
    const bytes = (n: NamedCount) => `${times(n)} ${formatSize(n.bytes)}`.trim();
    list('Called by', found.callers, times);
    list('Calls', found.callees, times);
    list('Inlined here', found.inlines, bytes);
    list('Inlined into', found.inlinedInto, bytes);
    const evidence =
      found.evidence === ''
        ? 'Calls are not read for this architecture; inlining is from the function table.'
        : `Calls are the ${found.evidence}; calls through interfaces and pointers are not among them. Inlining is from the function table.`;
    lists.push(note(evidence));
    return lists;
  }

  private assembly(node: TreeNode, title: Node): void {
    if (!this.isFunction(node)) {
      this.box.replaceChildren(title, note('Select a function to see its machine code.'));
      return;
    }
    void this.answer({ type: 'assembly', symbol: node.symbol }, this.box, answer => {
      if (answer.type !== 'assembly') return [];
      return [title, this.listing(answer.text)];
    });
  }

  /** What `go tool objdump` printed, with places as links. */
  private listing(text: string): HTMLElement {
    const pre = el('pre', { class: 'listing', tabindex: '0', 'aria-label': 'Machine code' });
    // place, address, code, instruction
    const lines = text.split('\n').slice(0, 5000);
    const instructions = lines.map(line => /^ {2}(\S+:\d+)\s+0x(\w+)\s+(\w+)\s+(.*)$/.exec(line));
    const widest = (column: number) => Math.max(0, ...instructions.map(found => found?.[column].length ?? 0));
    const width = [widest(1), widest(2), Math.min(20, widest(3))];
    let file = '';
    for (const [i, line] of lines.entries()) {
      const head = /^TEXT .*?\s(\S+\.\w+)$/.exec(line);
      if (head !== null) [, file] = head;
      const found = instructions[i];
      if (found === null) {
        if (line !== '') pre.append(el('span', { class: 'facts' }, `${line}\n`));
        continue;
      }
      const [, at, address, code, instruction] = found;
      const [name, number] = at.split(':');
      if (file.endsWith(`/${name}`)) {
        const link = el('a', { href: '#' }, at);
        const whole = file;
        link.addEventListener('click', e => {
          e.preventDefault();
          this.host.open(whole, Number(number));
        });
        pre.append(link, ' '.repeat(width[0] - at.length));
      } else pre.append(at.padEnd(width[0]));
      pre.append(
        '  ',
        el('span', { class: 'facts' }, `${address.padStart(width[1])}  ${code.padEnd(width[2])}`),
        `  ${instruction.replaceAll('\t', ' ')}\n`,
      );
    }
    return pre;
  }

  private hex(node: TreeNode, title: Node): void {
    if (node.offset < 0 || node.children.length > 0 || node.old !== node.now) {
      this.box.replaceChildren(title, note('Select one row of the file to see its bytes.'));
      return;
    }
    const view = new HexView(this.summary.size, async (offset, length) => {
      const result = await this.ask({ type: 'bytes', offset, length });
      return result.ok && result.answer.type === 'bytes' ? result.answer.bytes : null;
    });
    this.box.replaceChildren(title, view.element);
    view.show(node.offset, node.length);
  }

  private why(node: TreeNode, title: Node): void {
    const function_ = node.symbol !== '' && node.children.length === 0;
    const pkg = packageOf(node);
    const query: PageQuery = { type: 'why', symbol: function_ ? node.symbol : '' };
    const inPackage = !function_ && node.parent !== null && node.name === pkg;
    void this.answer(query, this.box, answer => {
      if (answer.type !== 'why') return [];
      const parts: Node[] = [title];
      if (answer.why !== null) parts.push(...this.whyParts(answer.why));
      else if (function_) parts.push(note('The objects have no symbol of this name: the linker made it itself.'));
      else if (inPackage) parts.push(this.withoutButton(pkg, '', `What if ${pkg} were gone?`));
      else parts.push(note('Select a symbol to see why it is linked, or a package to see what would go with it.'));
      parts.push(...this.deadCodeParts(answer.deadCode));
      return parts;
    });
  }

  private whyParts(why: WhyFacts): Node[] {
    const parts: Node[] = [el('h2', {}, 'Shortest chain from the entry'), this.chain(why.chain)];
    const { retained } = why;
    parts.push(el('h2', {}, `Without it ${formatSize(retained.bytes)} would go`), this.retained(retained));
    if (why.heldBy.length > 0) {
      const links = why.heldBy.slice(0, 8).flatMap((symbol, i) => [i === 0 ? '' : ', ', this.symbolButton(symbol)]);
      parts.push(el('h2', {}, 'Every chain passes through'), el('p', {}, ...links));
    }
    parts.push(el('h2', {}, `Referred to by (${why.userCount})`));
    const users = why.users.map(u =>
      el('li', {}, this.symbolButton(u.symbol), el('span', {}, u.place ? this.place(u.place) : u.how)),
    );
    parts.push(el('ul', { class: 'jumps' }, ...users));
    if (why.pkg !== '' && why.importers.length > 0) {
      parts.push(el('h2', {}, `What if ${why.pkg} were gone?`));
      parts.push(this.withoutButton(why.pkg, '', 'from the program'));
      for (const from of why.importers.slice(0, 12))
        parts.push(this.withoutButton(why.pkg, from, `not imported by ${from}`));
    }
    return parts;
  }

  private withoutButton(pkg: string, from: string, text: string): HTMLElement {
    const button = el('button', { class: 'link' }, text);
    const out = el('div', {});
    button.addEventListener('click', () => {
      void this.answer({ type: 'without', pkg, from }, out, answer =>
        answer.type === 'without'
          ? [el('p', {}, `${formatSize(answer.retained.bytes)} would go.`), this.retained(answer.retained)]
          : [],
      );
    });
    return el('div', {}, button, out);
  }

  private retained({ symbols, count }: RetainedFacts): HTMLElement {
    const items = symbols
      .slice(0, 12)
      .map(s =>
        el('li', {}, this.symbolButton(s.symbol), el('span', { title: formatBytes(s.size) }, formatSize(s.size))),
      );
    if (count > items.length) items.push(el('li', {}, `and ${(count - items.length).toLocaleString('en-US')} more`));
    return el('ul', { class: 'jumps' }, ...items);
  }

  private chain(steps: WhyStepFacts[]): HTMLElement {
    const items = steps.map((step, i) =>
      el(
        'li',
        {},
        el('span', { class: 'how' }, i === 0 ? '' : `${step.how} `, ...(step.place ? [this.place(step.place)] : [])),
        this.symbolButton(step.symbol),
      ),
    );
    return el('ol', { class: 'chain' }, ...items);
  }

  private deadCodeParts(card: DeadCodeFacts): Node[] {
    const parts: Node[] = [el('h2', {}, 'Dead-code elimination of methods')];
    if (card.on) return [...parts, note('On: methods that nobody calls are left out.')];
    const reasons = {
      '': '',
      reflect: 'methods are looked up by names that are not constant',
      plugin: 'the program loads plugins, which may call any method',
      mode: 'a plugin must have every method that its program may call',
    };
    parts.push(
      el(
        'p',
        {},
        `Off: ${reasons[card.reason]}. That costs ${formatSize(card.cost)} in ${formatCount(card.functions, 'function')}.`,
      ),
    );
    for (const cause of card.causes) {
      parts.push(
        el(
          'p',
          {},
          this.symbolButton(cause.symbol),
          ` calls ${cause.call || 'such a lookup'} `,
          ...(cause.place ? [this.place(cause.place)] : []),
        ),
        note(cause.fix),
        el('details', {}, el('summary', {}, 'How it is reached'), this.chain(cause.chain)),
      );
    }
    return parts;
  }

  private symbolButton(symbol: string): HTMLElement {
    const button = el('button', { class: 'link', title: symbol }, symbol);
    button.addEventListener('click', () => this.host.go(symbol));
    return button;
  }

  private place({ file, line }: PlaceFacts): HTMLElement {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const link = el('a', { href: '#', title: file }, line > 0 ? `${name}:${line}` : name);
    link.addEventListener('click', e => {
      e.preventDefault();
      this.host.open(file, line);
    });
    return link;
  }

  private ask(query: PageQuery): Promise<BinaryResult> {
    const key = JSON.stringify(query);
    let answer = this.answers.get(key);
    if (answer === undefined) {
      answer = this.host.ask(query);
      this.answers.set(key, answer);
      // what failed may be asked again
      void answer.then(result => result.ok || this.answers.delete(key));
    }
    return answer;
  }

  /** Asks, says that it is being worked on when that takes a while, and shows what comes. */
  private async answer(query: PageQuery, box: HTMLElement, show: (answer: BinaryAnswer) => Node[]): Promise<void> {
    const turn = this.turn;
    const words = {
      why: 'Looking at the objects in the build cache…',
      without: 'Taking it away…',
      assembly: 'Disassembling…',
    };
    const wait = setTimeout(
      () => turn === this.turn && box.replaceChildren(note(words[query.type as keyof typeof words] ?? 'Reading…')),
      150,
    );
    const result = await this.ask(query);
    clearTimeout(wait);
    if (turn !== this.turn) return;
    if (result.ok) {
      box.replaceChildren(...show(result.answer));
      return;
    }
    const again = el('button', { class: 'primary' }, 'Try again');
    again.addEventListener('click', () => void this.answer(query, box, show));
    box.replaceChildren(note(`This cannot be told: ${result.message}.`), again);
  }
}

function note(text: string): HTMLElement {
  return el('p', { class: 'facts' }, text);
}
