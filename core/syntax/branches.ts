/**
 * Labels and the statements that jump to them, as gc checks them right after parsing (syntax/branches.go): break,
 * continue and fallthrough out of place, labels that are missing, unused or declared twice, and gotos that jump over
 * variable declarations or into blocks.
 */
import { Kind, Op, type RawNode, Tok } from './ast.ts';
import { exprString } from './print.ts';

type Report = (offset: number, message: string) => void;

interface Scope {
  /** An offset as `file:line:col`. */
  position: (offset: number) => string;
  report: Report;
  labels: Map<string, Label>;
}

interface Label {
  parent: Block;
  stmt: RawNode;
  used: boolean;
}

interface Block {
  parent: Block | null;
  start: number;
  /** The labeled statement that the block belongs to. */
  label: RawNode | null;
}

/** The statements that break and continue refer to, and the index of the enclosing switch's clause or -1. */
interface Targets {
  breaks: RawNode | null;
  continues: RawNode | null;
  clause: number;
}

/**
 * Checks a function's body; function literals inside are bodies of their own. Offsets are those of the nodes;
 * `position` turns one into what a message shows.
 */
export function checkBranches(body: RawNode, position: (offset: number) => string, report: Report): void {
  const scope: Scope = { position, report, labels: new Map() };
  const targets = { breaks: null, continues: null, clause: -1 };
  for (const jump of checkBlock(scope, null, targets, null, body.pos, body.list)) {
    const name = jump.a!.text;
    const label = scope.labels.get(name);
    if (label === undefined) {
      report(jump.a!.pos, `label ${name} not defined`);
      continue;
    }
    label.used = true;
    report(jump.a!.pos, `goto ${name} jumps into block starting at ${position(label.parent.start)}`);
  }
  for (const [name, label] of scope.labels) {
    if (!label.used) report(label.stmt.a!.pos, `label ${name} defined and not used`);
  }
}

/** Checks one list of statements; returns the gotos whose labels have not been found yet. */
function checkBlock(
  scope: Scope,
  parent: Block | null,
  targets: Targets,
  label: RawNode | null,
  start: number,
  list: readonly RawNode[],
): RawNode[] {
  const block: Block = { parent, start, label };
  let declared: { name: RawNode; offset: number } | null = null;
  let forward: RawNode[] = [];
  let overDeclaration: RawNode[] = [];
  const declare = (offset: number, name: RawNode) => {
    declared = { name, offset };
    overDeclaration = forward.slice();
  };
  let length = list.length;
  while (length > 0 && list[length - 1].kind === Kind.EmptyStmt) length--;
  for (let i = 0; i < length; i++) {
    let stmt = list[i];
    let current: RawNode | null = null;
    const inner = (to: Targets, from: number, body: readonly RawNode[]) => {
      forward = forward.concat(checkBlock(scope, block, to, current, from, body));
    };
    while (stmt.kind === Kind.LabeledStmt) {
      if (stmt.a!.text !== '_') {
        forward = resolveGotos(scope, block, stmt, forward, overDeclaration, declared);
        current = stmt;
      }
      stmt = stmt.c!;
    }
    const nested: Targets = { breaks: targets.breaks, continues: targets.continues, clause: -1 };
    switch (stmt.kind) {
      case Kind.DeclStmt: {
        const variable = stmt.list.find(decl => decl.kind === Kind.VarDecl);
        if (variable !== undefined) declare(variable.pos, variable.list[0]);
        break;
      }
      case Kind.AssignStmt:
        if (stmt.op === Op.Def) declare(stmt.pos, stmt.c!);
        break;
      case Kind.BranchStmt:
        if (stmt.a === null) checkUnlabeled(scope, stmt, targets, i + 1 === length);
        else if (checkLabeled(scope, block, stmt)) forward.push(stmt);
        break;
      case Kind.BlockStmt:
        inner(nested, stmt.pos, stmt.list);
        break;
      case Kind.IfStmt:
        inner(nested, stmt.d!.pos, stmt.d!.list);
        if (stmt.c !== null) inner(nested, stmt.c.pos, [stmt.c]);
        break;
      case Kind.ForStmt:
        inner({ breaks: stmt, continues: stmt, clause: -1 }, stmt.d!.pos, stmt.d!.list);
        break;
      case Kind.SwitchStmt:
      case Kind.SelectStmt:
        for (const [index, clause] of stmt.list.entries()) {
          const clauseIndex = stmt.kind === Kind.SwitchStmt ? index : -1;
          inner({ breaks: stmt, continues: targets.continues, clause: clauseIndex }, clause.pos, clause.list);
        }
        break;
    }
  }
  return forward;
}

/** Declares the label and gives the gotos that wait for it their target; returns those that wait on. */
function resolveGotos(
  scope: Scope,
  block: Block,
  stmt: RawNode,
  forward: readonly RawNode[],
  overDeclaration: readonly RawNode[],
  declared: { name: RawNode; offset: number } | null,
): RawNode[] {
  const name = stmt.a!.text;
  let label = scope.labels.get(name);
  if (label !== undefined) {
    scope.report(stmt.a!.pos, `label ${name} already defined at ${scope.position(label.stmt.a!.pos)}`);
  } else {
    label = { parent: block, stmt, used: false };
    scope.labels.set(name, label);
  }
  const waiting: RawNode[] = [];
  for (const jump of forward) {
    if (jump.a!.text !== name) {
      waiting.push(jump);
      continue;
    }
    label.used = true;
    if (declared !== null && overDeclaration.includes(jump)) {
      const variable = exprString(declared.name);
      const at = scope.position(declared.offset);
      scope.report(jump.a!.pos, `goto ${name} jumps over declaration of ${variable} at ${at}`);
    }
  }
  return waiting;
}

function checkUnlabeled(scope: Scope, stmt: RawNode, targets: Targets, last: boolean): void {
  switch (stmt.op as Tok) {
    case Tok.Break:
      if (targets.breaks === null) scope.report(stmt.pos, 'break is not in a loop, switch, or select');
      return;
    case Tok.Continue:
      if (targets.continues === null) scope.report(stmt.pos, 'continue is not in a loop');
      return;
    case Tok.Fallthrough: {
      const enclosing = targets.breaks;
      let message = 'fallthrough statement out of place';
      if (enclosing?.kind === Kind.SwitchStmt) {
        if (enclosing.b?.kind === Kind.TypeSwitchGuard) message = 'cannot fallthrough in type switch';
        else if (targets.clause >= 0 && last) {
          if (targets.clause + 1 < enclosing.list.length) return;
          message = 'cannot fallthrough final case in switch';
        }
      }
      scope.report(stmt.pos, message);
    }
  }
}

/** A break, continue or goto with a label; true for a goto whose label is not known yet. */
function checkLabeled(scope: Scope, block: Block, stmt: RawNode): boolean {
  const name = stmt.a!.text;
  const label = scope.labels.get(name);
  if (label !== undefined) label.used = true;
  if (stmt.op === Tok.Goto) {
    for (let b: Block | null = block; b !== null; b = b.parent) if (label?.parent === b) return false;
    return true;
  }
  const word = stmt.op === Tok.Break ? 'break' : 'continue';
  if (label === undefined) {
    scope.report(stmt.a!.pos, `${word} label not defined: ${name}`);
    return false;
  }
  let target: RawNode | null = null;
  for (let b: Block | null = block; b !== null && target === null; b = b.parent) {
    if (b.label === label.stmt) target = label.stmt.c;
  }
  const loop = target?.kind === Kind.ForStmt;
  const valid =
    loop || (stmt.op === Tok.Break && (target?.kind === Kind.SwitchStmt || target?.kind === Kind.SelectStmt));
  if (!valid) scope.report(stmt.a!.pos, `invalid ${word} label ${name}`);
  return false;
}
