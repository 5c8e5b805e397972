/** The Go types that cgo gives to C's: a tree that can be printed. Identity of the objects matters (go/ast's does). */
export type GoType =
  | { kind: 'name'; name: string }
  | { kind: 'pointer'; elem: GoType }
  | { kind: 'array'; count: number; elem: GoType }
  | { kind: 'struct'; fields: { name: string; type: GoType }[] };

export function named(name: string): GoType {
  return { kind: 'name', name };
}

/** The type as gofmt writes it; a struct has a line per field. */
export function goTypeText(t: GoType): string {
  switch (t.kind) {
    case 'name':
      return t.name;
    case 'pointer':
      return `*${goTypeText(t.elem)}`;
    case 'array':
      return `[${t.count}]${goTypeText(t.elem)}`;
    case 'struct':
      return `struct {\n${t.fields.map(f => `\t${f.name}\t${goTypeText(f.type)}\n`).join('')}}`;
  }
}

/** The type with `_cgo_unsafe.Pointer` in place of `unsafe.Pointer`; the same object when there is none. */
export function rewriteUnsafe(t: GoType): GoType {
  switch (t.kind) {
    case 'name':
      return t.name === 'unsafe.Pointer' ? named('_cgo_unsafe.Pointer') : t;
    case 'array':
    case 'pointer': {
      const elem = rewriteUnsafe(t.elem);
      return elem === t.elem ? t : { ...t, elem };
    }
    case 'struct': {
      const fields = t.fields.map(f => {
        const type = rewriteUnsafe(f.type);
        return type === f.type ? f : { name: f.name, type };
      });
      return fields.every((f, i) => f === t.fields[i]) ? t : { kind: 'struct', fields };
    }
  }
}
