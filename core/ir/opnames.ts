/** Spellings of operations: as in Go's syntax, and gc's names of them (ir/fmt.go, ir/op_string.go). */
import { Op } from './node.ts';

const syntax: { readonly [op: number]: string } = {
  [Op.OADDR]: '&',
  [Op.OADD]: '+',
  [Op.OADDSTR]: '+',
  [Op.OANDAND]: '&&',
  [Op.OANDNOT]: '&^',
  [Op.OAND]: '&',
  [Op.OAPPEND]: 'append',
  [Op.OAS]: '=',
  [Op.OAS2]: '=',
  [Op.OBREAK]: 'break',
  [Op.OCALL]: 'function call',
  [Op.OCAP]: 'cap',
  [Op.OCASE]: 'case',
  [Op.OCLEAR]: 'clear',
  [Op.OCLOSE]: 'close',
  [Op.OCOMPLEX]: 'complex',
  [Op.OBITNOT]: '^',
  [Op.OCONTINUE]: 'continue',
  [Op.OCOPY]: 'copy',
  [Op.ODELETE]: 'delete',
  [Op.ODEFER]: 'defer',
  [Op.ODIV]: '/',
  [Op.OEQ]: '==',
  [Op.OFALL]: 'fallthrough',
  [Op.OFOR]: 'for',
  [Op.OGE]: '>=',
  [Op.OGOTO]: 'goto',
  [Op.OGT]: '>',
  [Op.OIF]: 'if',
  [Op.OIMAG]: 'imag',
  [Op.OINLMARK]: 'inlmark',
  [Op.ODEREF]: '*',
  [Op.OLEN]: 'len',
  [Op.OLE]: '<=',
  [Op.OLSH]: '<<',
  [Op.OLT]: '<',
  [Op.ONEG]: '-',
  [Op.OMAX]: 'max',
  [Op.OMIN]: 'min',
  [Op.OMOD]: '%',
  [Op.OMUL]: '*',
  [Op.ONEW]: 'new',
  [Op.ONE]: '!=',
  [Op.ONOT]: '!',
  [Op.OOROR]: '||',
  [Op.OOR]: '|',
  [Op.OPANIC]: 'panic',
  [Op.OPLUS]: '+',
  [Op.OPRINTLN]: 'println',
  [Op.OPRINT]: 'print',
  [Op.ORANGE]: 'range',
  [Op.OREAL]: 'real',
  [Op.ORECV]: '<-',
  [Op.ORECOVER]: 'recover',
  [Op.ORETURN]: 'return',
  [Op.ORSH]: '>>',
  [Op.OSELECT]: 'select',
  [Op.OSEND]: '<-',
  [Op.OSUB]: '-',
  [Op.OSWITCH]: 'switch',
  [Op.OUNSAFEADD]: 'unsafe.Add',
  [Op.OUNSAFESLICE]: 'unsafe.Slice',
  [Op.OUNSAFESLICEDATA]: 'unsafe.SliceData',
  [Op.OUNSAFESTRING]: 'unsafe.String',
  [Op.OUNSAFESTRINGDATA]: 'unsafe.StringData',
  [Op.OXOR]: '^',
};

const names =
  'NAME NONAME TYPE LITERAL NIL ADD SUB OR XOR ADDSTR ADDR ANDAND APPEND BYTES2STR RUNES2STR STR2BYTES STR2RUNES SLICE2ARR SLICE2ARRPTR AS AS2 AS2DOTTYPE AS2FUNC AS2MAPR AS2RECV ASOP CALL CALLFUNC CALLMETH CALLINTER CAP CLEAR CLOSE CLOSURE MAPLIT STRUCTLIT ARRAYLIT SLICELIT PTRLIT CONV CONVIFACE CONVNOP COPY DCL DCLFUNC DELETE DOT DOTPTR DOTMETH DOTINTER DOTTYPE DOTTYPE2 EQ NE LT LE GE GT DEREF INDEX INDEXMAP KEY STRUCTKEY LEN MAKECHAN MAKEMAP MAKESLICE MUL DIV MOD LSH RSH AND ANDNOT NEW NOT BITNOT PLUS NEG OROR PANIC PRINT PRINTLN PAREN SEND SLICE SLICEARR SLICESTR SLICE3 SLICE3ARR RECOVER RECV RUNESTR SELRECV2 MIN MAX REAL IMAG COMPLEX UNSAFEADD UNSAFESLICE UNSAFESLICEDATA UNSAFESTRING UNSAFESTRINGDATA METHEXPR METHVALUE BLOCK BREAK CASE CONTINUE DEFER FALL FOR GOTO IF LABEL GO RANGE RETURN SELECT SWITCH TYPESW INLCALL CHECKNIL INLMARK LINKSYMOFFSET DYNAMICDOTTYPE DYNAMICDOTTYPE2 DYNAMICTYPE TAILCALL GETG GETCALLERSP'.split(
    ' ',
  );

/** gc's name of the operation, such as `DYNAMICTYPE` (Op.String). */
export function opName(op: Op): string {
  return names[op];
}

/** The operation as written in Go, or else its name (Op.GoString). */
export function opSyntax(op: Op): string {
  return syntax[op] ?? names[op];
}
