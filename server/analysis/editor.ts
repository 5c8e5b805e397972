/** An analysis as an editor shows it: diagnostics, inlay hints and hovers, in the protocol's terms. */
import { MessageKind, messageLevel } from '../../core/ir/message.ts';
import { ports } from '../../core/load/ports.ts';
import { hintOffset, hintText } from '../../core/remark/hint.ts';
import { hoverMarkdown, type Link } from '../../core/remark/hover.ts';
import { kindNames, type Remark } from '../../core/remark/remark.ts';
import type { RemarkRow } from '../protocol/analysis.ts';
import { positionText } from '../../core/remark/wording.ts';
import type { SourceText } from '../../core/source/text.ts';
import type { Analysis, NotAnalysed } from './session.ts';

/** A place in a document: line and UTF-16 unit, both from 0. */
export interface Place {
  line: number;
  character: number;
}
export interface Span {
  start: Place;
  end: Place;
}

export interface EditorDiagnostic {
  range: Span;
  message: string;
  /** Name of the remark's kind, which a setting can turn off; empty for problems of the code. */
  code: string;
  /** Problems of the code are errors, remarks are hints; what is not built is shown faded. */
  severity: 'error' | 'hint' | 'faded';
}

/** What a file that is not built would be built with: a port, `os/arch`, or a tag. */
export interface Offer {
  kind: 'port' | 'tag';
  name: string;
}

export interface EditorHint {
  position: Place;
  label: string;
  code: string;
  /** It is about something that costs. */
  miss: boolean;
  /** Index into the file's remarks. */
  remark: number;
}

/** What an editor shows of one file. */
export interface FileRemarks {
  source: SourceText;
  remarks: Remark[];
  diagnostics: EditorDiagnostic[];
  hints: EditorHint[];
  offers: Offer[];
}

/** Editors show about a thousand at most: those that matter most are kept. */
const maxDiagnostics = 1000;
const maxHints = 1500;

export function place(source: SourceText, offset: number): Place {
  const line = source.lineOf(offset);
  return { line, character: offset - source.lineStarts()[line] };
}

function offsetOf(source: SourceText, at: Place): number {
  const starts = source.lineStarts();
  if (at.line >= starts.length) return source.text.length;
  return Math.min(starts[at.line] + at.character, source.text.length);
}

/** The part of an analysis that is about the file; null when the package does not have it. */
export function fileRemarks(analysis: Analysis, path: string, shown: (code: string) => boolean): FileRemarks | null {
  const all = analysis.remarksIn(path);
  const source = all[0]?.source ?? analysis.problems.find(problem => problem.source.path === path)?.source ?? null;
  if (source === null) return null;
  const remarks = distinct(
    all.filter(remark => remark.source === source && shown(kindNames[remark.kind])).sort(byPlace),
  );
  const span = (start: number, end: number): Span => ({ start: place(source, start), end: place(source, end) });
  const diagnostics: EditorDiagnostic[] = [];
  for (const problem of analysis.problems) {
    if (problem.source !== source) continue;
    diagnostics.push({
      range: span(problem.start, problem.end),
      message: problem.message,
      code: '',
      severity: 'error',
    });
  }
  const byWeight = remarks.filter(isShown).sort((a, b) => weight(b) - weight(a));
  for (const remark of byWeight.slice(0, maxDiagnostics)) {
    const range = span(remark.start, remark.end);
    diagnostics.push({ range, message: remark.message, code: kindNames[remark.kind], severity: 'hint' });
  }
  return { source, remarks, diagnostics, hints: hintsOf(source, remarks), offers: [] };
}

/** More ports than this are not offered one by one. */
const maxPorts = 6;

/** A file that is not built: all of it faded, with why; and what it is built with, first-class ports first. */
export function excludedFile({ message, excluded }: NotAnalysed): FileRemarks | null {
  if (excluded === null) return null;
  const { source } = excluded;
  const range = { start: { line: 0, character: 0 }, end: place(source, source.text.length) };
  const firstClass = new Set(ports.filter(p => p.firstClass).map(p => `${p.goos}/${p.goarch}`));
  const byClass = excluded.ports.toSorted((a, b) => Number(firstClass.has(b)) - Number(firstClass.has(a)));
  const offers: Offer[] = [
    ...excluded.tags.map((name): Offer => ({ kind: 'tag', name })),
    ...byClass.slice(0, maxPorts).map((name): Offer => ({ kind: 'port', name })),
  ];
  const diagnostics: EditorDiagnostic[] = [{ range, message, code: 'not-built', severity: 'faded' }];
  return { source, remarks: [], diagnostics, hints: [], offers };
}

/** The remarks of a file as rows of a list, in the order of the text. */
export function rowsOf({ source, remarks }: FileRemarks): RemarkRow[] {
  return remarks
    .filter(isShown)
    .sort((a, b) => a.start - b.start)
    .map(remark => ({
      function: remark.function,
      kind: kindNames[remark.kind],
      miss: weight(remark) >= missWeight,
      message: remark.message,
      range: { start: place(source, remark.start), end: place(source, remark.end) },
    }));
}

/** In the order of the text; remarks of one place in an order that does not depend on how they were found. */
function byPlace(a: Remark, b: Remark): number {
  const order = a.start - b.start || a.end - b.end || a.kind - b.kind;
  if (order !== 0 || a.message === b.message) return order;
  return a.message < b.message ? -1 : 1;
}

/** Without repetitions: instances of a generic function, or expansions of a call, may say the same of the same text. */
function distinct(remarks: Remark[]): Remark[] {
  const seen = new Set<string>();
  return remarks.filter(remark => {
    const key = `${remark.start}:${remark.end}:${remark.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Explanations, and remarks that say what one expects anyway, are left to hovers. */
function isShown(remark: Remark): boolean {
  switch (remark.kind) {
    case MessageKind.Capturing:
    case MessageKind.CannotInlineCall:
    case MessageKind.EscapesBecause:
    case MessageKind.LeaksBecause:
      return false;
    default:
      return messageLevel(remark.kind) === 1 || remark.kind === MessageKind.CannotInline;
  }
}

/** Remarks of this weight or more are about something that costs. */
const missWeight = 4;

/** How much a remark matters to a reader: costs come first. */
function weight(remark: Remark): number {
  switch (remark.kind) {
    case MessageKind.MovedToHeap:
    case MessageKind.EscapesToHeap:
      return 5;
    case MessageKind.AppendEscapes:
    case MessageKind.CannotInline:
      return 4;
    case MessageKind.LeakingParam:
    case MessageKind.LeakingParamContent:
    case MessageKind.Devirtualizing:
      return 3;
    case MessageKind.InliningCall:
    case MessageKind.LeakingParamToResult:
      return 2;
    case MessageKind.DoesNotEscape:
    case MessageKind.ParamDoesNotEscape:
    case MessageKind.AppendDoesNotEscape:
      return 0;
    default:
      return 1;
  }
}

/** At most one hint a line, that of the weightiest remark, at the end of its text. */
function hintsOf(source: SourceText, remarks: Remark[]): EditorHint[] {
  const byLine = new Map<number, number>();
  remarks.forEach((remark, i) => {
    if (hintText(remark) === '') return;
    const line = source.lineOf(hintOffset(remark));
    const other = byLine.get(line);
    if (other === undefined || weight(remark) > weight(remarks[other])) byLine.set(line, i);
  });
  const hints: EditorHint[] = [];
  for (const [, i] of [...byLine].sort((a, b) => a[0] - b[0]).slice(0, maxHints)) {
    const remark = remarks[i];
    const code = kindNames[remark.kind];
    const position = place(source, hintOffset(remark));
    hints.push({ position, label: hintText(remark), code, miss: weight(remark) >= missWeight, remark: i });
  }
  return hints;
}

/** Hover for a place: the remarks whose text holds it, those of the smallest text first; null when there are none. */
export function hoverAt(file: FileRemarks, at: Place, link: Link): { markdown: string; range: Span } | null {
  const offset = offsetOf(file.source, at);
  const here = file.remarks.filter(remark => remark.start <= offset && offset <= remark.end);
  if (here.length === 0) return null;
  const smallest = Math.min(...here.map(remark => remark.end - remark.start));
  const chosen = here.filter(remark => remark.end - remark.start === smallest);
  chosen.sort((a, b) => weight(b) - weight(a));
  const parts = chosen.map(remark => hoverMarkdown(remark, link, gcLine(remark)));
  const range = { start: place(file.source, chosen[0].start), end: place(file.source, chosen[0].end) };
  return { markdown: parts.join('\n\n---\n\n'), range };
}

/** gc's own line, with the name of the file instead of its path. */
function gcLine(remark: Remark): string {
  const at = positionText(remark.data.pos);
  return `${at.slice(at.lastIndexOf('/') + 1)}: ${remark.message}`;
}
