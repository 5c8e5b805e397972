/** The messages between the thread that answers the editor and the one that analyses: plain data. */
import type { AnalysisStatus, RemarkList } from '../protocol/analysis.ts';
import type { Settings } from '../settings.ts';
import type { EditorDiagnostic, EditorHint, Offer, Place, Span } from './editor.ts';

export type ToEngine =
  | { type: 'settings'; settings: Settings }
  /** Text of an open buffer; null when it was closed. Paths are absolute with `/`. */
  | { type: 'buffer'; path: string; version: number; text: string | null }
  /** Files that changed on disk. */
  | { type: 'changed'; paths: string[] }
  | { type: 'hover'; id: number; path: string; at: Place }
  /** The remarks of an open file, as rows of a list. */
  | { type: 'rows'; id: number; path: string };

export type FromEngine =
  | { type: 'status'; status: AnalysisStatus }
  | {
      type: 'file';
      path: string;
      version: number;
      diagnostics: EditorDiagnostic[];
      hints: EditorHint[];
      offers: Offer[];
    }
  | { type: 'hover'; id: number; hover: { markdown: string; range: Span } | null }
  | { type: 'rows'; id: number; list: RemarkList };
