/** What reachability says in words: the chain to a symbol, who refers to it, what would go with it; what defeats elimination. */
import { AuxType, RefKind, RelocType } from '../binary/goobj.ts';
import { EdgeKind } from './link-edges.ts';
import type { Program } from './link.ts';
import {
  type Chains,
  chainTo,
  counts,
  type Dominators,
  dominators,
  gone,
  packageOf,
  type Reach,
  reach,
  shortestChains,
  sizeOf,
  type Without,
} from './reach.ts';

/** A program with its reachability, worked out once. */
export interface Analysis {
  program: Program;
  result: Reach;
  chains: Chains;
  dominators(): Dominators;
}

/** Runs elimination over a program; dominators are found when they are asked for. */
export function analyse(program: Program): Analysis {
  const result = reach(program);
  let tree: Dominators | null = null;
  return {
    program,
    result,
    chains: shortestChains(program, result),
    dominators: () => (tree ??= dominators(program, result)),
  };
}

export interface Place {
  file: string;
  /** From 1. */
  line: number;
}

export interface WhyStep {
  symbol: string;
  pkg: string;
  /** What the step before does with it; for the first why it is an entry. */
  how: string;
  /** objabi.RelocType and byte in the step before of the relocation that is the reason; −1 for none. */
  relocation: number;
  offset: number;
  /** Where the step before does it. */
  place: Place | null;
}

export interface Why {
  symbol: string;
  pkg: string;
  /** Of the symbol itself. */
  size: number;
  chain: WhyStep[];
  /** Symbols that keep it, those nearest to the entry first, and how many there are. */
  users: { symbol: string; how: string; place: Place | null }[];
  userCount: number;
  /** Nearest first: each alone holds it, so that without any of them it would go. */
  heldBy: string[];
  /** What would go with it, its own bytes included. */
  retained: Retained;
}

export interface Retained {
  bytes: number;
  count: number;
  /** The largest. */
  symbols: { symbol: string; size: number }[];
}

const SHOWN = 40;

/** Reached symbols of a name: exact, with type arguments left out as pclntab does, or one that ends in it. */
export function symbolsNamed({ program, result }: Analysis, name: string): number[] {
  const exact: number[] = [];
  const shaped: number[] = [];
  const ending: number[] = [];
  for (let symbol = 0; symbol < program.count; symbol++) {
    if (!result.reached[symbol]) continue;
    const own = program.nameOf(symbol);
    if (own === name) exact.push(symbol);
    else if (own.includes('[') && name.includes('[...]') && withoutArguments(own) === name) shaped.push(symbol);
    else if (own.endsWith(name) && /[./]/.test(own[own.length - name.length - 1] ?? '')) ending.push(symbol);
  }
  // of two ABIs the function itself comes before the wrapper of it
  const wrapper = (symbol: number) => Number(program.edges(symbol)[0] === program.edges(symbol)[1]);
  return [exact, shaped, ending].find(list => list.length > 0)?.sort((a, b) => wrapper(a) - wrapper(b)) ?? [];
}

function withoutArguments(name: string): string {
  const open = name.indexOf('[');
  const close = name.lastIndexOf(']');
  return close < open ? name : `${name.slice(0, open)}[...]${name.slice(close + 1)}`;
}

export function whyLinked(analysis: Analysis, symbol: number): Why {
  const { program, result, chains } = analysis;
  const users: Why['users'] = [];
  let userCount = 0;
  for (const user of chains.order) {
    if (program.debug[user]) continue;
    const [from, to] = program.edges(user);
    for (let edge = from; edge < to; edge++) {
      if (program.target(edge) !== symbol || !counts(program, result, user, edge)) continue;
      userCount++;
      if (users.length < SHOWN)
        users.push({
          symbol: program.nameOf(user),
          how: howOf(analysis, user, edge),
          place: placeOf(program, user, edge),
        });
      break;
    }
  }
  const heldBy: string[] = [];
  const { of } = analysis.dominators();
  for (let s = of[symbol]; s >= 0; s = of[s]) heldBy.push(program.nameOf(s));
  return {
    symbol: program.nameOf(symbol),
    pkg: packageOf(program, symbol),
    size: sizeOf(program, symbol),
    chain: stepsTo(analysis, symbol),
    users,
    userCount,
    heldBy,
    retained: retainedBy(analysis, { symbol: s => s === symbol }),
  };
}

/** What would go if that were gone. */
export function retainedBy({ program, result }: Analysis, without: Without): Retained {
  const { symbols, bytes } = gone(program, result, without);
  const named = symbols.filter(s => program.nameOf(s) !== '' && sizeOf(program, s) > 0);
  return {
    bytes,
    count: named.length,
    symbols: named.slice(0, SHOWN).map(s => ({ symbol: program.nameOf(s), size: sizeOf(program, s) })),
  };
}

/** Without the package `to`, or without what `from` alone uses of it when `from` is given. */
export function withoutImport(program: Program, to: string, from: string | null): Without {
  const inPackage = (symbol: number, path: string) => packageOf(program, symbol) === path;
  if (from === null) return { symbol: s => inPackage(s, to) };
  const list = program.lookup('go:main.inittasks', 0);
  const task = program.lookup(`${to}..inittask`, 0);
  const others = program.packages.some(p => p.path !== from && p.objects.some(o => o.imports.includes(to)));
  return {
    // the package is initialised as long as anyone imports it
    edge: (a, b) => (inPackage(a, from) && inPackage(b, to)) || (!others && b === task && (a === list || list < 0)),
  };
}

function stepsTo(analysis: Analysis, symbol: number): WhyStep[] {
  const { program, result, chains } = analysis;
  return chainTo(chains, result, symbol).map(({ symbol, edge }, i, chain) => {
    const before = i === 0 ? -1 : chain[i - 1].symbol;
    return {
      symbol: program.nameOf(symbol),
      pkg: packageOf(program, symbol),
      how: before < 0 ? 'is where the program begins' : howOf(analysis, before, edge),
      relocation: edge < 0 ? -1 : program.type(edge),
      offset: edge < 0 ? -1 : program.offset(edge),
      place: before < 0 ? null : placeOf(program, before, edge),
    };
  });
}

/** What the source of an edge does with its target, as a verb. */
function howOf({ program, result }: Analysis, from: number, edge: number): string {
  const to = program.target(edge);
  if (program.kind(edge) === EdgeKind.Aux) return 'has the table';
  if (program.kind(edge) === EdgeKind.Method) {
    const { name } = program.signatures[program.extra(edge)];
    if (result.called.has(program.extra(edge))) return `has the method ${name}, which is called through an interface`;
    if (result.names.has(name))
      return `has the method ${name}, which ${callerByName(program, result, name)} calls by its name`;
    return `has the method ${name}, which stays because methods are looked up by name`;
  }
  if (/\.inittasks$/.test(program.nameOf(from))) return 'initialises';
  if (isText(program, from)) {
    if (!isText(program, to)) return program.goType[to] ? 'uses the type' : 'uses';
    return program.type(edge) === RelocType.Addr ? 'takes the address of' : 'calls';
  }
  if (program.goType[from]) return program.goType[to] ? 'is made of' : 'refers to';
  return isText(program, to) ? 'points to the function' : 'points to';
}

/** A function that calls methods of this name, through a type parameter or by reflection with a constant name. */
function callerByName(program: Program, { reached }: Reach, name: string): string {
  for (let symbol = 0; symbol < program.count; symbol++) {
    if (!reached[symbol]) continue;
    const [from, to] = program.edges(symbol);
    for (let edge = from; edge < to; edge++) {
      if (program.kind(edge) === EdgeKind.NamedMethod && program.signatures[program.extra(edge)].name === name)
        return program.nameOf(symbol);
    }
  }
  return 'something';
}

/** Whether a symbol is a function of Go. */
function isText({ object, local, objects }: Program, symbol: number): boolean {
  return object[symbol] >= 0 && objects[object[symbol]].object.isFunction(local[symbol]);
}

/** The smallest instruction, by which pc tables count. */
function quantumOf(goarch: string): number {
  if (/^(?:amd64|386|wasm)$/.test(goarch)) return 1;
  return goarch === 's390x' ? 2 : 4;
}

/** Source line of the instruction that an edge's relocation is in. */
function placeOf(program: Program, from: number, edge: number): Place | null {
  const offset = program.offset(edge);
  if (program.object[from] < 0 || offset < 0 || !isText(program, from)) return null;
  const { object } = program.objects[program.object[from]];
  let file = -1;
  let line = -1;
  for (const { type, refKind, index } of object.auxiliaries(program.local[from])) {
    if (type !== AuxType.Pcfile && type !== AuxType.Pcline) continue;
    if (refKind !== RefKind.Here) continue;
    const value = valueAt(object.data(index), offset, quantumOf(program.options.goarch));
    if (type === AuxType.Pcfile) file = value;
    else line = value;
  }
  const name = object.files[file];
  if (name === undefined || line <= 0) return null;
  return { file: name.replace(/^\$GOROOT(?=\/)/, () => program.options.goroot), line };
}

/** The value of a pc table at an instruction (runtime pcvalue). */
function valueAt(table: Uint8Array, pc: number, quantum: number): number {
  let value = -1;
  let end = 0;
  let at = 0;
  const number = () => {
    let n = 0;
    for (let scale = 1; at < table.length; scale *= 128) {
      n += (table[at] & 0x7f) * scale;
      if (table[at++] < 0x80) break;
    }
    return n;
  };
  while (at < table.length) {
    const delta = number();
    if (delta === 0 && end > 0) break;
    value += delta % 2 === 1 ? -(delta + 1) / 2 : delta / 2;
    end += number() * quantum;
    if (pc < end) return value;
  }
  return -1;
}

/** Whether the linker can leave methods out that nobody calls, and if not, why. */
export interface DeadCode {
  /** Elimination of methods works. */
  on: boolean;
  /** `reflect`: functions look methods up by a name that is not constant; `plugin`: it loads plugins; `mode`: it is one. */
  reason: '' | 'reflect' | 'plugin' | 'mode';
  causes: DeadCodeCause[];
  /** Bytes that would not be in the file were it on, and how many functions. */
  cost: number;
  functions: number;
}

export interface DeadCodeCause {
  symbol: string;
  pkg: string;
  /** What it calls: `reflect.Value.MethodByName`. */
  call: string;
  place: Place | null;
  chain: WhyStep[];
  /** What can be done about it. */
  fix: string;
}

export function deadCode(analysis: Analysis): DeadCode {
  const { program, result } = analysis;
  if (!result.methodsKept) return { on: true, reason: '', causes: [], cost: 0, functions: 0 };
  // as if it were on: what is a cause then is one for its own sake, not because methods of reflect's types stayed
  const wished = reach(program, { lookups: true });
  const kept = { ...analysis, result: wished, chains: shortestChains(program, wished) };
  let cost = 0;
  let functions = 0;
  for (let symbol = 0; symbol < program.count; symbol++) {
    if (!result.reached[symbol] || wished.reached[symbol]) continue;
    cost += sizeOf(program, symbol);
    if (isText(program, symbol)) functions++;
  }
  const causes = [...new Set(wished.reflecting)].map(symbol => causeOf(kept, symbol));
  causes.sort((a, b) => a.chain.length - b.chain.length);
  const mode = program.options.mode === 'plugin';
  return {
    on: false,
    reason: mode ? 'mode' : result.dynamic ? 'plugin' : 'reflect',
    causes,
    cost,
    functions,
  };
}

/** Functions by which methods are looked up; the interface method of reflect.Type is not a symbol that is referred to. */
const LOOKUPS = /^reflect\.(?:Value|\(\*rtype\)|\(\*Value\))\.(?:Method|MethodByName|Methods)$/;

function causeOf(analysis: Analysis, symbol: number): DeadCodeCause {
  const { program } = analysis;
  let call = '';
  let place: Place | null = null;
  const [from, to] = program.edges(symbol);
  for (let edge = from; edge < to && call === ''; edge++) {
    const target = program.target(edge);
    if (target < 0) continue;
    if (LOOKUPS.test(program.nameOf(target))) call = program.nameOf(target);
    else if (program.kind(edge) === EdgeKind.IfaceMethod) {
      const { name } = program.signatures[program.extra(edge)];
      if (name === 'Method' || name === 'MethodByName')
        call = `${program.nameOf(target).replace(/^type:/, '')}.${name}`;
    }
    if (call !== '') place = placeOf(program, symbol, edge);
  }
  const pkg = packageOf(program, symbol);
  return { symbol: program.nameOf(symbol), pkg, call, place, chain: stepsTo(analysis, symbol), fix: fixOf(pkg, call) };
}

function fixOf(pkg: string, call: string): string {
  if (pkg === 'text/template' || pkg === 'html/template')
    return 'Templates look methods up by the names in their text. Without the package the methods go; generate the text with code, or render it in a program of its own.';
  if (pkg === 'reflect')
    return 'It stays with a method of reflect itself, because a method of that name is called by name, which the chain tells: without that call it goes.';
  if (/ByName$/.test(call))
    return 'Call it with a constant name, or choose with a switch or a map from names to functions: then only those methods stay.';
  if (call !== '')
    return 'Methods by number or one after another can be any: keep a table of the functions instead, or look up constant names with MethodByName.';
  return 'It looks methods up by reflection: use an interface or a table of functions instead.';
}
