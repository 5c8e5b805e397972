/** Types as text (types2 typestring). */
import { quote } from '../constant/ops.ts';
import { posString } from './format.ts';
import { isExported, type PackageObj, type TypeNameObj } from './object.ts';
import {
  BasicKind,
  ChanDir,
  type InterfaceType,
  type SignatureType,
  type Term,
  type TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
} from './type.ts';
import { anyInterface, universe, universeComparable } from './universe.ts';

/** How a package is named before a dot; the empty string for unqualified names. */
export type Qualifier = (pkg: PackageObj) => string;

/** Names unqualified in `pkg`, by path elsewhere (types2 RelativeTo). */
export function relativeTo(pkg: PackageObj): Qualifier {
  return other => (other === pkg ? '' : other.path);
}

export function packagePrefix(pkg: PackageObj | null, qf: Qualifier | null): string {
  if (pkg === null) return '';
  const s = qf === null ? pkg.path : qf(pkg);
  return s === '' ? '' : `${s}.`;
}

class Writer {
  out = '';
  readonly seen = new Set<Type>();
  paramNames = true;
  /** Say once which package an unexported field is of, where two types would look alike. */
  pkgInfo = false;
  constructor(readonly qf: Qualifier | null) {}

  typ(t: Type | null): void {
    if (t === null) {
      this.out += '<nil>';
      return;
    }
    if (this.seen.has(t)) {
      this.out += `<cycle to ${kindName(t.kind)}>`;
      return;
    }
    this.seen.add(t);
    this.typ0(t);
    this.seen.delete(t);
  }

  private typ0(t: Type): void {
    switch (t.kind) {
      case TypeKind.Basic:
        this.out += t.basic === BasicKind.UnsafePointer ? 'unsafe.Pointer' : t.name;
        break;
      case TypeKind.Array:
        this.out += `[${t.len}]`;
        this.typ(t.elem);
        break;
      case TypeKind.Slice:
        this.out += '[]';
        this.typ(t.elem);
        break;
      case TypeKind.Struct: {
        this.out += 'struct{';
        for (let i = 0; i < t.fields.length; i++) {
          const f = t.fields[i];
          if (i > 0) this.out += '; ';
          const annotate = this.qf === null && this.pkgInfo && !isExported(f.name);
          if (annotate) this.pkgInfo = false;
          if (!f.embedded) this.out += `${f.name} `;
          this.typ(f.type);
          if (annotate) this.out += ` /* package ${f.pkg?.path ?? ''} */ `;
          const tag = t.tags[i] ?? '';
          if (tag !== '') this.out += ` ${quote(tag)}`;
        }
        this.out += '}';
        break;
      }
      case TypeKind.Pointer:
        this.out += '*';
        this.typ(t.elem);
        break;
      case TypeKind.Tuple:
        this.tuple(t, false);
        break;
      case TypeKind.Signature:
        this.out += 'func';
        this.signature(t);
        break;
      case TypeKind.Union:
        if (t.terms.length === 0) this.out += '<empty union>';
        for (let i = 0; i < t.terms.length; i++) {
          if (i > 0) this.out += ' | ';
          if (t.terms[i].tilde) this.out += '~';
          this.typ(t.terms[i].type);
        }
        break;
      case TypeKind.Interface:
        this.iface(t);
        break;
      case TypeKind.Map:
        this.out += 'map[';
        this.typ(t.key);
        this.out += ']';
        this.typ(t.elem);
        break;
      case TypeKind.Chan: {
        this.out += t.dir === ChanDir.SendRecv ? 'chan ' : t.dir === ChanDir.SendOnly ? 'chan<- ' : '<-chan ';
        const parens = t.dir === ChanDir.SendRecv && t.elem.kind === TypeKind.Chan && t.elem.dir === ChanDir.RecvOnly;
        if (parens) this.out += '(';
        this.typ(t.elem);
        if (parens) this.out += ')';
        break;
      }
      case TypeKind.Named:
        this.typeName(t.obj);
        if (t.orig !== null) this.typeList(t.targs);
        else if (t.typeParams.length > 0) this.tParamList(t.typeParams);
        break;
      case TypeKind.TypeParam: {
        const name = t.obj.name;
        this.out += name;
        if (universe.lookup(name) !== null) this.out += ` /* with ${name} declared at ${posString(t.obj.pos)} */`;
        break;
      }
      case TypeKind.Alias:
        this.typeName(t.obj);
        if (t.targs.length > 0) this.typeList(t.targs);
        else if (t.typeParams.length > 0) this.tParamList(t.typeParams);
        break;
    }
  }

  private iface(t: InterfaceType): void {
    if (t === anyInterface) {
      this.out += 'any';
      return;
    }
    const comparable = universeComparable.type;
    if (comparable !== null && comparable.kind === TypeKind.Named && comparable.underlying === t) {
      this.out += 'interface{comparable}';
      return;
    }
    if (t.implicit) {
      if (t.methods.length === 0 && t.embeddeds.length === 1) {
        this.typ(t.embeddeds[0]);
        return;
      }
      this.out += '/* implicit */ ';
    }
    this.out += 'interface{';
    let first = true;
    for (const m of t.methods) {
      if (!first) this.out += '; ';
      first = false;
      this.out += m.name;
      this.signature(m.type as SignatureType);
    }
    for (const e of t.embeddeds) {
      if (!first) this.out += '; ';
      first = false;
      this.typ(e);
    }
    this.out += '}';
  }

  typeList(list: readonly Type[]): void {
    this.out += '[';
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.out += ', ';
      this.typ(list[i]);
    }
    this.out += ']';
  }

  tParamList(list: readonly TypeParamType[]): void {
    this.out += '[';
    let prev: Type | null = null;
    for (let i = 0; i < list.length; i++) {
      const tpar = list[i];
      if (i > 0) {
        if (tpar.bound !== prev) {
          this.out += ' ';
          this.typ(prev);
        }
        this.out += ', ';
      }
      prev = tpar.bound;
      this.typ(tpar);
    }
    if (prev !== null) {
      this.out += ' ';
      this.typ(prev);
    }
    this.out += ']';
  }

  private typeName(obj: TypeNameObj): void {
    this.out += packagePrefix(obj.pkg, this.qf) + obj.name;
  }

  tuple(t: TupleType, variadic: boolean): void {
    this.out += '(';
    const n = t.vars.length;
    for (let i = 0; i < n; i++) {
      const v = t.vars[i];
      if (i > 0) this.out += ', ';
      if (v.name !== '' && this.paramNames) this.out += `${v.name} `;
      const typ = v.type!;
      if (variadic && i === n - 1) {
        if (typ.kind === TypeKind.Slice) {
          this.out += '...';
          this.typ(typ.elem);
        } else {
          // append([]byte, string...)
          this.typ(typ);
          this.out += '...';
        }
      } else this.typ(typ);
    }
    this.out += ')';
  }

  signature(sig: SignatureType): void {
    if (sig.typeParams.length > 0) this.tParamList(sig.typeParams);
    this.tuple(sig.params, sig.variadic);
    const results = sig.results.vars;
    if (results.length === 0) return;
    this.out += ' ';
    if (results.length === 1 && results[0].name === '') this.typ(results[0].type);
    else this.tuple(sig.results, false);
  }
}

const kindNames = [
  '*Basic',
  '*Array',
  '*Slice',
  '*Struct',
  '*Pointer',
  '*Tuple',
  '*Signature',
  '*Interface',
  '*Map',
  '*Chan',
  '*Named',
  '*TypeParam',
  '*Union',
  '*Alias',
];

/** Name of the kind of a type, as types2 has it (goTypeName). */
export function kindName(kind: TypeKind): string {
  return kindNames[kind];
}

export function typeString(t: Type | null, qf: Qualifier | null): string {
  const w = new Writer(qf);
  w.typ(t);
  return w.out;
}

/** The type as it is written, names of parameters left out. */
export function spelling(t: Type): string {
  const w = new Writer(null);
  w.paramNames = false;
  w.typ(t);
  return w.out;
}

/** Parameters and results without `func` (types2 WriteSignature). */
export function signatureString(sig: SignatureType, qf: Qualifier | null, paramNames = true, pkgInfo = false): string {
  const w = new Writer(qf);
  w.paramNames = paramNames;
  w.pkgInfo = pkgInfo;
  w.signature(sig);
  return w.out;
}

export function tParamListString(list: readonly TypeParamType[], qf: Qualifier | null): string {
  const w = new Writer(qf);
  w.tParamList(list);
  return w.out;
}

/** Terms of a type set: `∅` for none, `𝓤` for all types. */
export function termsString(terms: readonly Term[] | null, qf: Qualifier | null): string {
  if (terms === null) return '𝓤';
  if (terms.length === 0) return '∅';
  return terms.map(t => (t.tilde ? '~' : '') + typeString(t.type, qf)).join(' | ');
}
