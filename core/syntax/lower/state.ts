/**
 * What lowering carries along: the flattened tree it reads, the unit it fills, and its complaints about what the grammar
 * accepts and gc's parser does not.
 */
import { type Kind, RawNode, type Unit } from '../ast.ts';
import { Rec } from '../parser.ts';
import { Sym } from '../symbols.ts';

export interface Complaint {
  /** Absolute UTF-16 offset. */
  offset: number;
  /** gc's message, without the position. */
  message: string;
}

export interface Lowering {
  text: string;
  records: Int32Array;
  unit: Unit;
  /** Absolute offset that the unit's offset 0 stands for. */
  base: number;
  nextId: number;
  depth: number;
  complaints: Complaint[];
  /** The function body being lowered has a label, or a statement that jumps. */
  branches: boolean;
  /** Rules that depend on the Go release. */
  rules: SyntaxRules;
}

/** What the parser of a Go release accepts. */
export interface SyntaxRules {
  /** Methods may have type parameters (Go 1.27). */
  genericMethods: boolean;
  /** There is `//go:linknamestd` (Go 1.27). */
  linknamestd?: boolean;
}

/** Nesting at which lowering gives up, so that neither it nor what comes after it runs out of stack. */
export const maxDepth = 500;

export function newLowering(text: string, records: Int32Array, unit: Unit, rules: SyntaxRules): Lowering {
  return { text, records, unit, base: unit.start, nextId: 0, depth: 0, complaints: [], branches: false, rules };
}

/** What nodes without lists share; nobody writes to it. */
const none: RawNode[] = [];

/** A node of the kind with nothing but its place; offsets are absolute. */
export function makeNode(s: Lowering, kind: Kind, pos: number, start: number, end: number): RawNode {
  const b = s.base;
  return new RawNode(
    kind,
    s.nextId++,
    s.unit,
    pos - b,
    start - b,
    end - b,
    0,
    0,
    0,
    '',
    null,
    null,
    null,
    null,
    none,
    none,
    null,
  );
}

export function complain(s: Lowering, offset: number, message: string): void {
  s.complaints.push({ offset, message });
}

// Records are addressed by their index in the array of integers.

export function symbol(s: Lowering, at: number): Sym {
  return s.records[at];
}
export function startOf(s: Lowering, at: number): number {
  return s.records[at + Rec.Start];
}
export function endOf(s: Lowering, at: number): number {
  return s.records[at + Rec.End];
}
/** The next sibling; `next(s, parent)` when there is none. */
export function next(s: Lowering, at: number): number {
  return s.records[at + Rec.Next];
}
/** The first child; `next(s, at)` when there is none. */
export function child(at: number): number {
  return at + Rec.Size;
}
export function textOf(s: Lowering, at: number): string {
  return s.text.substring(s.records[at + Rec.Start], s.records[at + Rec.End]);
}
export function isSemicolon(s: Lowering, at: number): boolean {
  const sym = s.records[at];
  return sym === Sym.newline || sym === Sym.SEMI;
}
