/** Bytes of machine code beside each source line of a Go file, copies that were inlined elsewhere included. */
import * as vscode from 'vscode';
import { BINARY_REQUEST, type BinaryParams, type BinaryResult, type LineFacts } from '../server/protocol/binary.ts';
import { formatSize } from '../server/protocol/units.ts';
import type { Ask } from './binary-explorer.ts';

const STATE_KEY = 'gospect.lineBytes';

/** Shows the bytes of the executable that was last opened or built, when the user wants to see them. */
export class LineBytes implements vscode.Disposable {
  private readonly decoration = vscode.window.createTextEditorDecorationType({});
  private readonly subscriptions: vscode.Disposable[];
  private file: vscode.Uri | undefined;
  private on: boolean;
  private readonly state: vscode.Memento;
  private readonly ask: Ask;

  constructor(state: vscode.Memento, ask: Ask) {
    this.state = state;
    this.ask = ask;
    const kept = state.get<{ on: boolean; file?: string }>(STATE_KEY);
    this.on = kept?.on ?? false;
    this.file = kept?.file === undefined ? undefined : vscode.Uri.parse(kept.file);
    this.subscriptions = [
      this.decoration,
      vscode.commands.registerCommand('gospect.toggleLineBytes', () => this.toggle()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.update()),
      // lines move: what was counted is of the file as it was built
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.clear(document);
      }),
    ];
    this.update();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** An executable was opened or built: its bytes are the ones to be shown. */
  use(file: vscode.Uri): void {
    this.file = file;
    this.keep();
    this.update();
  }

  private keep(): void {
    void this.state.update(STATE_KEY, { on: this.on, ...(this.file ? { file: this.file.toString() } : {}) });
  }

  private toggle(): void {
    this.on = !this.on;
    if (this.on && this.file === undefined)
      void vscode.window.showInformationMessage(
        'Bytes per line are those of an executable: build, or open one in the Binary Explorer.',
      );
    this.keep();
    this.update();
  }

  private clear(document: vscode.TextDocument): void {
    for (const editor of vscode.window.visibleTextEditors)
      if (editor.document === document) editor.setDecorations(this.decoration, []);
  }

  private update(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.languageId !== 'go') continue;
      if (!this.on || this.file === undefined || editor.document.isDirty) editor.setDecorations(this.decoration, []);
      else void this.show(editor, this.file);
    }
  }

  private async show(editor: vscode.TextEditor, file: vscode.Uri): Promise<void> {
    const { document } = editor;
    // an executable that the server cannot read by itself was sent to it when it was opened
    const path = file.scheme === 'file' ? file.fsPath : null;
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    const query = { type: 'lines', file: document.uri.fsPath.replaceAll('\\', '/') } as const;
    let result: BinaryResult;
    try {
      const [source, built] = await Promise.all([
        vscode.workspace.fs.stat(document.uri),
        vscode.workspace.fs.stat(file),
      ]);
      // edited since: the lines are others
      if (source.mtime > built.mtime) return editor.setDecorations(this.decoration, []);
      const params = { name, key: file.toString(), path, bytes: null, query };
      result = await this.ask<BinaryParams, BinaryResult>(BINARY_REQUEST, params);
    } catch {
      return editor.setDecorations(this.decoration, []);
    }
    if (!result.ok || result.answer.type !== 'lines' || document.isDirty || !this.on) return;
    const { lines } = result.answer;
    const by = new Map(lines.map(facts => [facts.line, facts]));
    const most = Math.max(...lines.map(facts => facts.bytes), 1);
    const options: vscode.DecorationOptions[] = [];
    if (lines.length > 0) {
      for (let i = 0; i < document.lineCount; i++) options.push(beside(i, by.get(i + 1), most, name));
    }
    editor.setDecorations(this.decoration, options);
  }
}

/** A column of its own before the text; lines without code have it empty, so that the text stays aligned. */
function beside(line: number, facts: LineFacts | undefined, most: number, name: string): vscode.DecorationOptions {
  const option: vscode.DecorationOptions = {
    range: new vscode.Range(line, 0, line, 0),
    renderOptions: {
      before: {
        // numbers end where their units do
        contentText: (facts === undefined ? '' : formatSize(facts.bytes)).padStart(9, '\u00a0'),
        color: new vscode.ThemeColor('editorLineNumber.foreground'),
        fontWeight: facts !== undefined && facts.bytes * 4 >= most ? 'bold' : 'normal',
        width: '9ch',
        margin: '0 1ch 0 0',
      },
    },
  };
  if (facts !== undefined) {
    const where = facts.functions > 1 ? ` in ${facts.functions} functions` : '';
    const inlined = facts.inlined > 0 ? `, ${formatSize(facts.inlined)} of them inlined elsewhere` : '';
    option.hoverMessage = `${facts.bytes.toLocaleString('en')} bytes of machine code in ${name}${where}${inlined}`;
  }
  return option;
}
