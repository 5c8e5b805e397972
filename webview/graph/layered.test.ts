import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layout } from './layered.ts';

test('a layered layout keeps prerequisites to the left and the ways between nodes', () => {
  const graphs = fc
    .integer({ min: 1, max: 30 })
    .chain(n =>
      fc.tuple(...Array.from({ length: n }, (_, i) => fc.uniqueArray(fc.nat(Math.max(0, i - 1)), { maxLength: i }))),
    );
  const reach = (deps: readonly (readonly number[])[], from: number): Set<number> => {
    const out = new Set<number>();
    const work = [from];
    for (let i = work.pop(); i !== undefined; i = work.pop())
      for (const d of deps[i]) {
        if (out.has(d)) continue;
        out.add(d);
        work.push(d);
      }
    return out;
  };
  fc.assert(
    fc.property(graphs, deps => {
      const l = layout(deps);
      const kept: number[][] = deps.map(() => []);
      for (const [from, to] of l.edges) {
        expect(l.layer[from]).toBeGreaterThan(l.layer[to]);
        kept[from].push(to);
      }
      deps.forEach((_, i) => expect(reach(kept, i)).toEqual(reach(deps, i)));
    }),
  );
});
