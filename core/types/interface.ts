/** Interface types (types2 interface). */
import type { Expr, InterfaceType as InterfaceExpr } from '../syntax/ast.ts';
import { asNamed } from './alias.ts';
import { later } from './check.ts';
import type { Checker } from './checker.ts';
import { error } from './errors.ts';
import { str } from './format.ts';
import { newInterface } from './named.ts';
import { FuncObj, newVar, type TypeNameObj, VarKind } from './object.ts';
import { nodePos, startPos } from './position.ts';
import { isValid } from './predicates.ts';
import { recordDef } from './recording.ts';
import { type InterfaceType, type Type, TypeKind } from './type.ts';
import { computeInterfaceTypeSet, sortMethods } from './typeset.ts';
import { typ } from './typexpr.ts';
import { parseUnion } from './union.ts';
import { topTypeSet } from './universe.ts';

/** Sets up an interface type; def is the name being declared with it, whose type is then the methods' receiver. */
export function interfaceType(c: Checker, ityp: InterfaceType, e: InterfaceExpr, def: TypeNameObj | null): void {
  for (const f of e.methodList) {
    if (f.name === null) {
      ityp.embeddeds.push(parseUnion(c, f.type));
      ityp.embedPos.push(startPos(f.type));
      continue;
    }
    const name = f.name.value;
    if (name === '_') {
      error(c, f.name, 'methods must have a unique non-blank name');
      continue;
    }
    const sig = typ(c, f.type);
    if (sig.kind !== TypeKind.Signature) {
      if (isValid(sig)) error(c, f.type, `invalid syntax tree: ${str(c, sig)} is not a method signature`);
      continue;
    }
    const pos = nodePos(f.name);
    let recv: Type = ityp;
    if (def !== null) recv = asNamed(def.type) ?? ityp;
    sig.recv = newVar(VarKind.RecvVar, pos, c.pkg, '', recv);
    const m = new FuncObj(name, c.pkg, pos, sig);
    recordDef(c, f.name, m);
    ityp.methods.push(m);
  }
  ityp.complete = true;
  if (ityp.methods.length > 0) c.interfaceExprs.push({ expr: e, type: ityp });
  if (ityp.methods.length === 0 && ityp.embeddeds.length === 0) {
    ityp.tset = topTypeSet;
    return;
  }
  sortMethods(ityp.methods);
  // Duplicates and such are found once all embedded types are complete.
  later(c, () => computeInterfaceTypeSet(c, ityp));
}

/** The interface that a constraint such as ~T or A|B stands for. */
export function implicitInterface(c: Checker, x: Expr): InterfaceType {
  const ityp = newInterface(c);
  ityp.embeddeds.push(parseUnion(c, x));
  ityp.embedPos.push(startPos(x));
  ityp.complete = true;
  ityp.implicit = true;
  later(c, () => computeInterfaceTypeSet(c, ityp));
  return ityp;
}
