/** What closures are called (ir.closureName). */
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeUtf8 } from '../source/utf8.ts';
import { type Func, Op, type Sym, type XPos } from './node.ts';

/** The functions that a position was inlined through, outermost first. */
export function inlineStack(pos: XPos): Func[] {
  const stack: Func[] = [];
  for (let at: XPos | null = pos; at !== null; at = at.frame.inlinedAt) {
    if (at.frame.callee !== null) stack.push(at.frame.callee);
  }
  return stack.reverse();
}

/** What numbers closures: those of functions without a name in a package, and those of one reading of a body. */
interface ClosureCounts {
  closures: number;
}
interface LiteralCounts {
  funcLits: number;
  rangeLits: number;
}

/**
 * Name of a closure made in `outer` (ir.closureName); counts it. `why`: OCLOSURE, ORANGE, OGO or ODEFER. Where literals
 * keep their names when they are inlined, `counts` are of the reading of the body that they are in.
 */
export function closureName(
  outer: Func,
  pos: XPos | null,
  why: Op,
  globals: ClosureCounts,
  counts: LiteralCounts | null,
): Sym {
  if (counts === null && outer.oclosure !== null && outer.rangeParent !== null) outer = outer.rangeParent;
  let suffix = '.';
  switch (why) {
    case Op.ORANGE:
      suffix = '-range';
      break;
    case Op.OGO:
      suffix = '.gowrap';
      break;
    case Op.ODEFER:
      suffix = '.deferwrap';
      break;
    default:
      if (outer.oclosure === null) suffix = '.func';
  }
  if (counts !== null) return originalName(outer, pos, why, globals, counts, suffix);
  let name = 'glob.';
  let gen: number;
  if (outer.sym.name === '_') gen = ++globals.closures;
  else {
    name = outer.sym.name;
    gen = why === Op.OCLOSURE ? ++outer.funcLitGen : why === Op.ORANGE ? ++outer.rangeLitGen : ++outer.goDeferGen;
  }
  if (pos !== null) for (const callee of inlineStack(pos)) name += `.${callee.sym.name}`;
  return { pkg: outer.sym.pkg, name: `${name}${suffix}${gen}` };
}

/**
 * Since Go 1.27: a closure that inlining makes again is called as the one in the inlined function is, with a hash behind
 * that tells the copies apart in the compiler.
 */
function originalName(
  outer: Func,
  pos: XPos | null,
  why: Op,
  globals: ClosureCounts,
  counts: LiteralCounts,
  suffix: string,
): Sym {
  const blank = outer.sym.name === '_';
  const inlined = pos === null ? null : pos.frame.callee;
  const sym = inlined === null ? outer.sym : inlined.sym;
  const name = blank && inlined === null ? 'glob.' : sym.name;
  let gen: number;
  if (why === Op.ORANGE) gen = ++counts.rangeLits;
  else if (why === Op.OCLOSURE) gen = ++counts.funcLits;
  else gen = blank ? ++globals.closures : ++outer.goDeferGen;
  const full = `${name}${suffix}${gen}`;
  return { pkg: sym.pkg, name: inlined === null ? full : `${trimInlineHash(full)}#${inlineHash(pos!)}#` };
}

/** Characters of a hash between its marks. */
const inlineHashLength = 12;

/**
 * Hash of the numbers of the expansions that the position is in, the innermost first, then from the outermost in. The
 * compiler's hashes begin with a byte of their own (hash.New32).
 */
function inlineHash(pos: XPos): string {
  let text = '';
  for (let at = pos.frame.inlinedAt!; at.frame.inlinedAt !== null; at = at.frame.inlinedAt)
    text = ` ${at.frame.index}${text}`;
  return base64(sha256(encodeUtf8(`\x01${pos.frame.index}${text}`)).subarray(0, 8));
}

/** Such a closure's name as most messages have it (obj.TrimInlineHash). */
export function trimInlineHash(name: string): string {
  const start = name.indexOf('#');
  const end = start + 1 + inlineHashLength;
  return start < 0 || name[end] !== '#' ? name : name.slice(0, start) + name.slice(end + 1);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes in base64, padded. */
function base64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const n = (a << 16) | (b << 8) | c;
    const known = Math.min(bytes.length - i, 3) + 1;
    for (let k = 0; k < 4; k++) out += k < known ? alphabet[(n >> (18 - 6 * k)) & 63] : '=';
  }
  return out;
}
