/** gospect nm: as go tool nm. */
import { type Image, Letter, type Symbols } from '../../core/binary/image.ts';
import { readPclntab, funcRecord } from '../../core/binary/pclntab.ts';
import { withImage } from '../binary/file.ts';
import { goSort } from '../go-sort.ts';
import { type Command, Exit, UsageError } from '../command.ts';

const ORDERS = ['address', 'name', 'none', 'size'];

export const nm: Command = {
  name: 'nm',
  usage: '[-size] [-sort {address,name,none,size}] FILE…',
  help: [
    'Prints address, size (with -size), letter and name of each symbol. Files without a symbol table (built with -s, or',
    'Wasm) are listed from the function table that the Go runtime needs, which stripping leaves in place.',
  ].join('\n'),
  examples: [['nm -size -sort size app', 'the largest symbols first']],
  flags: {
    size: { value: 'none', help: 'print the size of each symbol in bytes' },
    sort: { value: 'required', placeholder: 'order', help: 'address, name (default), none or size' },
    n: { value: 'none', help: 'the same as -sort address' },
  },
  run({ flags, args }, io) {
    const order = flags.has('n') ? 'address' : (flags.get('sort') ?? 'name');
    if (!ORDERS.includes(order)) throw new UsageError(`unknown sort order ${order}: say ${ORDERS.join(', ')}`);
    if (args.length === 0) throw new UsageError('which file? gospect nm FILE');
    for (const file of args) {
      const symbols = withImage(io.cwd, file, symbolsOf);
      if (symbols === null) throw new UsageError(`reading ${file}: no symbols, and no Go function table`);
      io.out(listing(symbols, order, flags.has('size'), args.length > 1 ? `${file}:\t` : ''));
    }
    return Exit.Done;
  },
};

/** The symbol table, else the functions of pclntab. */
function symbolsOf(image: Image): Symbols | null {
  const symbols = image.symbols();
  if (symbols !== null && symbols.names.length > 0) return symbols;
  const table = readPclntab(image);
  if (table === null) return null;
  const names: string[] = [];
  const sizes = new Float64Array(table.count);
  for (let i = 0; i < table.count; i++) {
    names.push(funcRecord(table, i).name);
    sizes[i] = table.entries[i + 1] - table.entries[i];
  }
  return {
    names,
    addrs: table.entries.subarray(0, table.count),
    sizes,
    codes: new Uint8Array(table.count).fill(Letter.Text),
  };
}

function listing(symbols: Symbols, order: string, withSize: boolean, prefix: string): string {
  const { names, addrs, sizes, codes } = symbols;
  const rows = Uint32Array.from(names, (_, i) => i);
  // cmd/internal/objfile sorts by address in any case, nm once more
  goSort(rows, (a, b) => addrs[a] < addrs[b]);
  if (order === 'address') goSort(rows, (a, b) => addrs[a] < addrs[b]);
  if (order === 'name') goSort(rows, (a, b) => names[a] < names[b]);
  if (order === 'size') goSort(rows, (a, b) => sizes[a] > sizes[b]);
  const lines: string[] = [];
  for (const i of rows) {
    const address = codes[i] === Letter.Undefined ? '        ' : addrs[i].toString(16).padStart(8);
    const size = withSize ? ` ${String(sizes[i]).padStart(10)}` : '';
    lines.push(`${prefix}${address}${size} ${String.fromCharCode(codes[i])} ${names[i]}\n`);
  }
  return lines.join('');
}
