/** The types of functions that C may call, which cgo gives C types (cmd/cgo's writeExports and doCgoType). */
import { type File, type RawNode, rawNode } from '../syntax/ast.ts';
import { Kind } from '../syntax/ast.ts';
import type { Export } from './gotypes.ts';
import { type CgoError, isC } from './refs.ts';

/** Predeclared types that have C types. */
const predeclared =
  /^(?:bool|byte|rune|u?int(?:8|16|32|64)?|uintptr|float(?:32|64)|complex(?:64|128)|string|error|any)$/;

/**
 * What cgo says of the types of the functions, each time it comes to one: for the struct in which arguments are passed,
 * and again for the C function; with the file where the type is written.
 */
export function exportErrors(exports: readonly Export[], files: readonly File[]): { file: File; error: CgoError }[] {
  const found: { file: File; error: CgoError }[] = [];
  for (const { node } of exports) {
    const type = node.b!;
    const recv = node.c === null ? [] : [node.c];
    for (const field of [...recv, ...type.list, ...type.list2, ...type.list2, ...recv, ...type.list]) {
      const refused = refusal(field.b!, files, new Set());
      const file = files.find(f => f.source === refused?.at.unit.source);
      if (refused === null || file === undefined) continue;
      const { unit, start } = refused.at;
      found.push({ file, error: { offset: unit.start + start, message: refused.message } });
    }
  }
  return found;
}

/** The part of the type that cgo has no C type for; null when it has one for all of it. */
function refusal(t: RawNode, files: readonly File[], seen: Set<RawNode>): { at: RawNode; message: string } | null {
  // a type that is made of itself ends cgo, which then says something else
  if (seen.has(t)) return null;
  seen.add(t);
  switch (t.kind) {
    case Kind.Operation:
      if (t.b === null) return refusal(t.a!, files, seen);
      break;
    case Kind.SliceType:
    case Kind.FuncType:
    case Kind.InterfaceType:
    case Kind.MapType:
    case Kind.ChanType:
      return null;
    case Kind.Name: {
      for (const file of files)
        for (const unit of file.units)
          for (const d of unit.decls)
            if (d.kind === Kind.TypeDecl && d.name.value === t.text) return refusal(rawNode(d.type), files, seen);
      return predeclared.test(t.text) ? null : { at: t, message: `unrecognized Go type ${t.text}` };
    }
    case Kind.SelectorExpr:
      if (isC(t.a) || (t.a!.kind === Kind.Name && t.a!.text === 'unsafe' && t.c!.text === 'Pointer')) return null;
      break;
    default:
  }
  return { at: t, message: `Go type not supported in export: ${writtenType(t)}` };
}

/** The text of a type, C's names as cgo calls them. */
export function writtenType(t: RawNode): string {
  const { source, start } = t.unit;
  return source.text.slice(start + t.start, start + t.end).replace(/\bC\.(?=[\p{L}_])/gu, '_Ctype_');
}
