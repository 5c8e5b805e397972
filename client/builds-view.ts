/** The Builds view: the last result of each target, and what its files weighed before. */
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { type BuiltTarget, mainLibrary } from '../server/protocol/builds.ts';
import type { PastBuild } from '../server/protocol/binary.ts';
import { formatCount, formatSigned, formatSize, formatTime } from '../server/protocol/units.ts';
import { type BuildTarget, targetName } from '../server/protocol/ports.ts';
import type { BuildOutcome, BuiltFile } from './build-terminal.ts';

const STATE_KEY = 'gospect.builds';
const HISTORY_KEY = 'gospect.history';
/** How many past sizes of a file are kept, and of how many files. */
const MOST_SIZES = 100;
const MOST_FILES = 100;

/** What the view keeps of a target: its last outcome, and what its files weighed before. */
interface Kept {
  outcome: BuildOutcome;
  /** Sizes in bytes by path, of the build before this one. */
  before: Record<string, number>;
}

type Node = { target: string } | { file: BuiltFile; before: number | undefined };

/** Last results by target: time, size and difference; what runs now and how far it is. Kept per workspace. */
export class BuildsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly made = new vscode.EventEmitter<vscode.Uri>();
  /** Each executable that a build made. */
  readonly onDidBuild = this.made.event;
  private readonly results: Map<string, Kept>;
  private readonly running = new Map<string, string>();
  private readonly view: vscode.TreeView<Node>;
  private readonly state: vscode.Memento;
  private readonly size: vscode.StatusBarItem;

  constructor(state: vscode.Memento) {
    this.state = state;
    this.results = new Map(state.get<[string, Kept][]>(STATE_KEY) ?? []);
    this.view = vscode.window.createTreeView('gospect.builds', { treeDataProvider: this });
    this.size = vscode.window.createStatusBarItem('gospect.size', vscode.StatusBarAlignment.Right, 49);
    this.size.name = 'Gospect: Size of the Last Build';
  }

  dispose(): void {
    this.view.dispose();
    this.size.dispose();
    this.made.dispose();
    this.changed.dispose();
  }

  /** A build of the target begins. */
  start(target: BuildTarget): void {
    this.running.set(targetName(target), 'starting');
    this.update();
  }

  progress(target: BuildTarget, compiling: string, done: number, total: number): void {
    this.running.set(
      targetName(target),
      [total > 0 ? `${done} of ${total}` : String(done), compiling].filter(Boolean).join(' · '),
    );
    this.update();
  }

  /** It is over: its outcome takes the place of the last one. */
  finish(outcome: BuildOutcome): void {
    const name = targetName(outcome.target);
    const previous = this.results.get(name)?.outcome.files ?? [];
    const before = Object.fromEntries(previous.map(file => [file.path, file.size]));
    this.running.delete(name);
    this.results.delete(name);
    this.results.set(name, { outcome, before });
    void this.state.update(STATE_KEY, [...this.results]);
    this.remember(outcome.files);
    this.showSize(outcome.files, before);
    for (const file of outcome.files) this.made.fire(vscode.Uri.file(file.path));
    this.update();
  }

  /** Sizes of a file after its builds, oldest first. */
  history(file: string): PastBuild[] {
    return this.sizes().get(file) ?? [];
  }

  /** What the last build of a file replaced, if it is still there. */
  previous(file: string): vscode.Uri | undefined {
    for (const { outcome } of this.results.values()) {
      const { previous } = outcome.files.find(f => f.path === file) ?? {};
      if (previous && fs.existsSync(previous)) return vscode.Uri.file(previous);
    }
    return undefined;
  }

  private sizes(): Map<string, PastBuild[]> {
    return new Map(this.state.get<[string, PastBuild[]][]>(HISTORY_KEY) ?? []);
  }

  private remember(files: readonly BuiltFile[]): void {
    const sizes = this.sizes();
    for (const { path, size } of files) {
      const past = [...(sizes.get(path) ?? []), { time: Date.now(), size }].slice(-MOST_SIZES);
      sizes.delete(path);
      sizes.set(path, past);
    }
    void this.state.update(HISTORY_KEY, [...sizes].slice(-MOST_FILES));
  }

  /** The size of what was built, and what it weighs more or less than before. */
  private showSize(files: readonly BuiltFile[], before: Readonly<Record<string, number>>): void {
    const [file] = files;
    if (file === undefined) return;
    const was = before[file.path];
    this.size.text = `$(file-binary) ${sizeText(file.size, was)}`;
    this.size.tooltip = [
      `${path.basename(file.path)}: ${file.size.toLocaleString('en')} bytes`,
      was === undefined ? '' : `the build before: ${was.toLocaleString('en')} bytes`,
      'Open in Binary Explorer',
    ]
      .filter(Boolean)
      .join('\n');
    this.size.command = { command: 'gospect.openBinary', title: 'Open', arguments: [vscode.Uri.file(file.path)] };
    this.size.show();
  }

  /** The last build of the target, or of all, that left a record. */
  last(target?: string): { target: string; record: string } | undefined {
    for (const [name, { outcome }] of [...this.results].reverse()) {
      if (outcome.record && (target === undefined || target === name)) return { target: name, record: outcome.record };
    }
    return undefined;
  }

  /** What is there to be packed. */
  built(): BuiltTarget[] {
    return [...this.results]
      .filter(([, { outcome }]) => outcome.state === 'done')
      .map(([target, { outcome }]) => ({ target, files: outcome.files.map(f => f.path) }));
  }

  clear(): void {
    this.results.clear();
    this.size.hide();
    void this.state.update(STATE_KEY, []);
    this.update();
  }

  private update(): void {
    void vscode.commands.executeCommand('setContext', 'gospect.building', this.running.size > 0);
    this.changed.fire();
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      const names = new Set([...this.running.keys(), ...[...this.results.keys()].reverse()]);
      return [...names].map(target => ({ target }));
    }
    if ('file' in node) return [];
    const kept = this.results.get(node.target);
    return (kept?.outcome.files ?? []).map(file => ({ file, before: kept?.before[file.path] }));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return 'file' in node ? fileItem(node.file, node.before) : this.targetItem(node.target);
  }

  private targetItem(name: string): vscode.TreeItem {
    const progress = this.running.get(name);
    const item = new vscode.TreeItem(name);
    // a running target has no files yet; under an id of its own it does not fold its result
    item.id = progress === undefined ? name : `${name} running`;
    if (progress !== undefined) {
      item.description = progress;
      item.iconPath = new vscode.ThemeIcon('sync~spin');
      item.contextValue = 'running';
      return item;
    }
    const { outcome } = this.results.get(name)!;
    const size = outcome.files.reduce((sum, file) => sum + file.size, 0);
    const icons = { done: 'pass', failed: 'error', stopped: 'circle-slash' };
    item.iconPath = new vscode.ThemeIcon(icons[outcome.state]);
    item.contextValue = outcome.record ? `${outcome.state} recorded` : outcome.state;
    item.description = [
      outcome.state === 'done' ? '' : outcome.state,
      size > 0 ? formatSize(size) : '',
      outcome.state === 'stopped' ? '' : formatTime(outcome.ms),
      outcome.linkage === 'static'
        ? 'static'
        : outcome.linkage === 'dynamic'
          ? (mainLibrary(outcome.needs) ?? 'dynamic')
          : '',
      outcome.runs === 'yes' ? 'runs here' : '',
      outcome.state === 'failed' ? outcome.message : '',
    ]
      .filter(Boolean)
      .join(' · ');
    item.tooltip = [
      outcome.state === 'stopped' ? `${name}: stopped` : `${name}: ${outcome.state} in ${formatTime(outcome.ms)}`,
      outcome.state === 'stopped'
        ? ''
        : `${formatCount(outcome.compiled, 'package')} compiled, the others from the cache`,
      outcome.linkage === 'static' ? 'needs no library where it runs' : '',
      outcome.linkage === 'dynamic' ? `needs ${outcome.needs.join(', ') || 'a loader'}` : '',
      outcome.runs === 'no' ? 'does not run on this machine' : '',
      outcome.message,
    ]
      .filter(Boolean)
      .join('\n');
    if (outcome.files.length > 0) item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    return item;
  }
}

/** A size, and what it is more or less than before: `2.49 MiB (+1.2 KiB)`. */
function sizeText(size: number, before: number | undefined): string {
  const difference = before === undefined ? 0 : size - before;
  return formatSize(size) + (difference === 0 ? '' : ` (${formatSigned(difference)})`);
}

function fileItem(file: BuiltFile, before: number | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.Uri.file(file.path));
  item.label = path.basename(file.path);
  item.id = file.path;
  item.iconPath = new vscode.ThemeIcon('file-binary');
  item.description = sizeText(file.size, before);
  item.tooltip = `${file.path}\n${file.size.toLocaleString('en')} bytes`;
  item.contextValue = 'file';
  item.command = {
    command: 'gospect.openBinary',
    title: 'Open in Binary Explorer',
    arguments: [vscode.Uri.file(file.path)],
  };
  return item;
}
