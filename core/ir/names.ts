/** How gc spells the names of what the compiler makes: closures, wrappers, instances, methods, temporaries. */
import { quote } from '../constant/print.ts';
import type { GoRelease } from '../load/release.ts';
import { encodeUtf8 } from '../source/utf8.ts';
import { unalias } from '../types/alias.ts';
import { type FuncObj, isExported, type PackageObj } from '../types/object.ts';
import type { NamedType, SignatureType, Type } from '../types/type.ts';
import { BasicKind, ChanDir, TypeKind } from '../types/type.ts';
import { Class, Flag, type Func, Name, Node, Op, type Sym, type XPos } from './node.ts';
import { shapePkg, typeSym } from './typeinfo.ts';

/** Name of the parameter, or of the captured variable, that holds a pointer to the dictionary (typecheck.LocalDictName). */
export const dictParamName = '.dict';

/** A package's path as it appears in symbols (objabi.PathToPrefix): by its UTF-8 bytes. */
export function pathToPrefix(path: string): string {
  const bytes = encodeUtf8(path);
  const slash = bytes.lastIndexOf(0x2f);
  let out = '';
  bytes.forEach((c, i) => {
    // dots stay but for those of the last element; `%` and `"` do not
    if (c <= 0x20 || (c === 0x2e && i > slash) || c === 0x25 || c === 0x22 || c >= 0x7f) {
      out += `%${c.toString(16).padStart(2, '0')}`;
    } else out += String.fromCharCode(c);
  });
  return out;
}

const links = new WeakMap<Type, string>();

/** A type as it appears inside symbol names, unique per type (types.Type.LinkString). */
export function linkString(t: Type): string {
  let s = links.get(t);
  if (s === undefined) {
    s = link(t, false);
    links.set(t, s);
  }
  return s;
}

/** Type of a receiver inside a method's symbol name (%-S of types.Type): no package on the outermost name. */
function receiverString(t: Type): string {
  if (t.kind === TypeKind.Pointer) return `*${receiverString(t.elem)}`;
  const sym = typeSym(t);
  return sym !== null ? sym.name : link(t, true);
}

function link(t: Type, short: boolean): string {
  switch (t.kind) {
    case TypeKind.Basic:
      return t.basic === BasicKind.Uint8 ? 'uint8' : t.basic === BasicKind.Int32 ? 'int32' : t.name;
    case TypeKind.Named:
      if (t.obj.pkg === null || short) return t.obj.name;
      return `${t.obj.pkg === shapePkg ? shapePkg.path : pathToPrefix(t.obj.pkg.path)}.${t.obj.name}`;
    case TypeKind.Pointer:
      return `*${linkString(t.elem)}`;
    case TypeKind.Slice:
      return `[]${linkString(t.elem)}`;
    case TypeKind.Array:
      return `[${t.len}]${linkString(t.elem)}`;
    case TypeKind.Map:
      return `map[${linkString(t.key)}]${linkString(t.elem)}`;
    case TypeKind.Chan: {
      const elem = linkString(t.elem);
      if (t.dir === ChanDir.RecvOnly) return `<-chan ${elem}`;
      if (t.dir === ChanDir.SendOnly) return `chan<- ${elem}`;
      return t.elem.kind === TypeKind.Chan && t.elem.dir === ChanDir.RecvOnly ? `chan (${elem})` : `chan ${elem}`;
    }
    case TypeKind.Interface: {
      if (t.methods.length === 0) return 'interface {}';
      const methods = t.methods.map(m => ` ${qualify(m)}${paramsLink(m.type as SignatureType)}`);
      return `interface {${methods.join(';')} }`;
    }
    case TypeKind.Signature:
      return `${t.recv === null ? '' : `method(${linkString(t.recv.type!)}) `}func${paramsLink(t)}`;
    case TypeKind.Tuple:
      return `(${t.vars.map(v => linkString(v.type!)).join(', ')})`;
    case TypeKind.Struct: {
      if (t.fields.length === 0) return 'struct {}';
      const fields = t.fields.map((f, i) => {
        let name = `${qualify(f)} `;
        if (f.embedded) {
          name = `${qualify(f)} = `;
          const base = f.type!.kind === TypeKind.Pointer ? f.type!.elem : f.type!;
          const sym = typeSym(base);
          if (sym !== null && sym.name === f.name && (isExported(sym.name) || sym.pkg === f.pkg)) name = '';
        }
        const tag = t.tags.length > 0 && t.tags[i] !== '' ? ` ${quote(t.tags[i])}` : '';
        return ` ${name}${linkString(f.type!)}${tag}`;
      });
      return `struct {${fields.join(';')} }`;
    }
    case TypeKind.TypeParam:
      return t.obj.name;
    default:
      return '?';
  }
}

function qualify(m: { name: string; pkg: PackageObj | null }): string {
  return isExported(m.name) || m.pkg === null ? m.name : `${pathToPrefix(m.pkg.path)}.${m.name}`;
}

function paramsLink(sig: SignatureType): string {
  const params = sig.params.vars.map((v, i) => {
    const last = sig.variadic && i === sig.params.vars.length - 1;
    const type = v.type!;
    return last && type.kind === TypeKind.Slice ? `...${linkString(type.elem)}` : linkString(type);
  });
  const results = sig.results.vars.map(v => linkString(v.type!));
  const tail = results.length === 0 ? '' : results.length === 1 ? ` ${results[0]}` : ` (${results.join(', ')})`;
  return `(${params.join(', ')})${tail}`;
}

/** Splits the number that tells types of one name in different functions apart off a type's name, `T·1` (SplitVargenSuffix). */
export function splitVargenSuffix(name: string): { base: string; suffix: string } {
  const m = /·[0-9]*$/.exec(name);
  if (m === null) return { base: name, suffix: '' };
  return { base: name.slice(0, m.index), suffix: m[0] };
}

/** Name of an instance: `F[int]`, implicit type arguments first, split off by `;` (readerDict.mangle). */
export function instanceName(name: string, targs: readonly Type[], implicits: number): string {
  if (targs.length === 0) return name;
  const { base, suffix } = splitVargenSuffix(name);
  let list = '';
  targs.forEach((t, i) => {
    if (i > 0) list += i === implicits ? ';' : ',';
    list += linkString(t);
  });
  return `${base}[${list}]${suffix}`;
}

/** Name of an instance of a generic method: `(*T[int]).M[string]`; `targs` are those of the receiver first. */
export function genericMethodName(m: FuncObj, targs: readonly Type[]): string {
  const { recv, recvTypeParams } = m.signature;
  const type = unalias(recv!.type!);
  const pointer = type.kind === TypeKind.Pointer;
  const base = unalias(pointer ? type.elem : type);
  const receivers = recvTypeParams.length;
  const name = instanceName((base as NamedType).obj.name, targs.slice(0, receivers), 0);
  return `${pointer ? `(*${name})` : name}.${instanceName(m.name, targs.slice(receivers), 0)}`;
}

/** Symbol of a method of a type (ir.MethodSymSuffix). Methods of unnamed types are in the pseudo-package `go`. */
export function methodSym(
  recv: Type,
  m: { name: string; pkg: PackageObj | null },
  goPkg: PackageObj,
  suffix = '',
): Sym {
  const base = recv.kind === TypeKind.Pointer ? recv.elem : recv;
  const rsym = typeSym(base);
  const pkg = rsym !== null ? rsym.pkg : goPkg;
  let name = recv.kind === TypeKind.Pointer ? `(${receiverString(recv)})` : receiverString(recv);
  if (!isExported(m.name) && m.pkg !== pkg && m.pkg !== null) name += `.${pathToPrefix(m.pkg.path)}`;
  return { pkg, name: `${name}.${m.name}${suffix}` };
}

/** The function's name without its package (ir.FuncName). */
export function funcName(fn: Func | null): string {
  return fn === null ? '<nil>' : fn.sym.name;
}

/** A new temporary of the function (typecheck.TempAt): named after the number of variables that it has. */
export function newTemp(pos: XPos | null, fn: Func, type: Type): Name {
  const tmp = newLocal(pos, fn, { pkg: null, name: `.autotmp_${fn.dcl.length}` }, type);
  tmp.autotemp = true;
  return tmp;
}

/** A new local variable of the function (ir.Func.NewLocal). */
export function newLocal(pos: XPos | null, fn: Func, sym: Sym, type: Type): Name {
  const name = new Name(pos, sym, Class.PAUTO, type);
  name.curfn = fn;
  fn.dcl.push(name);
  return name;
}

/**
 * A temporary for the value of `x` in a body that is read (reader.tempCopy). Before Go 1.27 what it was said to be
 * defined by was another statement than the one that set it, so that it counted as assigned twice.
 */
export function tempCopy(pos: XPos | null, fn: Func, x: Node, release: GoRelease): { tmp: Name; stmts: Node[] } {
  const { tmp, stmts } = tempAt(pos, fn, x);
  const as = stmts[1];
  if (release.definesCopies) as.flags |= Flag.Def;
  else {
    const defn = new Node(Op.OAS, pos, null);
    defn.x = tmp;
    defn.y = x;
    tmp.defn = defn;
  }
  return { tmp, stmts };
}

/** A temporary that is declared and set to the value of `x` by `stmts`. */
export function tempAt(pos: XPos | null, fn: Func, x: Node): { tmp: Name; stmts: Node[] } {
  const tmp = newTemp(pos, fn, x.type!);
  const dcl = new Node(Op.ODCL, pos, null);
  dcl.x = tmp;
  const as = new Node(Op.OAS, pos, null);
  as.x = tmp;
  as.y = x;
  tmp.defn = as;
  return { tmp, stmts: [dcl, as] };
}
