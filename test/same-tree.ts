/** Where two trees of one text differ: in any field but the numbers of nodes, which only tell them apart. */
import { type File, type RawNode, rawNode, rawNodes } from '../core/syntax/ast.ts';

/** The first difference between the files, or null. */
export function treeDifference(a: File, b: File): string | null {
  const about = (f: File) =>
    JSON.stringify([f.head.start, f.head.end, f.goVersion, f.linknames, f.directives, f.errors]);
  if (about(a) !== about(b)) return `${about(a)} / ${about(b)}`;
  const extents = (f: File) => f.units.map(u => `${u.start}-${u.end}${u.broken ? ' broken' : ''}`).join();
  if (extents(a) !== extents(b)) return `units ${extents(a)} / ${extents(b)}`;
  const groups = new Map<object, object | null>();
  let found = nodeDifference(rawNode(a.pkgName), rawNode(b.pkgName), groups);
  for (let i = 0; i < a.units.length && found === null; i++)
    found = listDifference(rawNodes(a.units[i].decls), rawNodes(b.units[i].decls), groups);
  return found;
}

function nodeDifference(a: RawNode | null, b: RawNode | null, groups: Map<object, object | null>): string | null {
  if (a === null || b === null) return a === b ? null : `a node is missing at ${(a ?? b)!.pos}`;
  const own = (n: RawNode) => [n.kind, n.pos, n.start, n.end, n.op, n.flags, n.aux, n.text].join(' ');
  if (own(a) !== own(b)) return `${own(a)} / ${own(b)} in the unit at ${a.unit.start}`;
  if (a.group !== null) {
    if (!groups.has(a.group)) groups.set(a.group, b.group);
    if (groups.get(a.group) !== b.group) return `groups at ${a.pos}`;
  } else if (b.group !== null) return `a group at ${b.pos}`;
  return (
    listDifference([a.a, a.b, a.c, a.d], [b.a, b.b, b.c, b.d], groups) ??
    listDifference(a.list, b.list, groups) ??
    listDifference(a.list2, b.list2, groups)
  );
}

function listDifference(
  a: readonly (RawNode | null)[],
  b: readonly (RawNode | null)[],
  groups: Map<object, object | null>,
): string | null {
  if (a.length !== b.length) return `${a.length} / ${b.length} nodes, the first at ${a[0]?.pos}`;
  let found: string | null = null;
  for (let i = 0; i < a.length && found === null; i++) found = nodeDifference(a[i], b[i], groups);
  return found;
}
