/** Types declared inside functions: gc tells those of one name apart by number (noder's declCollector). */
import type { PosBase, SourceText } from '../source/text.ts';
import { type Name as AstName, type RawNode, rawNode, typedNode } from '../syntax/ast.ts';
import { Kind } from '../syntax/ast.ts';
import { ObjKind } from '../types/object.ts';
import type { SignatureType, TypeParamType } from '../types/type.ts';
import type { PackageSource } from './build.ts';

/** A type declared inside a function. */
export interface LocalType {
  /** Its number among those of the package; they tell types of one name apart. */
  gen: number;
  /** Type parameters of the function. */
  implicits: TypeParamType[];
}

/** The package's types declared inside functions, by unit and place, numbered in source order (declCollector). */
export function localTypes(src: PackageSource): Map<PosBase, Map<number, LocalType>> {
  if (src.locals !== null) return src.locals;
  const locals = new Map<PosBase, Map<number, LocalType>>();
  src.locals = locals;
  src.checked.lazy?.prepareLocalTypes();
  let gen = 0;
  const keyword = new KeywordFinder();
  for (const file of src.checked.files) {
    for (const unit of file.units) {
      const found: { node: RawNode; implicits: TypeParamType[] }[] = [];
      for (const decl of unit.decls) {
        if (decl.kind === Kind.TypeDecl || decl.kind === Kind.ImportDecl || decl.kind === Kind.ConstDecl) continue;
        // where the word does not stand, nothing is declared
        const { start, end } = rawNode(decl);
        if (!keyword.within(unit.source, unit.start + start, unit.start + end)) continue;
        let implicits: TypeParamType[] = [];
        if (decl.kind === Kind.FuncDecl) {
          const obj = src.info.objOf(decl.name);
          const sig = obj !== null && obj.kind === ObjKind.Func ? (obj.type as SignatureType | null) : null;
          if (sig !== null) implicits = [...sig.recvTypeParams, ...sig.typeParams];
        }
        collectTypeDecls(rawNode(decl), implicits, found);
      }
      found.sort((a, b) => a.node.start - b.node.start);
      for (const { node, implicits } of found) {
        if (node.alias) continue;
        gen++;
        const name = typedNode<AstName>(node.name!);
        let places = locals.get(unit);
        if (places === undefined) {
          places = new Map();
          locals.set(unit, places);
        }
        places.set(name.pos, { gen, implicits });
      }
    }
  }
  return locals;
}

/** Looks for the word `type` in texts, which are asked about from front to back. */
class KeywordFinder {
  private source: SourceText | null = null;
  /** Where it stands first, from `from` on. */
  private at = 0;
  private from = 0;

  within(source: SourceText, start: number, end: number): boolean {
    if (source !== this.source || start < this.from || start > this.at) {
      const at = source.text.indexOf('type', start);
      this.at = at < 0 ? Number.POSITIVE_INFINITY : at;
      this.source = source;
      this.from = start;
    }
    return this.at < end;
  }
}

function collectTypeDecls(
  n: RawNode,
  implicits: TypeParamType[],
  found: { node: RawNode; implicits: TypeParamType[] }[],
) {
  const stack: (RawNode | null)[] = [n];
  for (let x = stack.pop(); x !== undefined; x = stack.pop()) {
    if (x === null) continue;
    if (x.kind === Kind.TypeDecl) {
      found.push({ node: x, implicits });
      continue;
    }
    stack.push(x.a, x.b, x.c, x.d);
    for (const k of x.list) stack.push(k);
    for (const k of x.list2) stack.push(k);
  }
}
