/**
 * What a generic declaration's dictionary holds (noder's writerDict): words for methods of type parameters,
 * dictionaries of other instances, run-time types and pairs of type and interface, in this order. The number of words
 * shows in the type of the dictionary parameter, the place of a word where it is used.
 *
 * gc finds the words while it writes the declaration's bodies, methods in the order of the source; here they are found
 * while a shaped body is read, in whatever order, and numbers are filled in afterwards.
 */
import { ValueKind } from '../constant/value.ts';
import { ArrayType } from '../types/type.ts';
import { Node, Op, type XPos } from './node.ts';
import { basicTypes, uintptrType } from './typeinfo.ts';
import { BasicKind } from '../types/type.ts';

/** Words that one body needs, by keys: equal for the same word only. */
interface Part {
  readonly methodExprs: Set<string>;
  readonly subdicts: Set<string>;
  readonly rtypes: Set<string>;
  readonly itabs: Set<string>;
}

export class DictWords {
  /** Type of the dictionaries; its length is that of the words found. */
  readonly array = new ArrayType(0, uintptrType);
  /** By order of the bodies in the source. */
  private readonly parts = new Map<number, Part>();
  private refs: { literal: Node; method: boolean; key: string }[] = [];
  /** Something was added since the numbers were filled in. */
  private dirty = false;

  private part(order: number): Part {
    let p = this.parts.get(order);
    if (p === undefined) {
      p = { methodExprs: new Set(), subdicts: new Set(), rtypes: new Set(), itabs: new Set() };
      this.parts.set(order, p);
    }
    return p;
  }

  addRtype(order: number, key: string): void {
    this.part(order).rtypes.add(key);
    this.dirty = true;
  }

  addItab(order: number, key: string): void {
    this.part(order).itabs.add(key);
    this.dirty = true;
  }

  /** The index of the word as a constant whose value will be known later. */
  index(order: number, method: boolean, key: string, pos: XPos | null): Node {
    const p = this.part(order);
    (method ? p.methodExprs : p.subdicts).add(key);
    const literal = new Node(Op.OLITERAL, pos, basicTypes[BasicKind.UntypedInt]);
    literal.val = { kind: ValueKind.Int, val: 0n };
    this.refs.push({ literal, method, key });
    this.dirty = true;
    return literal;
  }

  /** Fills in what can be numbered now. */
  settle(): void {
    if (!this.dirty) return;
    this.dirty = false;
    const orders = [...this.parts.keys()].sort((a, b) => a - b);
    const places = { methodExprs: new Map<string, number>(), subdicts: new Map<string, number>() };
    const rtypes = new Set<string>();
    const itabs = new Set<string>();
    for (const order of orders) {
      const p = this.parts.get(order)!;
      for (const k of p.methodExprs) if (!places.methodExprs.has(k)) places.methodExprs.set(k, places.methodExprs.size);
      for (const k of p.subdicts) if (!places.subdicts.has(k)) places.subdicts.set(k, places.subdicts.size);
      for (const k of p.rtypes) rtypes.add(k);
      for (const k of p.itabs) itabs.add(k);
    }
    const methods = places.methodExprs.size;
    for (const { literal, method, key } of this.refs) {
      const at = method ? places.methodExprs.get(key)! : methods + places.subdicts.get(key)!;
      literal.val = { kind: ValueKind.Int, val: BigInt(at) };
    }
    this.array.len = methods + places.subdicts.size + rtypes.size + itabs.size;
  }
}
