import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildTree, findByKey, findSymbol, kindsOf, leavesOf, rowsOfTable, type TreeNode } from './tree.ts';

const STRINGS = [
  '',
  'code',
  'types',
  '.text',
  '.rodata',
  'a',
  'a/b',
  'a/b/c',
  'd',
  'a.F',
  'a/b.G',
  'a/b.H',
  'd.I',
  'x.go',
];
const of = (...names: string[]) => fc.constantFrom(...names.map(name => STRINGS.indexOf(name)));
const row = fc.record({
  section: of('', '.text', '.rodata'),
  pkg: of('', 'a', 'a/b', 'a/b/c', 'd'),
  symbol: of('', 'a.F', 'a/b.G', 'a/b.H', 'd.I', '.text'),
  file: of('', 'x.go'),
  kind: of('code', 'types'),
  size: fc.integer({ min: 0, max: 9 }),
  offset: fc.nat(),
});

/** Rows as columns of a table. */
function tableOf(rows: { [column in 'section' | 'pkg' | 'symbol' | 'file' | 'kind' | 'size' | 'offset']: number }[]) {
  const column = (name: keyof (typeof rows)[0]) => rows.map(r => r[name]);
  const [section, pkg, symbol, file, kind] = (['section', 'pkg', 'symbol', 'file', 'kind'] as const).map(column);
  const size = column('size');
  return rowsOfTable({
    strings: STRINGS,
    section,
    pkg,
    symbol,
    file,
    kind,
    size,
    memory: size,
    offset: column('offset'),
  });
}

const nodesOf = (node: TreeNode): TreeNode[] => [node, ...node.children.flatMap(nodesOf)];

describe('the tree', () => {
  test('has each row in one node, and a node is as large as what it stands for and its children', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.constantFrom('package', 'section'), (rows, grouping) => {
        const table = tableOf(rows);
        const root = buildTree(table, 'x', grouping as 'package' | 'section');
        const sums = nodesOf(root).map(node => [node.size, node.kind]);
        const seen: number[] = [];
        for (const node of nodesOf(root)) {
          seen.push(...node.rows);
          const own = node.rows.reduce((sum, i) => sum + table.size[i], 0);
          expect(node.size).toBe(own + node.children.reduce((sum, child) => sum + child.size, 0));
          expect([...kindsOf(table, node).values()].reduce((a, b) => a + b, 0)).toBe(node.size);
          expect(node.children.map(child => child.size)).toEqual(
            node.children.map(child => child.size).sort((a, b) => b - a),
          );
          for (const child of node.children) expect(child.parent).toBe(node);
          // no step of a path that leads to one place only
          if (node !== root && node.rows.length === 0) expect(node.children.length).not.toBe(1);
        }
        expect(seen.sort((a, b) => a - b)).toEqual(rows.flatMap(({ size }, i) => (size > 0 ? [i] : [])));
        // what was looked at has not changed what is there
        expect(nodesOf(root).map(node => [node.size, node.kind])).toEqual(sums);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test('keeps rows that are added up with their package, not as leaves of it', () => {
    const rows = fc.array(
      row.filter(({ pkg }) => pkg !== 0),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(rows, all => {
        const table = tableOf(all);
        const partial = { ...tableOf(all.map(one => ({ ...one, symbol: 0 }))), partial: true };
        const root = buildTree(partial, 'x', 'package');
        const packages = (of: number[]) => new Set(of.map(i => table.strings[table.pkg[i]]));
        // a package's own rows are its own, in a node of its name
        for (const node of nodesOf(root))
          if (node.rows.length > 0) expect(packages(node.rows)).toEqual(new Set([node.pkg]));
        expect(nodesOf(root).filter(({ name }) => name === 'code' || name === 'types')).toEqual([]);
        expect(root.size).toBe(buildTree(table, 'x', 'package').size);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  test('finds symbols and keys in parts that nobody has looked at', () => {
    const at = (name: string) => STRINGS.indexOf(name);
    const code = (pkg: string, symbol: string, size: number) => ({
      section: at('.text'),
      pkg: at(pkg),
      symbol: at(symbol),
      file: 0,
      kind: at('code'),
      size,
      offset: 0,
    });
    const table = tableOf([code('a', 'a.F', 5), code('a/b', 'a/b.G', 3), code('a/b', 'a/b.H', 9), code('d', 'd.I', 1)]);
    const found = findSymbol(buildTree(table, 'x', 'package'), table, 'a/b.G');
    expect(found?.name).toBe('a/b.G');
    expect(found?.rows).toEqual([1]);
    expect(findByKey(buildTree(table, 'x', 'package'), found!.key)?.name).toBe('a/b.G');
    expect(findByKey(buildTree(table, 'x', 'package'), `${found!.key} gone`)?.name).toBe('a/b');
    const other = buildTree(table, 'x', 'package');
    expect(findSymbol(other, table, 'main.main')).toBeNull();
    expect(
      leavesOf(other)
        .map(leaf => leaf.name)
        .sort(),
    ).toEqual(['a.F', 'a/b.G', 'a/b.H', 'd.I']);
  });
});
