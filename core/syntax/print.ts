/**
 * Expressions and simple statements as gc's messages show them (syntax.String, the printer's ShortForm): in one line,
 * non-empty bodies of function and composite literals as `…`, comments and layout gone.
 */
import { ChanDir, type Expr, Kind, type Node, NodeFlag, Op, type RawNode, type Stmt } from './ast.ts';

const operators: Record<Op, string> = {
  [Op.None]: '',
  [Op.Def]: ':',
  [Op.Not]: '!',
  [Op.Recv]: '<-',
  [Op.Tilde]: '~',
  [Op.OrOr]: '||',
  [Op.AndAnd]: '&&',
  [Op.Eql]: '==',
  [Op.Neq]: '!=',
  [Op.Lss]: '<',
  [Op.Leq]: '<=',
  [Op.Gtr]: '>',
  [Op.Geq]: '>=',
  [Op.Add]: '+',
  [Op.Sub]: '-',
  [Op.Or]: '|',
  [Op.Xor]: '^',
  [Op.Mul]: '*',
  [Op.Div]: '/',
  [Op.Rem]: '%',
  [Op.And]: '&',
  [Op.AndNot]: '&^',
  [Op.Shl]: '<<',
  [Op.Shr]: '>>',
};

/** An operator as written. */
export function operatorString(op: Op): string {
  return operators[op];
}

/** The node in gc's short form; statements that are not simple give an empty string. */
export function exprString(node: Node | Expr | Stmt | RawNode): string {
  return print(node as RawNode);
}

function print(n: RawNode): string {
  switch (n.kind) {
    case Kind.BadExpr:
      return '<bad expr>';
    case Kind.Name:
    case Kind.BasicLit:
      return n.text;
    case Kind.FuncLit:
      return `${print(n.b!)} {${n.d!.list.length > 0 ? '…' : ''}}`;
    case Kind.CompositeLit:
      return `${n.b === null ? '' : print(n.b)}{${n.list.length > 0 ? '…' : ''}}`;
    case Kind.ParenExpr:
      return `(${print(n.a!)})`;
    case Kind.SelectorExpr:
      return `${print(n.a!)}.${n.c!.text}`;
    case Kind.IndexExpr:
      return `${print(n.a!)}[${print(n.c!)}]`;
    case Kind.SliceExpr: {
      const [i, j, k] = n.list as (RawNode | null)[];
      const part = (x: RawNode | null) => (x === null ? '' : print(x));
      return `${print(n.a!)}[${part(i)}:${part(j)}${k === null ? '' : `:${print(k)}`}]`;
    }
    case Kind.AssertExpr:
      return `${print(n.a!)}.(${print(n.b!)})`;
    case Kind.TypeSwitchGuard:
      return `${n.c === null ? '' : `${n.c.text} := `}${print(n.a!)}.(type)`;
    case Kind.CallExpr:
      return `${print(n.a!)}(${printList(n.list)}${(n.flags & NodeFlag.HasDots) !== 0 ? '...' : ''})`;
    case Kind.Operation:
      if (n.b === null) return operators[n.op as Op] + print(n.a!);
      return printChain(n);
    case Kind.KeyValueExpr:
      return `${print(n.a!)}: ${print(n.c!)}`;
    case Kind.ListExpr:
      return printList(n.list);
    case Kind.ArrayType:
      return `[${n.a === null ? '...' : print(n.a)}]${print(n.b!)}`;
    case Kind.SliceType:
      return `[]${print(n.b!)}`;
    case Kind.DotsType:
      return `...${print(n.b!)}`;
    case Kind.StructType:
      return `struct{${printFields(n)}}`;
    case Kind.FuncType:
      return `func${printSignature(n)}`;
    case Kind.InterfaceType:
      return `interface{${n.list.map(printMethod).join('; ')}}`;
    case Kind.MapType:
      return `map[${print(n.a!)}]${print(n.c!)}`;
    case Kind.ChanType: {
      const elem = n.b!;
      const parens = n.op === ChanDir.Both && elem.kind === Kind.ChanType && elem.op === ChanDir.RecvOnly;
      const word = n.op === ChanDir.RecvOnly ? '<-chan' : n.op === ChanDir.SendOnly ? 'chan<-' : 'chan';
      return parens ? `${word} (${print(elem)})` : `${word} ${print(elem)}`;
    }
    case Kind.ExprStmt:
      return print(n.a!);
    case Kind.SendStmt:
      return `${print(n.a!)} <- ${print(n.c!)}`;
    case Kind.AssignStmt: {
      const op = operators[n.op as Op];
      return n.b === null ? print(n.c!) + op + op : `${print(n.c!)} ${op}= ${print(n.b)}`;
    }
    case Kind.RangeClause: {
      const lhs = n.c === null ? '' : `${print(n.c)} ${(n.flags & NodeFlag.Def) !== 0 ? ':=' : '='} `;
      return `${lhs}range ${print(n.a!)}`;
    }
    default:
      return '';
  }
}

/** Binary operations nest to the left, thousands deep in generated code. */
function printChain(n: RawNode): string {
  const tail: string[] = [];
  let x: RawNode = n;
  while (x.kind === Kind.Operation && x.b !== null) {
    tail.push(` ${operators[x.op as Op]} ${print(x.b)}`);
    x = x.a!;
  }
  return print(x) + tail.reverse().join('');
}

function printList(list: readonly RawNode[]): string {
  return list.map(print).join(', ');
}

/** Fields that share a type and follow each other are printed as they were written. */
function printFields(n: RawNode): string {
  const lines: string[] = [];
  for (let i = 0; i < n.list.length; ) {
    let j = i + 1;
    while (j < n.list.length && n.list[j].a !== null && n.list[i].a !== null && n.list[j].b === n.list[i].b) j++;
    const type = print(n.list[i].b!);
    const names = n.list.slice(i, j).map(f => f.a?.text ?? '');
    const tag = n.list2[i] as RawNode | null | undefined;
    lines.push((n.list[i].a === null ? type : `${names.join(', ')} ${type}`) + (tag ? ` ${tag.text}` : ''));
    i = j;
  }
  return lines.join('; ');
}

function printMethod(f: RawNode): string {
  return f.a === null ? print(f.b!) : f.a.text + printSignature(f.b!);
}

function printSignature(n: RawNode): string {
  const params = `(${printParams(n.list)})`;
  if (n.list2.length === 0) return params;
  if (n.list2.length === 1 && n.list2[0].a === null) return `${params} ${print(n.list2[0].b!)}`;
  return `${params} (${printParams(n.list2)})`;
}

function printParams(list: readonly RawNode[]): string {
  const parts: string[] = [];
  for (let i = 0; i < list.length; i++) {
    const f = list[i];
    if (f.a === null) parts.push(print(f.b!));
    else if (i + 1 < list.length && list[i + 1].a !== null && list[i + 1].b === f.b) parts.push(f.a.text);
    else parts.push(`${f.a.text} ${print(f.b!)}`);
  }
  return parts.join(', ');
}
