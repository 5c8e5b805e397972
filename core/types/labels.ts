/** Labels and the branches to them (spec "Labeled statements", "Goto statements"; types2 labels.go). */
import type { Pos } from '../source/text.ts';
import { type BlockStmt, type BranchStmt, Kind, type LabeledStmt, Op, type Stmt, Tok } from '../syntax/ast.ts';
import type { Checker } from './checker.ts';
import { newError, type Positioner } from './errors.ts';
import { LabelObj } from './object.ts';
import { nodePos } from './position.ts';
import { recordDef, recordUse } from './recording.ts';
import { Scope } from './scope.ts';

/** Reports an error unless the parser's rules about branches, which have other words, have been applied already. */
function report(c: Checker, at: Positioner, message: string, soft = false): void {
  if (c.conf.ignoreBranchErrors) return;
  const err = newError(c).addf(at, message);
  if (soft) err.soft();
  err.report();
}

/** Checks the labels of a function body, without those of function literals in it. */
export function labels(c: Checker, body: BlockStmt): void {
  const all = new Scope(null, null, null);
  for (const jmp of blockBranches(c, all, null, null, body.stmtList)) {
    const name = jmp.label!.value;
    const alt = all.lookup(name);
    if (alt !== null) {
      (alt as LabelObj).used = true;
      report(c, jmp.label, `goto ${name} jumps into block`);
    } else report(c, jmp.label, `label ${name} not declared`);
  }
  for (const obj of all.elems.values()) {
    const lbl = obj as LabelObj;
    if (!lbl.used) report(c, lbl.pos, `label ${lbl.name} declared and not used`, true);
  }
}

/** Labels declared in a block, and the labelled statement that the block belongs to. */
interface Block {
  parent: Block | null;
  lstmt: LabeledStmt | null;
  labels: Map<string, LabeledStmt> | null;
}

function gotoTarget(block: Block, name: string): LabeledStmt | null {
  for (let b: Block | null = block; b !== null; b = b.parent) {
    const t = b.labels?.get(name);
    if (t !== undefined) return t;
  }
  return null;
}

function enclosingTarget(block: Block, name: string): LabeledStmt | null {
  for (let b: Block | null = block; b !== null; b = b.parent)
    if (b.lstmt !== null && b.lstmt.label.value === name) return b.lstmt;
  return null;
}

/** Processes the statements of a block and returns its forward jumps that are still open (types2
 * Checker.blockBranches). */
function blockBranches(
  c: Checker,
  all: Scope,
  parent: Block | null,
  lstmt: LabeledStmt | null,
  list: Stmt[],
): BranchStmt[] {
  const b: Block = { parent, lstmt, labels: null };
  let varDeclPos: Pos | null = null;
  let fwdJumps: BranchStmt[] = [];
  let badJumps: BranchStmt[] = [];

  // Jumps that are open at a declaration jump over it if their label follows in this block.
  const recordVarDecl = (pos: Pos) => {
    varDeclPos = pos;
    badJumps = fwdJumps.slice();
  };

  const clauses = (lstmt: LabeledStmt | null, list: { stmtList: Stmt[] }[]) => {
    const inner: Block = { parent: b, lstmt, labels: null };
    for (const cc of list) fwdJumps.push(...blockBranches(c, all, inner, null, cc.stmtList));
  };

  const declareLabel = (s: LabeledStmt) => {
    const name = s.label.value;
    const lbl = new LabelObj(name, c.pkg, nodePos(s.label), null);
    const alt = all.insert(lbl);
    if (alt !== null) {
      if (!c.conf.ignoreBranchErrors) {
        newError(c).addf(lbl.pos, `label ${name} already declared`).addAltDecl(alt).soft().report();
      }
    } else {
      b.labels ??= new Map();
      b.labels.set(name, s);
      recordDef(c, s.label, lbl);
    }
    fwdJumps = fwdJumps.filter(jmp => {
      if (jmp.label!.value !== name) return true;
      lbl.used = true;
      recordUse(c, jmp.label!, lbl);
      if (varDeclPos !== null && badJumps.includes(jmp)) {
        const line = varDeclPos.base.source.position(varDeclPos.base.start + varDeclPos.off).line;
        report(c, jmp.label, `goto ${name} jumps over variable declaration at line ${line}`, true);
      }
      return false;
    });
  };

  const branch = (s: BranchStmt) => {
    if (s.label === null) return;
    const name = s.label.value;
    if (s.tok === Tok.Break) {
      const k = enclosingTarget(b, name)?.stmt.kind;
      if (k !== Kind.SwitchStmt && k !== Kind.SelectStmt && k !== Kind.ForStmt) {
        report(c, s.label, `invalid break label ${name}`);
        return;
      }
    } else if (s.tok === Tok.Continue) {
      if (enclosingTarget(b, name)?.stmt.kind !== Kind.ForStmt) {
        report(c, s.label, `invalid continue label ${name}`);
        return;
      }
    } else if (s.tok === Tok.Goto) {
      if (gotoTarget(b, name) === null) {
        fwdJumps.push(s);
        return;
      }
    } else {
      report(c, s, `invalid syntax tree: branch statement: fallthrough ${name}`);
      return;
    }
    const obj = all.lookup(name) as LabelObj;
    obj.used = true;
    recordUse(c, s.label, obj);
  };

  const stmtBranches = (lstmt: LabeledStmt | null, s: Stmt) => {
    switch (s.kind) {
      case Kind.DeclStmt:
        for (const d of s.declList) if (d.kind === Kind.VarDecl) recordVarDecl(nodePos(d));
        break;
      case Kind.LabeledStmt:
        if (s.label.value !== '_') {
          declareLabel(s);
          lstmt = s;
        }
        stmtBranches(lstmt, s.stmt);
        break;
      case Kind.BranchStmt:
        branch(s);
        break;
      case Kind.AssignStmt:
        if (s.op === Op.Def) recordVarDecl(nodePos(s));
        break;
      case Kind.BlockStmt:
        fwdJumps.push(...blockBranches(c, all, b, lstmt, s.stmtList));
        break;
      case Kind.IfStmt:
        stmtBranches(lstmt, s.then);
        if (s.else !== null) stmtBranches(lstmt, s.else);
        break;
      case Kind.SwitchStmt:
      case Kind.SelectStmt:
        clauses(lstmt, s.clauses);
        break;
      case Kind.ForStmt:
        stmtBranches(lstmt, s.body);
        break;
      default:
    }
  };
  for (const s of list) stmtBranches(null, s);
  return fwdJumps;
}
