/**
 * The law of code with errors: what is said of a function does not change when another one is broken, unless the first
 * depends on it: mentions it, or mentions what does, since it may be inlined, and tells what its parameters leak.
 */
import { outermost } from '../../core/ir/node.ts';
import { messageLevel } from '../../core/ir/message.ts';
import { messageLines } from '../../core/remark/wording.ts';
import type { CompiledPackage } from '../../core/summary/program.ts';
import type { Decl, Expr, Unit } from '../../core/syntax/ast.ts';
import { Kind } from '../../core/syntax/ast.ts';
import type { CheckedPackage } from '../../core/types/info.ts';
import { type FuncObj, type Obj, ObjKind } from '../../core/types/object.ts';
import { type Type, TypeKind } from '../../core/types/type.ts';

/** A declaration by what it declares, whatever the place; null for imports and what has no name of its own. */
function keyOf(source: string, decl: Decl): string | null {
  switch (decl.kind) {
    case Kind.FuncDecl: {
      const recv = decl.recv === null ? '' : source.slice(decl.recv.start, decl.recv.end).replace(/^\(\s*\w*\s+/, '(');
      return `func ${recv} ${decl.name.value}`;
    }
    case Kind.VarDecl:
    case Kind.ConstDecl:
      return `${decl.kind} ${decl.nameList.map(n => n.value).join()}`;
    case Kind.TypeDecl:
      return `type ${decl.name.value}`;
    default:
      return null;
  }
}

/** The function's name as gc's messages have it. */
function ownName(decl: Decl): string {
  if (decl.kind !== Kind.FuncDecl) return '';
  if (decl.recv === null) return decl.name.value;
  let type: Expr = decl.recv.type;
  while (type.kind === Kind.ParenExpr) type = type.x;
  const pointer = type.kind === Kind.Operation;
  if (type.kind === Kind.Operation) type = type.x;
  const name = type.kind === Kind.Name ? type.value : '';
  return pointer ? `(*${name}).${decl.name.value}` : `${name}.${decl.name.value}`;
}

interface Part {
  unit: Unit;
  file: string;
  /** Absolute offsets. */
  start: number;
  key: string;
  decl: Decl;
}

function parts(checked: CheckedPackage): Part[] {
  const found: Part[] = [];
  for (const { units } of checked.files) {
    for (const unit of units) {
      const text = unit.source.text.slice(unit.start, unit.end);
      for (const decl of unit.decls) {
        const key = keyOf(text, decl);
        if (key !== null) found.push({ unit, file: unit.source.path, start: unit.start + decl.start, key, decl });
      }
    }
  }
  return found;
}

function isGeneric(checked: CheckedPackage, decl: Decl): boolean {
  if (decl.kind !== Kind.FuncDecl) return false;
  const obj = checked.info.objOf(decl.name);
  const sig = obj !== null && obj.kind === ObjKind.Func ? obj.signature : null;
  return sig === null || sig.typeParams.length > 0 || sig.recvTypeParams.length > 0;
}

export interface Law {
  /** Lines by declaration, relative to it. Generic ones are left out: which instances there are, others decide. */
  lines: Map<string, string[]>;
  /** Keys of what declares something that the declaration mentions. */
  mentions: Map<string, Set<string>>;
  places: { file: string; start: number; key: string; func: boolean }[];
}

/** What is said of each declaration, and what it mentions. */
export function lawOf({ checked, compiled }: CompiledPackage): Law {
  const all = parts(checked);
  const lines = new Map<string, string[]>();
  const byUnit = new Map<Unit, Part[]>();
  for (const part of all) {
    if (!isGeneric(checked, part.decl)) lines.set(part.key, []);
    byUnit.set(part.unit, [...(byUnit.get(part.unit) ?? []), part]);
  }
  for (const msg of compiled?.messages ?? []) {
    if (msg.pos === null || messageLevel(msg.kind) > 1) continue;
    const { frame, off } = outermost(msg.pos);
    const part = byUnit.get(frame.base as Unit)?.findLast(p => p.decl.start <= off);
    const into = part === undefined ? undefined : lines.get(part.key);
    if (into === undefined) continue;
    for (const line of messageLines(msg, 1)) {
      // literals that were inlined with a function belong to where that happened
      const named = /: can inline (.*)$/.exec(line);
      if (named !== null && !named[1].startsWith(ownName(part!.decl))) continue;
      into.push(`${off - part!.decl.start} ${line.replace(/^.*?:\d+(:\d+)?: /, '')}`);
    }
  }
  for (const list of lines.values()) list.sort();

  const declared = new Map<Obj, string>();
  for (const { key, decl } of all) {
    const names =
      decl.kind === Kind.VarDecl || decl.kind === Kind.ConstDecl ? decl.nameList : 'name' in decl ? [decl.name] : [];
    for (const name of names) {
      const obj = name === null || name.kind !== Kind.Name ? null : checked.info.objOf(name);
      if (obj !== null) declared.set(obj, key);
    }
  }
  const mentions = new Map<string, Set<string>>();
  for (const { unit, key } of all) {
    const into = mentions.get(key) ?? new Set();
    mentions.set(key, into);
    const info = checked.info.unit(unit);
    const add = (obj: Obj | null | undefined) => {
      if (obj === null || obj === undefined) return;
      const origin = obj.kind === ObjKind.Func ? ((obj as FuncObj).origin ?? obj) : obj;
      const of = declared.get(origin);
      if (of !== undefined) into.add(of);
    };
    for (const obj of info.obj) add(obj);
    // methods of what it has may be called without being mentioned, where the type is found out
    for (const type of info.type) if (type !== null && type !== undefined) methodsOf(type).forEach(add);
  }
  const places = all.map(p => ({ file: p.file, start: p.start, key: p.key, func: p.decl.kind === Kind.FuncDecl }));
  return { lines, mentions, places };
}

function methodsOf(type: Type): readonly FuncObj[] {
  const t = type.kind === TypeKind.Pointer ? type.elem : type;
  return t.kind === TypeKind.Named ? (t.origin ?? t).methods : [];
}

/** The declarations that depend on the one, itself included. */
function dependents({ mentions }: Law, key: string): Set<string> {
  const found = new Set([key]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const [from, to] of mentions) if (!found.has(from) && [...to].some(k => found.has(k))) found.add(from);
  }
  return found;
}

/** How many declarations were compared, and the first that differs, in words; empty when none does. */
export function compareLaws(before: Law, after: Law, broken: string): { compared: number; difference: string } {
  // new declarations may mean something else by names
  if ([...after.mentions.keys()].some(key => key !== broken && !before.mentions.has(key)))
    return { compared: 0, difference: '' };
  const leave = dependents(before, broken);
  let compared = 0;
  for (const [key, lines] of before.lines) {
    if (leave.has(key)) continue;
    compared++;
    const now = after.lines.get(key);
    if (now === undefined) return { compared, difference: `${key} is gone` };
    if (now.join('\n') === lines.join('\n')) continue;
    const had = new Set(lines);
    const has = new Set(now);
    const gone = lines.filter(l => !has.has(l)).map(l => `- ${l}`);
    const come = now.filter(l => !had.has(l)).map(l => `+ ${l}`);
    // literals that were inlined elsewhere say the same once more, where they stand
    if (gone.length + come.length === 0) continue;
    return { compared, difference: [`${key}:`, ...[...gone, ...come].slice(0, 6)].join('\n  ') };
  }
  return { compared, difference: '' };
}
