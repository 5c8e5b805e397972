/** Types as gc prints them in messages (types/fmt.go, verb %v). */
import { quote } from '../constant/print.ts';
import { isExported, type PackageObj, type VarObj } from '../types/object.ts';
import type { SignatureType, Type } from '../types/type.ts';
import { ChanDir, TypeKind } from '../types/type.ts';
import { linkString, pathToPrefix, splitVargenSuffix } from './names.ts';
import { anyType } from './typeinfo.ts';

/** A name with its package, unless that is `local` or the universe (types.Sym %v). */
export function qualified(pkg: PackageObj | null, name: string, local: PackageObj): string {
  return pkg === null || pkg === local ? name : `${pkg.name}.${name}`;
}

/** The type in Go syntax, qualified by package names: `[]bytes.Buffer`. Type arguments keep the linker's spelling. */
export function typeString(t: Type | null, local: PackageObj): string {
  return tconv(t, local, false);
}

/** `link`: inside an interface, from its first unexported method on, gc falls into the linker's spelling. */
function tconv(t: Type | null, local: PackageObj, link: boolean): string {
  if (t === null) return '<T>';
  if (link) return linkString(t);
  switch (t.kind) {
    case TypeKind.Basic:
      return t.name;
    case TypeKind.Named:
      return qualified(t.obj.pkg, splitVargenSuffix(t.obj.name).base, local);
    case TypeKind.Pointer:
      return `*${tconv(t.elem, local, link)}`;
    case TypeKind.Array:
      return `[${t.len}]${tconv(t.elem, local, link)}`;
    case TypeKind.Slice:
      return `[]${tconv(t.elem, local, link)}`;
    case TypeKind.Chan: {
      const elem = tconv(t.elem, local, link);
      if (t.dir === ChanDir.RecvOnly) return `<-chan ${elem}`;
      if (t.dir === ChanDir.SendOnly) return `chan<- ${elem}`;
      return t.elem.kind === TypeKind.Chan && t.elem.dir === ChanDir.RecvOnly ? `chan (${elem})` : `chan ${elem}`;
    }
    case TypeKind.Map:
      return `map[${tconv(t.key, local, link)}]${tconv(t.elem, local, link)}`;
    case TypeKind.Interface: {
      if (t === anyType) return 'any';
      if (t.methods.length === 0) return 'interface {}';
      let out = 'interface {';
      let linked: boolean = link;
      t.methods.forEach((m, i) => {
        if (i > 0) out += ';';
        if (isExported(m.name)) out += ` ${m.name}`;
        else {
          linked = true;
          out += ` ${m.pkg === null ? '' : `${pathToPrefix(m.pkg.path)}.`}${m.name}`;
        }
        out += signature(m.type as SignatureType, local, linked);
      });
      return `${out} }`;
    }
    case TypeKind.Signature: {
      const recv = t.recv === null ? '' : `method(${tconv(t.recv.type, local, link)}) `;
      return `${recv}func${signature(t, local, link)}`;
    }
    case TypeKind.Tuple:
      return t.vars.map(v => tconv(v.type, local, link)).join(',');
    case TypeKind.Struct: {
      if (t.fields.length === 0) return 'struct {}';
      const fields = t.fields.map((f, i) => ` ${field(f, t.tags.length > 0 ? t.tags[i] : '', local)}`);
      return `struct {${fields.join(';')} }`;
    }
    case TypeKind.Alias:
      return tconv(t.actual, local, link);
    default:
      return linkString(t);
  }
}

/** Embedded fields by type alone; unexported names of other packages are qualified (fldconv). */
function field(f: VarObj, tag: string, local: PackageObj): string {
  let out = '';
  if (!f.embedded) out = `${isExported(f.name) ? f.name : qualified(f.pkg, f.name, local)} `;
  out += tconv(f.type, local, false);
  return tag === '' ? out : `${out} ${quote(tag)}`;
}

/** Parameters and results without names. */
function signature(t: SignatureType, local: PackageObj, link: boolean): string {
  const params = t.params.vars.map((v, i) => {
    const type = v.type!;
    if (t.variadic && i === t.params.vars.length - 1 && type.kind === TypeKind.Slice) {
      return `...${tconv(type.elem, local, link)}`;
    }
    return tconv(type, local, link);
  });
  const results = t.results.vars.map(v => tconv(v.type, local, link));
  const tail = results.length === 0 ? '' : results.length === 1 ? ` ${results[0]}` : ` (${results.join(', ')})`;
  return `(${params.join(', ')})${tail}`;
}
