/** Types as gc prints them in messages (types/fmt.go, verb %v). */
import { quote } from '../constant/print.ts';
import { isExported, type PackageObj, type VarObj } from '../types/object.ts';
import type { SignatureType, Type } from '../types/type.ts';
import { ChanDir, TypeKind } from '../types/type.ts';
import { linkString, pathToPrefix, splitVargenSuffix } from './names.ts';
import type { CompileEnv } from './env.ts';
import { anyType } from './typeinfo.ts';

/** A name with its package, unless that is `local` or the universe (types.Sym %v). */
export function qualified(pkg: PackageObj | null, name: string, local: PackageObj): string {
  return pkg === null || pkg === local ? name : `${pkg.name}.${name}`;
}

/** The type in Go syntax, qualified by package names: `[]bytes.Buffer`. Type arguments keep the linker's spelling. */
export function typeString(t: Type | null, env: CompileEnv): string {
  return tconv(t, env, false);
}

/** `link`: inside an interface, from its first unexported method on, gc before Go 1.27 falls into the linker's spelling. */
function tconv(t: Type | null, env: CompileEnv, link: boolean): string {
  if (t === null) return '<T>';
  if (link) return linkString(t);
  switch (t.kind) {
    case TypeKind.Basic:
      return t.name;
    case TypeKind.Named:
      return qualified(t.obj.pkg, splitVargenSuffix(t.obj.name).base, env.pkg);
    case TypeKind.Pointer:
      return `*${tconv(t.elem, env, link)}`;
    case TypeKind.Array:
      return `[${t.len}]${tconv(t.elem, env, link)}`;
    case TypeKind.Slice:
      return `[]${tconv(t.elem, env, link)}`;
    case TypeKind.Chan: {
      const elem = tconv(t.elem, env, link);
      if (t.dir === ChanDir.RecvOnly) return `<-chan ${elem}`;
      if (t.dir === ChanDir.SendOnly) return `chan<- ${elem}`;
      return t.elem.kind === TypeKind.Chan && t.elem.dir === ChanDir.RecvOnly ? `chan (${elem})` : `chan ${elem}`;
    }
    case TypeKind.Map:
      return `map[${tconv(t.key, env, link)}]${tconv(t.elem, env, link)}`;
    case TypeKind.Interface: {
      if (t === anyType) return 'any';
      if (t.methods.length === 0) return 'interface {}';
      let out = 'interface {';
      let linked: boolean = link;
      t.methods.forEach((m, i) => {
        if (i > 0) out += ';';
        if (isExported(m.name)) out += ` ${m.name}`;
        else {
          linked ||= env.release.linksUnexportedMethods;
          out += ` ${m.pkg === null ? '' : `${pathToPrefix(m.pkg.path)}.`}${m.name}`;
        }
        out += signature(m.type as SignatureType, env, linked);
      });
      return `${out} }`;
    }
    case TypeKind.Signature: {
      const recv = t.recv === null ? '' : `method(${tconv(t.recv.type, env, link)}) `;
      return `${recv}func${signature(t, env, link)}`;
    }
    case TypeKind.Tuple:
      return t.vars.map(v => tconv(v.type, env, link)).join(',');
    case TypeKind.Struct: {
      if (t.fields.length === 0) return 'struct {}';
      const fields = t.fields.map((f, i) => ` ${field(f, t.tags.length > 0 ? t.tags[i] : '', env)}`);
      return `struct {${fields.join(';')} }`;
    }
    case TypeKind.Alias:
      return tconv(t.actual, env, link);
    default:
      return linkString(t);
  }
}

/** Embedded fields by type alone; unexported names of other packages are qualified (fldconv). */
function field(f: VarObj, tag: string, env: CompileEnv): string {
  let out = '';
  if (!f.embedded) out = `${isExported(f.name) ? f.name : qualified(f.pkg, f.name, env.pkg)} `;
  out += tconv(f.type, env, false);
  return tag === '' ? out : `${out} ${quote(tag)}`;
}

/** Parameters and results without names. */
function signature(t: SignatureType, env: CompileEnv, link: boolean): string {
  const params = t.params.vars.map((v, i) => {
    const type = v.type!;
    if (t.variadic && i === t.params.vars.length - 1 && type.kind === TypeKind.Slice) {
      return `...${tconv(type.elem, env, link)}`;
    }
    return tconv(type, env, link);
  });
  const results = t.results.vars.map(v => tconv(v.type, env, link));
  const tail = results.length === 0 ? '' : results.length === 1 ? ` ${results[0]}` : ` (${results.join(', ')})`;
  return `(${params.join(', ')})${tail}`;
}
