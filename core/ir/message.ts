/**
 * What the middle end has to say about a function, as data: one `Message` per line (or block of explaining lines) that
 * gc prints under -m. gc's sentence for it is made in `remark/wording.ts`; the order of messages is gc's order.
 */
import type { Op, XPos } from './node.ts';

/** Every message of gc's -m and -m=2. Behind each: its level, gc's function, and what the fields hold. */
export const enum MessageKind {
  /** 1, noder. Method call through a type parameter on an interface-shaped receiver. */
  ImpreciseInterfaceCall,
  /** 2, bloop. subject: what is kept alive, or a whole phrase of the kind `expr is unknown to bloop pass`. */
  BloopKeptAlive,
  BloopUnknown,
  /** 1, inline.noteInlinableFunc. subject: function; number: cost; detail (level 2 only): type and body. */
  CanInline,
  /** 2, inline.CanInline. subject: function; detail: reason; number: cost and limit: budget when it is too complex. */
  CannotInline,
  /** 2, inline. subject: function. */
  BigFunction,
  /** 1, inline, before Go 1.26. subject: the loop of a benchmark. */
  BenchmarkNotInlined,
  /** 1, inline.mkinlcall. subject: callee; object: the function that it is inlined into. */
  InliningCall,
  /** 2, inline.canInlineCallExpr. subject: callee; object: caller; detail: reason. */
  CannotInlineCall,
  /** 1, devirtualize.StaticCall. subject: `X.M`; object: type. */
  Devirtualizing,
  PartiallyDevirtualizing,
  /** 1, devirtualize.StaticCall. subject: call; detail: `shaped receiver T` or `shaped interface T`. */
  CannotDevirtualize,
  /** 1, devirtualize.ProfileGuided. subject: `interface call X.M` or `function call X`; object: callee. */
  PgoDevirtualizing,
  /** 2. subject: function; detail: reason. */
  ShouldNotPgoDevirtualize,
  /** 1, escape.assignList. subject: function; object: statement. */
  SelfAssignment,
  /** 2, escape.flow, walkOne. subject: expression; object: function; path. */
  EscapesBecause,
  /** 2, escape.walkOne. subject: parameter; detail: where to; object: function; number: derefs; path. */
  LeaksBecause,
  /** 2, escape.flowClosure. subject: variable; object: function; detail: `ref` or `value`; captured. */
  Capturing,
  /** 1, escape.paramTag. subject: parameter. */
  AssumingUintptr,
  MarkingUintptr,
  MarkingUintptrSlice,
  /** 1, escape.reportLeaks. subject: parameter. */
  LeakingParam,
  LeakingParamContent,
  /** 1. subject: parameter; object: result; number: level. */
  LeakingParamToResult,
  /** 1. subject: parameter. */
  ParamDoesNotEscape,
  /** 1, only under -d=escapemutationscalls. subject: parameter; number: derefs. */
  MutatesParam,
  CallsParam,
  /** 1, as these. subject: parameter. */
  ParamUntouched,
  /** 1, escape.finish. subject: variable. */
  MovedToHeap,
  /** 1. subject: expression. */
  EscapesToHeap,
  DoesNotEscape,
  AppendEscapes,
  AppendDoesNotEscape,
  /** 1. subject: the conversion. */
  ZeroCopy,
  /** 1, walk.walkIndex. */
  BoundsCheckElided,
}

/** One step of an explanation: what flows from `src` to `dst`, and the expressions that make it do so (explainFlow). */
export interface FlowStep {
  /** `{heap}`, `{temp}`, a variable, or `{storage for EXPR}`. */
  dst: string;
  src: string;
  /** Dereferences of src; -1: its address. */
  derefs: number;
  notes: FlowNote[];
  /** The explanation ends here because the path runs in a circle. */
  truncated: boolean;
}
/** Because of `expr`, in the role that `why` says, innermost first. */
export interface FlowNote {
  expr: string;
  why: string;
  pos: XPos | null;
}

/** What flowClosure says of a captured variable. */
export interface Capture {
  addrtaken: boolean;
  reassigned: boolean;
  width: number;
}

/** What a line of a function costs where it would be expanded; pos: the first place on it that costs. */
export interface CostPart {
  pos: XPos;
  cost: number;
}

export interface Message {
  readonly kind: MessageKind;
  /** As the node has it; what is printed is the outermost call of it. Null: gc prints no place. */
  readonly pos: XPos | null;
  readonly subject: string;
  readonly object: string;
  readonly detail: string;
  readonly number: number;
  readonly limit: number;
  /** What the position is the position of, so that an editor can find the expression; ONAME for variables. */
  readonly op: Op;
  readonly path: readonly FlowStep[] | null;
  readonly capture: Capture | null;
  /** What a function that is too complex spends its cost on, costliest line first; gc does not tell. */
  readonly parts: readonly CostPart[];
}

/** A message with the fields that its kind has; the others are empty. */
export function message(
  kind: MessageKind,
  op: Op,
  pos: XPos | null,
  subject = '',
  object = '',
  detail = '',
  number = 0,
  limit = 0,
  path: readonly FlowStep[] | null = null,
  capture: Capture | null = null,
): Message {
  return { kind, pos, subject, object, detail, number, limit, op, path, capture, parts: [] };
}

/** The -m level from which gc prints the message. */
export function messageLevel(kind: MessageKind): 1 | 2 {
  switch (kind) {
    case MessageKind.BloopKeptAlive:
    case MessageKind.BloopUnknown:
    case MessageKind.CannotInline:
    case MessageKind.BigFunction:
    case MessageKind.CannotInlineCall:
    case MessageKind.ShouldNotPgoDevirtualize:
    case MessageKind.EscapesBecause:
    case MessageKind.LeaksBecause:
    case MessageKind.Capturing:
      return 2;
    default:
      return 1;
  }
}
