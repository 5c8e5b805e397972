/**
 * Which initialisations of package variables need no code (cmd/compile staticinit and pkginit).
 *
 * A value that can be laid out in the data section when linking takes its statement out of the synthetic `init`, and with
 * it all that escape analysis would have said of it: constants, addresses of variables, composite literals of such
 * values, function literals that capture nothing, interface conversions of such values, copies of variables that are
 * initialised so and cannot have changed, and inlined calls that come down to one of these. Of a composite literal the
 * elements that are not static stay behind as assignments of their own.
 */
import type { GoRelease } from '../load/release.ts';
import type { CompileEnv } from './env.ts';
import type { Value } from '../constant/value.ts';
import { ValueKind } from '../constant/value.ts';
import { Class, type Func, Name, Node, Op, type XPos } from './node.ts';
import { isClosure } from './scc.ts';
import { isBlank, outerValue } from './static-value.ts';
import {
  hasShape,
  identical,
  isDirectIface,
  isInteger,
  isInterface,
  isMap,
  isSlice,
  isString,
  isUnsigned,
  under,
} from './typeinfo.ts';
import type { VarObj } from '../types/object.ts';
import type { Sizes } from '../types/sizes.ts';
import { type Type, TypeKind } from '../types/type.ts';
import { any, editChildren, visit } from './visit.ts';

/** Leaves in the body of a package's `init` what has to be done when the program starts (pkginit.MakeTask). */
export function staticInit(init: Func, { sizes, release }: CompileEnv): void {
  const schedule = new Schedule(init, sizes, release);
  for (const stmt of init.body) if (!schedule.tryStaticInit(stmt)) schedule.out.push(stmt);
  init.body = schedule.out;
}

/** Maps with at least this many nodes on the right side are filled by a function of their own, map.init.N
 * (wrapGlobalMapInitSizeThreshold). */
const largeMap = 20;

/** Whether gc moves the statement into a function `map.init.N` (staticinit.tryWrapGlobalInit). */
export function isLargeMapInit(stmt: Node): boolean {
  if (stmt.op !== Op.OAS || stmt.x!.op !== Op.ONAME || isBlank(stmt.x) || !isMap(stmt.x!.type!) || stmt.y === null)
    return false;
  let size = 0;
  visit(stmt.y, () => void size++);
  return size >= largeMap && !anySideEffects(stmt.y);
}

/** The FIPS module must not contain addresses in its data. */
function isFips(path: string): boolean {
  if (path.endsWith('_test')) return false;
  return path === 'crypto/internal/fips140' || path.startsWith('crypto/internal/fips140/');
}

/** A part of a struct or array literal, and at how many bytes it is. */
interface Part {
  offset: number;
  value: Node;
}

class Schedule {
  readonly out: Node[] = [];
  /** The parts of a struct or array literal that are not zero, flattened. */
  private readonly plans = new Map<Node, Part[]>();
  /** How many variables for static data were made. */
  private temps = 0;
  private readonly noAddresses: boolean;
  private seenMutation = false;

  constructor(
    private readonly init: Func,
    private readonly sizes: Sizes,
    private readonly release: GoRelease,
  ) {
    this.noAddresses = isFips(init.pkg.path);
  }

  tryStaticInit(n: Node): boolean {
    let lhs: Node[];
    let rhs: Node | null;
    switch (n.op) {
      case Op.OAS:
        lhs = [n.x!];
        rhs = n.y;
        break;
      case Op.OAS2DOTTYPE:
      case Op.OAS2FUNC:
      case Op.OAS2MAPR:
      case Op.OAS2RECV:
        lhs = n.list;
        rhs = n.list2[0];
        break;
      default:
        return false;
    }
    if (!this.seenMutation && rhs !== null) this.seenMutation = this.mayModifyPackageVar(rhs);
    if (lhs.every(isBlank) && (rhs === null || !anySideEffects(rhs))) return true;
    if (lhs.length > 1) return false;
    return this.assign(lhs[0] as Name, 0, rhs, lhs[0].type);
  }

  /** Assigns statically, or leaves the assignment of a part behind. */
  private part(pos: XPos | null, to: Name, offset: number, value: Node): void {
    if (this.assign(to, offset, value, value.type)) return;
    const as = new Node(Op.OAS, pos, null);
    as.x = isBlank(to) ? to : offsetOf(to, offset, value.type, pos);
    as.y = value;
    this.out.push(as);
  }

  /** Whether `value` is laid out statically in `l` from `offset` on, as a `type` (Schedule.StaticAssign). */
  private assign(l: Name, offset: number, value: Node | null, type: Node['type']): boolean {
    if (value === null) return true;
    let r = value;
    while (r.op === Op.OCONVNOP) r = r.x!;
    switch (r.op) {
      case Op.ONIL:
        return true;
      case Op.OLITERAL:
        return isZero(r) || !(this.noAddresses && isString(r.type!));
    }
    if (this.noAddresses && r.op !== Op.OARRAYLIT && r.op !== Op.OSTRUCTLIT) return false;
    switch (r.op) {
      case Op.ONAME:
        return this.copy(l, offset, r as Name, type);
      case Op.OMETHEXPR:
        return r.method !== null && this.copy(l, offset, r.method, type);
      case Op.OADDR:
        if (isStaticLocation(r.x!)) return true;
        return this.pointer(l, r);
      case Op.OPTRLIT:
        return this.pointer(l, r);
      case Op.OSTR2BYTES:
        return l.cls === Class.PEXTERN && r.x!.op === Op.OLITERAL;
      case Op.OSLICELIT:
        return this.literal(this.staticName(r.type), 0, r);
      case Op.OARRAYLIT:
      case Op.OSTRUCTLIT:
        return this.literal(l, offset, r);
      case Op.OCLOSURE:
        return !isClosure(r.func!);
      case Op.OCONVIFACE:
        return this.toInterface(l, offset, r);
      case Op.OINLCALL:
        return this.inlinedCall(l, offset, r, type);
    }
    return false;
  }

  private pointer(l: Name, r: Node): boolean {
    const x = r.x!;
    if (x.op !== Op.OARRAYLIT && x.op !== Op.OSLICELIT && x.op !== Op.OMAPLIT && x.op !== Op.OSTRUCTLIT) return false;
    this.part(l.pos, this.staticName(x.type), 0, x);
    return true;
  }

  private literal(l: Name, offset: number, r: Node): boolean {
    for (const { offset: at, value: e } of this.plan(r)) {
      if ((e.op === Op.OLITERAL && !this.noAddresses) || e.op === Op.ONIL) continue;
      this.part(e.pos, l, offset + at, e);
    }
    return true;
  }

  private toInterface(l: Name, offset: number, r: Node): boolean {
    let val = r;
    while (val.op === Op.OCONVIFACE) val = val.x!;
    if (isInterface(val.type!)) return val.op === Op.ONIL;
    if (hasShape(val.type!)) return false;
    if (isDirectIface(val.type!, this.release)) {
      if (val.op !== Op.ONIL) this.part(val.pos, l, offset + this.sizes.ptrSize, val);
    } else this.part(val.pos, this.staticName(val.type), 0, val);
    return true;
  }

  /** A copy of what another variable of the package was initialised with (Schedule.staticcopy). */
  private copy(l: Name, offset: number, from: Name, type: Node['type']): boolean {
    if (from.cls === Class.PFUNC) return true;
    if (from.cls !== Class.PEXTERN || from.sym!.pkg !== this.init.pkg) return false;
    if (from.defn === null || from.defn.op !== Op.OAS || isString(from.type!) || this.seenMutation) return false;
    let r = from.defn.y;
    if (r === null) return false;
    while (r.op === Op.OCONVNOP && !identical(r.type, type)) r = r.x!;
    switch (r.op) {
      case Op.OMETHEXPR:
      case Op.ONAME: {
        const name = r.op === Op.OMETHEXPR ? r.method! : (r as Name);
        if (this.copy(l, offset, name, type)) return true;
        const as = new Node(Op.OAS, l.pos, null);
        as.x = offset !== 0 || !identical(type, l.type) ? offsetOf(l, offset, type, l.pos) : l;
        as.y = r;
        this.out.push(as);
        return true;
      }
      case Op.ONIL:
      case Op.OLITERAL:
        return true;
      case Op.OADDR:
        return r.x!.op === Op.ONAME && (r.x as Name).cls === Class.PEXTERN;
      case Op.OPTRLIT:
        return (
          r.x!.op === Op.OARRAYLIT || r.x!.op === Op.OSLICELIT || r.x!.op === Op.OSTRUCTLIT || r.x!.op === Op.OMAPLIT
        );
      case Op.OSLICELIT:
        return true;
      case Op.OARRAYLIT:
      case Op.OSTRUCTLIT:
        for (const { offset: at, value: e } of this.plan(r)) {
          if (e.op === Op.OLITERAL || e.op === Op.ONIL) continue;
          const x = e.op === Op.OMETHEXPR ? e.method! : e;
          if (x.op === Op.ONAME && this.copy(l, offset + at, x as Name, e.type)) continue;
          const as = new Node(Op.OAS, e.pos, null);
          as.x = offsetOf(l, offset + at, e.type, e.pos);
          as.y = offsetOf(from, at, e.type, e.pos);
          this.out.push(as);
        }
        return true;
    }
    return false;
  }

  /** The values of a literal that are not zero, those of nested struct and array literals in their place (initplan). */
  private plan(n: Node): Part[] {
    let parts = this.plans.get(n);
    if (parts !== undefined) return parts;
    parts = [];
    this.plans.set(n, parts);
    const type = under(n.type!);
    const size = type.kind === TypeKind.Array || type.kind === TypeKind.Slice ? this.sizes.sizeof(type.elem) : 0;
    let index = 0;
    for (const element of n.list) {
      let value = element;
      let offset: number;
      if (element.op === Op.OSTRUCTKEY) {
        if (element.field?.name === '_') continue;
        value = element.x!;
        offset = fieldOffset(type, element.field!, this.sizes) ?? 0;
      } else {
        if (element.op === Op.OKEY) {
          value = element.y!;
          if (element.x!.val?.kind === ValueKind.Int) index = Number(element.x!.val.val);
        }
        offset = index * size;
        index++;
      }
      if (isZero(value)) continue;
      if (value.op === Op.OARRAYLIT || value.op === Op.OSTRUCTLIT)
        for (const part of this.plan(value)) parts.push({ offset: offset + part.offset, value: part.value });
      else parts.push({ offset, value });
    }
    return parts;
  }

  /** Static data without a name of its own (staticinit.StaticName). */
  private staticName(type: Node['type']): Name {
    return new Name(null, { pkg: this.init.pkg, name: `.stmp_${this.temps++}` }, Class.PEXTERN, type);
  }

  /**
   * A call that was inlined and is of the form `{ r := expression; return }`: with the arguments put in for the
   * parameters it may be static. Arguments must have no effects, and those used twice must be repeatable.
   */
  private inlinedCall(l: Name, offset: number, call: Node, type: Node['type']): boolean {
    const [parameters, mark, ...more] = call.init;
    if (more.length > 0 || parameters?.op !== Op.OAS2 || mark?.op !== Op.OINLMARK) return false;
    const [block, label, ...rest] = call.body;
    if (rest.length > 0 || block?.op !== Op.OBLOCK || label?.op !== Op.OLABEL) return false;
    const [dcl, result, jump, ...others] = block.list;
    if (others.length > 0 || dcl?.op !== Op.ODCL || result?.op !== Op.OAS2 || jump?.op !== Op.OGOTO) return false;
    if (jump.label !== label.label || result.list.length !== 1 || result.list[0] !== dcl.x) return false;

    const uses = new Map<Node, number>();
    for (const v of parameters.list) {
      if ((v as Name).addrtaken) return false;
      uses.set(v, 0);
    }
    if (parameters.list2.some(anySideEffects)) return false;
    const value = result.list2[0];
    let captures = false;
    visit(value, n => {
      const count = uses.get(n);
      if (count !== undefined) uses.set(n, count + 1);
      if (n.op === Op.OCLOSURE && isClosure(n.func!)) captures = true;
    });
    if (captures) return false;
    const args = new Map<Node, Node>();
    for (const [i, v] of parameters.list.entries()) {
      if ((uses.get(v) ?? 0) > 1 && !canRepeat(parameters.list2[i])) return false;
      if (!isBlank(v)) args.set(v, parameters.list2[i]);
    }
    const substituted = substitute(value, args, this.sizes);
    return substituted !== null && this.assign(l, offset, substituted, type);
  }

  /** Whether running the expression could change a variable of this package (mayModifyPkgVar). */
  private mayModifyPackageVar(n: Node): boolean {
    const safe = (lhs: Node): boolean => {
      let outer = outerValue(lhs);
      while (outer.op === Op.ODEREF) outer = outer.x!;
      return outer.op === Op.ONAME && !((outer as Name).cls === Class.PEXTERN && outer.sym!.pkg === this.init.pkg);
    };
    return any(n, x => {
      switch (x.op) {
        case Op.OCALLFUNC:
        case Op.OCALLINTER:
        case Op.OAPPEND:
        case Op.OCLEAR:
        case Op.OCOPY:
          return true;
        case Op.OASOP:
        case Op.OAS:
          return !safe(x.x!);
        case Op.OAS2:
        case Op.OAS2DOTTYPE:
        case Op.OAS2FUNC:
        case Op.OAS2MAPR:
        case Op.OAS2RECV:
          return !x.list.every(safe);
      }
      return false;
    });
  }
}

/** Where in the struct the field is, which may be one of an embedded struct; null if nowhere (typecheck.FieldOffset). */
function fieldOffset(type: Type, field: VarObj, sizes: Sizes): number | null {
  const struct = under(type);
  if (struct.kind !== TypeKind.Struct) return null;
  const offsets = sizes.offsetsof(struct.fields);
  const direct = struct.fields.findIndex(f => f === field);
  if (direct >= 0) return offsets[direct];
  for (const [i, f] of struct.fields.entries()) {
    const inner = f.embedded ? fieldOffset(f.type!, field, sizes) : null;
    if (inner !== null) return offsets[i] + inner;
  }
  return null;
}

/** A part of a variable, as something to assign to (ir.NewNameOffsetExpr). */
function offsetOf(name: Name, offset: number, type: Node['type'], pos: XPos | null): Node {
  const n = new Node(Op.OLINKSYMOFFSET, pos, type);
  n.sym = name.sym;
  n.len = offset;
  return n;
}

/** Whether `n` is a variable, or a part of one at a fixed offset, of the package level (StaticLoc). */
function isStaticLocation(n: Node): boolean {
  switch (n.op) {
    case Op.ONAME:
      return (n as Name).cls === Class.PEXTERN;
    case Op.ODOT:
      return isStaticLocation(n.x!);
    case Op.OINDEX:
      return !isSlice(n.x!.type!) && isSmallInt(n.y!) && isStaticLocation(n.x!);
  }
  return false;
}

function isSmallInt(n: Node): boolean {
  const v = n.op === Op.OLITERAL ? n.val : null;
  return v !== null && v.kind === ValueKind.Int && v.val >= 0n && v.val <= 0x7fffffffn;
}

/** The zero value of its type (ir.IsZero). */
function isZero(n: Node): boolean {
  if (n.op === Op.ONIL) return true;
  if (n.op === Op.OLITERAL) return isZeroValue(n.val!);
  if (n.op === Op.OARRAYLIT) return n.list.every(e => isZero(e.op === Op.OKEY ? e.y! : e));
  if (n.op === Op.OSTRUCTLIT) return n.list.every(e => isZero(e.x!));
  return false;
}

function isZeroValue(v: Value): boolean {
  switch (v.kind) {
    case ValueKind.Bool:
      return !v.val;
    case ValueKind.String:
      return v.bytes === '';
    case ValueKind.Int:
      return v.val === 0n;
    case ValueKind.Float:
      return v.big === null ? v.num === 0n : v.big.mant === 0n;
    case ValueKind.Complex:
      return isZeroValue(v.re) && isZeroValue(v.im);
    default:
      return false;
  }
}

/** Whether evaluating the expression does more than give a value (staticinit.AnySideEffects). */
export function anySideEffects(n: Node): boolean {
  return any(n, isSideEffect);
}

function isSideEffect(n: Node): boolean {
  switch (n.op) {
    case Op.ONAME:
    case Op.ONONAME:
    case Op.OTYPE:
    case Op.OLITERAL:
    case Op.ONIL:
    case Op.OADD:
    case Op.OSUB:
    case Op.OOR:
    case Op.OXOR:
    case Op.OADDSTR:
    case Op.OADDR:
    case Op.OANDAND:
    case Op.OBYTES2STR:
    case Op.ORUNES2STR:
    case Op.OSTR2BYTES:
    case Op.OSTR2RUNES:
    case Op.OCAP:
    case Op.OMAPLIT:
    case Op.OSTRUCTLIT:
    case Op.OARRAYLIT:
    case Op.OSLICELIT:
    case Op.OPTRLIT:
    case Op.OCONV:
    case Op.OCONVIFACE:
    case Op.OCONVNOP:
    case Op.ODOT:
    case Op.OEQ:
    case Op.ONE:
    case Op.OLT:
    case Op.OLE:
    case Op.OGT:
    case Op.OGE:
    case Op.OKEY:
    case Op.OSTRUCTKEY:
    case Op.OLEN:
    case Op.OMUL:
    case Op.OLSH:
    case Op.ORSH:
    case Op.OAND:
    case Op.OANDNOT:
    case Op.ONEW:
    case Op.ONOT:
    case Op.OBITNOT:
    case Op.OPLUS:
    case Op.ONEG:
    case Op.OOROR:
    case Op.OPAREN:
    case Op.ORUNESTR:
    case Op.OREAL:
    case Op.OIMAG:
    case Op.OCOMPLEX:
      return false;
    case Op.ODIV:
    case Op.OMOD:
      return n.y!.op !== Op.OLITERAL || isZero(n.y!);
    case Op.OMAKECHAN:
    case Op.OMAKEMAP:
      return n.y === null || n.y.op !== Op.OLITERAL || !isZero(n.y);
  }
  return true;
}

/** Whether evaluating the expression twice gives the same as once: it allocates nothing. */
function canRepeat(n: Node): boolean {
  return !any(n, x => {
    switch (x.op) {
      case Op.OMAKECHAN:
      case Op.OMAKEMAP:
      case Op.OMAKESLICE:
      case Op.OMAPLIT:
      case Op.ONEW:
      case Op.OPTRLIT:
      case Op.OSLICELIT:
      case Op.OSTR2BYTES:
      case Op.OSTR2RUNES:
        return true;
    }
    return isSideEffect(x);
  });
}

/** A copy of the expression with arguments in place of parameters; null when a constant cannot be converted. */
function substitute(n: Node, args: ReadonlyMap<Node, Node>, sizes: Sizes): Node | null {
  let valid = true;
  const edit = (x: Node): Node => {
    switch (x.op) {
      case Op.ONAME:
        return args.get(x) ?? x;
      case Op.ONONAME:
      case Op.OLITERAL:
      case Op.ONIL:
      case Op.OTYPE:
        return x;
    }
    const copy = shallowCopy(x);
    editChildren(copy, edit);
    if (copy.op === Op.OCONV && copy.x!.op === Op.OLITERAL) {
      const literal = truncate(copy.x!, copy.type!, sizes);
      if (literal !== null) return literal;
      valid = false;
    }
    if (copy.op === Op.OADDSTR) return joinConstants(copy);
    return copy;
  };
  const result = edit(n);
  return valid ? result : null;
}

/** The constant as a conversion of a variable with its value would give it; null for what is not worth it (truncate). */
function truncate(c: Node, t: Type, sizes: Sizes): Node | null {
  const from = under(c.type!);
  const to = under(t);
  const literal = shallowCopy(c);
  literal.type = t;
  if (from.kind === TypeKind.Basic && to.kind === TypeKind.Basic && from.basic !== to.basic) {
    if (!isInteger(from) || !isInteger(to) || c.val!.kind !== ValueKind.Int) return null;
    const bits = sizes.sizeof(to) * 8;
    const val = isUnsigned(to) ? BigInt.asUintN(bits, c.val!.val) : BigInt.asIntN(bits, c.val!.val);
    literal.val = { kind: ValueKind.Int, val };
  }
  return literal;
}

/** Puts neighbouring constants of a concatenation together (addStr). */
function joinConstants(n: Node): Node {
  const list: Node[] = [];
  for (const s of n.list) {
    const last = list[list.length - 1];
    if (last?.val?.kind !== ValueKind.String || s.val?.kind !== ValueKind.String) {
      list.push(s);
      continue;
    }
    const joined = shallowCopy(last);
    joined.val = { kind: ValueKind.String, bytes: last.val.bytes + s.val.bytes };
    list[list.length - 1] = joined;
  }
  if (list.length === 1 && list[0].op === Op.OLITERAL) {
    list[0].type = n.type;
    return list[0];
  }
  const copy = shallowCopy(n);
  copy.list = list;
  return copy;
}

function shallowCopy(n: Node): Node {
  const copy = new Node(n.op, n.pos, n.type, n.flags);
  copy.init = [...n.init];
  copy.x = n.x;
  copy.y = n.y;
  copy.z = n.z;
  copy.w = n.w;
  copy.list = [...n.list];
  copy.list2 = [...n.list2];
  copy.body = [...n.body];
  copy.sym = n.sym;
  copy.label = n.label;
  copy.field = n.field;
  copy.method = n.method;
  copy.func = n.func;
  copy.val = n.val;
  copy.asop = n.asop;
  copy.len = n.len;
  return copy;
}
