/** Why a selector is not found, with the spelling that exists (types2 errsupport). */
import type { Checker } from './checker.ts';
import { str } from './format.ts';
import { isExported, type Obj, ObjKind } from './object.ts';
import type { Type } from './type.ts';

const enum Found {
  Missing,
  Misspelled,
  Unexported,
  Inaccessible,
}

/** Message for `sel` not found in typ; obj is what was found ignoring case, or null. */
export function lookupError(c: Checker, typ: Type, sel: string, obj: Obj | null, structLit: boolean): string {
  let e = Found.Missing as Found;
  let alt = '';
  if (obj !== null) {
    alt = obj.name;
    if (obj.pkg === c.pkg) e = Found.Misspelled;
    else if (isExported(sel)) {
      if (isExported(alt)) e = Found.Misspelled;
      else if (tail(sel) === tail(alt)) e = Found.Unexported;
    } else if (isExported(alt)) {
      if (tail(sel) === tail(alt)) e = Found.Misspelled;
    } else if (sel === alt) e = Found.Inaccessible;
  }
  const t = str(c, typ);
  if (structLit) {
    const unknown = `unknown field ${sel} in struct literal of type ${t}`;
    switch (e) {
      case Found.Missing:
        return unknown;
      case Found.Misspelled:
        return `${unknown}, but does have ${alt}`;
      case Found.Unexported:
        return `${unknown}, but does have unexported ${alt}`;
      case Found.Inaccessible:
        return `cannot refer to unexported field ${alt} in struct literal of type ${t}`;
    }
  }
  const what = obj?.kind === ObjKind.Var ? 'field' : obj?.kind === ObjKind.Func ? 'method' : 'object';
  const missing = `type ${t} has no field or method ${sel}`;
  switch (e) {
    case Found.Missing:
      return missing;
    case Found.Misspelled:
      return `${missing}, but does have ${what} ${alt}`;
    case Found.Unexported:
      return `${missing}, but does have unexported ${what} ${alt}`;
    case Found.Inaccessible:
      return `cannot refer to unexported ${what} ${alt}`;
  }
}

/** Without the first character. */
function tail(s: string): string {
  return s.slice(s.length > 0 && s.codePointAt(0)! > 0xffff ? 2 : 1);
}
