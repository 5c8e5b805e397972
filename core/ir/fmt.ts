/**
 * Nodes as gc prints them in messages (ir/fmt.go, verb %v): Go syntax with the fewest parentheses, without what the
 * compiler inserted; statements abridged (`for loop`).
 */
import { toComplex, toFloat, uint64Val } from '../constant/ops.ts';
import { valueString } from '../constant/print.ts';
import type { Value } from '../constant/value.ts';
import { quoteRune } from '../source/quote.ts';
import { BasicInfo, BasicKind, TypeKind } from '../types/type.ts';
import type { Type } from '../types/type.ts';
import type { CompileEnv } from './env.ts';
import { trimInlineHash } from './closure-names.ts';
import { Flag, type Func, type Node, Op, type Sym } from './node.ts';
import { pathToPrefix } from './names.ts';
import { opSyntax } from './opnames.ts';
import { qualified, typeString } from './typefmt.ts';
import { hasName, isPointer, isUntyped, runeType } from './typeinfo.ts';

/** A symbol as printed while compiling `env.pkg` (types.Sym %v). */
export function symString(sym: Sym, env: CompileEnv): string {
  return qualified(sym.pkg, sym.name, env.pkg);
}

/** A function as printed in messages: `F`, `(*T).M`, `pkg.F` (ir.Name %v). */
export function funcString(fn: Func, env: CompileEnv): string {
  return symString(fn.sym, env);
}

/** A function as printed where copies of a closure need not be told apart (ir.Name.DiagName). */
export function diagName(fn: Func, env: CompileEnv): string {
  return trimInlineHash(funcString(fn, env));
}

/** A statement or expression (ir.Node %v). */
export function nodeString(n: Node | null, env: CompileEnv): string {
  if (n === null) return '<nil>';
  return precedence(n.op) < 0 ? stmtFmt(n, env) : exprFmt(n, env, 0);
}

/** Statements of a body, as in the line that says what a function costs (ir.Nodes %v). */
export function stmtsString(list: readonly Node[], env: CompileEnv): string {
  return list.map(n => nodeString(n, env)).join('; ');
}
function exprs(list: readonly Node[], env: CompileEnv): string {
  return list.map(n => nodeString(n, env)).join(', ');
}

/** How tightly an operation binds (ir.OpPrec): 8 postfix, 7 unary …; 0 where gc says nothing; -1 statements. */
function precedence(op: Op): number {
  switch (op) {
    case Op.OPLUS:
    case Op.ONOT:
    case Op.OBITNOT:
    case Op.ONEG:
    case Op.OADDR:
    case Op.ODEREF:
    case Op.ORECV:
      return 7;
    case Op.OMUL:
    case Op.ODIV:
    case Op.OMOD:
    case Op.OLSH:
    case Op.ORSH:
    case Op.OAND:
    case Op.OANDNOT:
      return 6;
    case Op.OADD:
    case Op.OSUB:
    case Op.OOR:
    case Op.OXOR:
      return 5;
    case Op.OEQ:
    case Op.OLT:
    case Op.OLE:
    case Op.OGE:
    case Op.OGT:
    case Op.ONE:
      return 4;
    case Op.OSEND:
      return 3;
    case Op.OANDAND:
      return 2;
    case Op.OOROR:
      return 1;
    case Op.OAS:
    case Op.OAS2:
    case Op.OAS2DOTTYPE:
    case Op.OAS2FUNC:
    case Op.OAS2MAPR:
    case Op.OAS2RECV:
    case Op.OASOP:
    case Op.OBLOCK:
    case Op.OBREAK:
    case Op.OCASE:
    case Op.OCONTINUE:
    case Op.ODCL:
    case Op.ODEFER:
    case Op.OFALL:
    case Op.OFOR:
    case Op.OGOTO:
    case Op.OIF:
    case Op.OLABEL:
    case Op.OGO:
    case Op.ORANGE:
    case Op.ORETURN:
    case Op.OSELECT:
    case Op.OSWITCH:
      return -1;
    case Op.OADDSTR:
    case Op.OCHECKNIL:
    case Op.OCLOSURE:
    case Op.OCOMPLEX:
    case Op.ODCLFUNC:
    case Op.ODYNAMICDOTTYPE:
    case Op.ODYNAMICDOTTYPE2:
    case Op.ODYNAMICTYPE:
    case Op.OGETCALLERSP:
    case Op.OIMAG:
    case Op.OINLCALL:
    case Op.OINLMARK:
    case Op.OITAB:
    case Op.OKEY:
    case Op.OLINKSYMOFFSET:
    case Op.OMAKECHAN:
    case Op.OMAKEMAP:
    case Op.OPTRLIT:
    case Op.OREAL:
    case Op.ORECOVER:
    case Op.OSELRECV2:
    case Op.OSTRUCTKEY:
    case Op.OTAILCALL:
    case Op.OTYPESW:
      return 0;
    default:
      return 8;
  }
}

function stmtFmt(n: Node, env: CompileEnv): string {
  switch (n.op) {
    case Op.ODCL:
      return `var ${nodeString(n.x, env)} ${typeString(n.x!.type, env)}`;
    case Op.OAS:
      return `${nodeString(n.x, env)} ${(n.flags & Flag.Def) !== 0 ? ':=' : '='} ${nodeString(n.y, env)}`;
    case Op.OASOP:
      if ((n.flags & Flag.IncDec) !== 0) return `${nodeString(n.x, env)}${n.asop === Op.OADD ? '++' : '--'}`;
      return `${nodeString(n.x, env)} ${opSyntax(n.asop)}= ${nodeString(n.y, env)}`;
    case Op.OAS2:
    case Op.OAS2DOTTYPE:
    case Op.OAS2FUNC:
    case Op.OAS2MAPR:
    case Op.OAS2RECV:
      return `${exprs(n.list, env)} ${(n.flags & Flag.Def) !== 0 ? ':=' : '='} ${exprs(n.list2, env)}`;
    case Op.OBLOCK:
      return stmtsString(n.list, env);
    case Op.ORETURN:
      return `return ${exprs(n.list, env)}`;
    case Op.OGO:
      return `go ${nodeString(n.x, env)}`;
    case Op.ODEFER:
      return `defer ${nodeString(n.x, env)}`;
    case Op.OIF: {
      const init = n.init.length === 1 && n.init[0].init.length === 0 ? `${nodeString(n.init[0], env)}; ` : '';
      const then = `if ${init}${nodeString(n.x, env)} { ${stmtsString(n.body, env)} }`;
      return n.list2.length === 0 ? then : `${then} else { ${stmtsString(n.list2, env)} }`;
    }
    case Op.OFOR:
    case Op.ORANGE:
      return 'for loop';
    case Op.OSELECT:
    case Op.OSWITCH:
      return `${opSyntax(n.op)} statement`;
    case Op.OCASE:
      return `${n.list.length > 0 ? `case ${exprs(n.list, env)}` : 'default'}: ${stmtsString(n.body, env)}`;
    case Op.OBREAK:
    case Op.OCONTINUE:
    case Op.OGOTO:
    case Op.OFALL:
      return n.label === '' ? opSyntax(n.op) : `${opSyntax(n.op)} ${n.label}`;
    case Op.OLABEL:
      return `${n.label}: `;
    default:
      return '';
  }
}

/** Skips what the compiler inserted. */
function written(n: Node): Node {
  while ((n.flags & Flag.Implicit) !== 0) {
    switch (n.op) {
      case Op.OADDR:
      case Op.ODEREF:
      case Op.OCONV:
      case Op.OCONVNOP:
      case Op.OCONVIFACE:
        n = n.x!;
        continue;
    }
    break;
  }
  return n;
}

function exprFmt(node: Node | null, env: CompileEnv, prec: number): string {
  if (node === null) return '<nil>';
  const n = written(node);
  let nprec = precedence(n.op);
  if (n.op === Op.OTYPE && n.type !== null && isPointer(n.type)) nprec = 7;
  if (prec > nprec) return `(${nodeString(n, env)})`;
  switch (n.op) {
    case Op.OPAREN:
      return `(${nodeString(n.x, env)})`;
    case Op.ONIL:
      return 'nil';
    case Op.OLITERAL:
      return n.sym !== null ? qualified(n.sym.pkg, n.sym.name, env.pkg) : literal(n.val!, n.type!, env);
    case Op.ONAME:
      if (n.sym!.name.startsWith('~b')) return '_';
      return qualified(n.sym!.pkg, n.sym!.name, env.pkg);
    case Op.ONONAME:
      return qualified(n.sym!.pkg, n.sym!.name, env.pkg);
    case Op.OLINKSYMOFFSET:
      return `(${typeString(n.type, env)})(${linkName(n.sym!)}@${n.len})`;
    case Op.OTYPE:
      return typeString(n.type, env);
    case Op.OCLOSURE:
      return 'func literal';
    case Op.OPTRLIT:
      return `&${nodeString(n.x, env)}`;
    case Op.OSTRUCTLIT:
    case Op.OARRAYLIT:
    case Op.OSLICELIT:
    case Op.OMAPLIT:
      if ((n.flags & Flag.Implicit) !== 0) return '... argument';
      return `${typeString(n.type, env)}{${n.list.length > 0 ? '...' : ''}}`;
    case Op.OKEY:
      return `${nodeString(n.x, env)}:${nodeString(n.y, env)}`;
    case Op.OSTRUCTKEY:
      return `${n.field?.name ?? n.sym?.name ?? ''}:${nodeString(n.x, env)}`;
    case Op.ODOT:
    case Op.ODOTPTR:
    case Op.ODOTINTER:
    case Op.ODOTMETH:
    case Op.OMETHVALUE:
    case Op.OMETHEXPR:
      return `${exprFmt(n.x, env, nprec)}.${n.sym!.name}`;
    case Op.ODOTTYPE:
    case Op.ODOTTYPE2:
      return `${exprFmt(n.x, env, nprec)}.(${typeString(n.type, env)})`;
    case Op.OINDEX:
    case Op.OINDEXMAP:
      return `${exprFmt(n.x, env, nprec)}[${nodeString(n.y, env)}]`;
    case Op.OSLICE:
    case Op.OSLICESTR:
    case Op.OSLICEARR:
    case Op.OSLICE3:
    case Op.OSLICE3ARR: {
      const max = n.op === Op.OSLICE3 || n.op === Op.OSLICE3ARR ? `:${optional(n.w, env)}` : '';
      return `${exprFmt(n.x, env, nprec)}[${optional(n.y, env)}:${optional(n.z, env)}${max}]`;
    }
    case Op.OCOMPLEX:
    case Op.OCOPY:
    case Op.OUNSAFEADD:
    case Op.OUNSAFESLICE:
      return `${opSyntax(n.op)}(${nodeString(n.x, env)}, ${nodeString(n.y, env)})`;
    case Op.OCONV:
    case Op.OCONVIFACE:
    case Op.OCONVNOP:
    case Op.OBYTES2STR:
    case Op.ORUNES2STR:
    case Op.OSTR2BYTES:
    case Op.OSTR2RUNES:
    case Op.ORUNESTR:
    case Op.OSLICE2ARR:
    case Op.OSLICE2ARRPTR: {
      const type = typeString(n.type, env);
      return `${n.type === null || !hasName(n.type) ? `(${type})` : type}(${nodeString(n.x, env)})`;
    }
    case Op.OREAL:
    case Op.OIMAG:
    case Op.OCAP:
    case Op.OCLEAR:
    case Op.OCLOSE:
    case Op.OLEN:
    case Op.ONEW:
    case Op.OPANIC:
      return `${opSyntax(n.op)}(${nodeString(n.x, env)})`;
    case Op.OAPPEND:
    case Op.ODELETE:
    case Op.OMAX:
    case Op.OMIN:
    case Op.ORECOVER:
    case Op.OPRINT:
    case Op.OPRINTLN:
      return `${opSyntax(n.op)}(${exprs(n.list, env)}${(n.flags & Flag.IsDDD) !== 0 ? '...' : ''})`;
    case Op.OCALL:
    case Op.OCALLFUNC:
    case Op.OCALLINTER:
    case Op.OCALLMETH:
    case Op.OGETG:
      return `${exprFmt(n.x, env, nprec)}(${exprs(n.list, env)}${(n.flags & Flag.IsDDD) !== 0 ? '...' : ''})`;
    case Op.OINLCALL:
      return n.list.length === 1 ? nodeString(n.list[0], env) : `(.${stmtsString(n.list, env)})`;
    case Op.OMAKEMAP:
    case Op.OMAKECHAN:
    case Op.OMAKESLICE: {
      const type = typeString(n.type, env);
      if (n.z !== null) return `make(${type}, ${nodeString(n.y, env)}, ${nodeString(n.z, env)})`;
      if (n.y !== null && (n.op === Op.OMAKESLICE || n.y.type === null || !isUntyped(n.y.type))) {
        return `make(${type}, ${nodeString(n.y, env)})`;
      }
      return `make(${type})`;
    }
    case Op.OPLUS:
    case Op.ONEG:
    case Op.OBITNOT:
    case Op.ONOT:
    case Op.ORECV:
    case Op.OADDR:
      return `${opSyntax(n.op)}${n.x!.op === n.op ? ' ' : ''}${exprFmt(n.x, env, nprec + 1)}`;
    case Op.ODEREF:
      return `*${exprFmt(n.x, env, nprec + 1)}`;
    case Op.OADD:
    case Op.OAND:
    case Op.OANDNOT:
    case Op.ODIV:
    case Op.OEQ:
    case Op.OGE:
    case Op.OGT:
    case Op.OLE:
    case Op.OLT:
    case Op.OLSH:
    case Op.OMOD:
    case Op.OMUL:
    case Op.ONE:
    case Op.OOR:
    case Op.ORSH:
    case Op.OSUB:
    case Op.OXOR:
    case Op.OANDAND:
    case Op.OOROR:
    case Op.OSEND:
      return `${exprFmt(n.x, env, nprec)} ${opSyntax(n.op)} ${exprFmt(n.y, env, nprec + 1)}`;
    case Op.OADDSTR:
      return n.list.map(x => exprFmt(x, env, nprec)).join(' + ');
    default:
      return `<node ${opSyntax(n.op)}>`;
  }
}

function optional(n: Node | null, env: CompileEnv): string {
  return n === null ? '' : nodeString(n, env);
}

/** The symbol as the linker knows it (types.Sym.Linksym). */
function linkName(sym: Sym): string {
  return sym.pkg === null ? sym.name : `${pathToPrefix(sym.pkg.path)}.${sym.name}`;
}

/** A constant: bare when its type is the default for it, a rune as such, else as a conversion. */
function literal(val: Value, type: Type, env: CompileEnv): string {
  if (type.kind !== TypeKind.Basic) return `${typeString(type, env)}(${constant(val, type)})`;
  if (type === runeType || type.basic === BasicKind.UntypedRune) {
    const r = uint64Val(val);
    if (r !== null && r <= 0x10ffffn) return quoteRune(Number(r));
  }
  switch (type.basic) {
    case BasicKind.Bool:
    case BasicKind.Int:
    case BasicKind.Float64:
    case BasicKind.Complex128:
    case BasicKind.String:
    case BasicKind.UntypedBool:
    case BasicKind.UntypedInt:
    case BasicKind.UntypedFloat:
    case BasicKind.UntypedComplex:
    case BasicKind.UntypedString:
      return constant(val, type);
    default:
      return `${typeString(type, env)}(${constant(val, type)})`;
  }
}

/** The value in the representation of its type: an integral float is still a float. */
function constant(val: Value, type: Type): string {
  const u = type.kind === TypeKind.Named ? type.underlying! : type;
  const info = u.kind === TypeKind.Basic ? u.info : 0;
  if ((info & BasicInfo.IsFloat) !== 0) return valueString(toFloat(val));
  if ((info & BasicInfo.IsComplex) !== 0) return valueString(toComplex(val));
  return valueString(val);
}
