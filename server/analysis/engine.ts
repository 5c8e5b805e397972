/**
 * Keeps the analysis of all open files up to date. It runs in a worker where there is one, in slices of a few
 * milliseconds. Between slices it looks whether something new has come in, and if so ends what it was doing: a result is
 * always about the buffers as they are.
 */
import { dirname } from '../../core/source/path.ts';
import { Interrupted } from '../../core/source/steps.ts';
import type { Settings } from '../settings.ts';
import { type EditorHint, excludedFile, type FileRemarks, fileRemarks, hoverAt, rowsOf } from './editor.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import type { Analysis, NotAnalysed, Session } from './session.ts';

/** Milliseconds of work between two looks at what has come in. */
const SLICE = 8;
/** Milliseconds of silence after a keystroke before long work begins. */
const PAUSE = 40;
/** Milliseconds of silence before summaries are stored for later sessions. */
const REST = 2000;
/** Milliseconds: where the last analysis took less, the next begins without waiting for silence. */
const QUICK = 25;

export interface EngineHost {
  /** Makes a session for these settings, in place of any older one. */
  session(settings: Settings): Promise<Session>;
  send(message: FromEngine): void;
  /** Lets messages come in; resolves as soon as that has happened. */
  breathe(): Promise<void>;
  /** Whether messages wait that end what is being done (`endsWork`), where that can be told without letting them in. */
  isOutdated(): boolean;
  /**
   * Called with what a step of the analysis has thrown. True when that was a missing file, which is there now: then the
   * analysis is tried again.
   */
  supply(error: unknown): Promise<boolean>;
  /** Files changed on disk: what the host itself keeps of them is out of date. */
  changed(): void;
  /** A Markdown link that opens a place of a file. */
  link(text: string, path: string, line: number): string;
}

interface Buffer {
  version: number;
  text: string;
  /** What was last found out; its version is that of the buffer it is about. */
  remarks: FileRemarks | null;
  /** What that was made from, and for which version of the text. */
  analysis: Analysis | NotAnalysed | null;
  /** The version for which diagnostics and hints were last sent; -1 where they must be sent again. */
  published: number;
  /** Milliseconds that the last analysis took. */
  cost: number;
  /** The buffer, another buffer it depends on, or the settings have changed since. */
  dirty: boolean;
}

export class Engine {
  private readonly buffers = new Map<string, Buffer>();
  private session: Session | null = null;
  private settings: Settings | null = null;
  /** The buffer that was opened or edited last: its package comes first. */
  private focus = '';
  /** Counts the events that make work under way worthless. */
  private generation = 0;
  private lastInput = 0;
  private running = false;
  private lastStatus = '';

  constructor(private readonly host: EngineHost) {}

  receive(message: ToEngine): void {
    switch (message.type) {
      case 'settings':
        // settings that only decide what is shown need no new analysis
        if (!sameBuild(this.settings, message.settings)) this.session = null;
        this.settings = message.settings;
        for (const buffer of this.buffers.values()) buffer.published = -1;
        this.touch();
        break;
      case 'buffer': {
        const { path, version, text } = message;
        if (text === null) this.buffers.delete(path);
        else {
          const before = this.buffers.get(path);
          const kept = before ?? { remarks: null, analysis: null, published: -1, cost: PAUSE };
          this.buffers.set(path, { ...kept, version, text, dirty: true });
          this.focus = path;
          if (before !== undefined) this.lastInput = performance.now();
        }
        this.session?.setBuffer(path, text);
        this.touch();
        break;
      }
      case 'changed':
        this.host.changed();
        for (const path of message.paths) this.session?.changed(path);
        this.touch();
        break;
      case 'hover': {
        const remarks = this.buffers.get(message.path)?.remarks;
        const hover = remarks
          ? hoverAt(remarks, message.at, (text, path, line) => this.host.link(text, path, line))
          : null;
        this.host.send({ type: 'hover', id: message.id, hover });
        break;
      }
      case 'rows': {
        const buffer = this.buffers.get(message.path);
        const rows = buffer?.remarks ? rowsOf(buffer.remarks) : [];
        this.host.send({ type: 'rows', id: message.id, list: { rows, note: buffer ? this.noteOn(buffer) : '' } });
        break;
      }
    }
  }

  /** Why a buffer has no remarks, or not all of them; '' when it has all. */
  private noteOn({ analysis, remarks }: Buffer): string {
    if (this.settings?.enabled === false) return 'Remarks are off (gospect.remarks.enabled).';
    if (analysis === null) return 'Analysing…';
    if ('message' in analysis) return analysis.message;
    const errors = remarks?.diagnostics.some(({ severity }) => severity === 'error') ?? false;
    return analysis.note || (errors ? 'Declarations with errors are left out.' : '');
  }

  /** Has all open files analysed again; packages that did not change cost little. */
  private touch(): void {
    this.generation++;
    for (const buffer of this.buffers.values()) buffer.dirty = true;
    if (this.running || this.settings === null) return;
    this.running = true;
    void this.work();
  }

  private async work(): Promise<void> {
    for (;;) {
      await this.host.breathe();
      const path = this.next();
      if (path === null) {
        this.running = false;
        void this.keep();
        return;
      }
      const buffer = this.buffers.get(path)!;
      if (buffer.cost >= QUICK && performance.now() - this.lastInput < PAUSE) continue;
      try {
        await this.analyse(path);
      } catch (error) {
        // a fault of ours in what is shown: the other files go on
        buffer.dirty = false;
        this.status('failed', '', '', `${path} cannot be shown: ${messageOf(error)}`);
      }
    }
  }

  /** Keeps what was found out of imported packages, once nothing has come in for a while. */
  private async keep(): Promise<void> {
    const { generation, session } = this;
    if (session === null) return;
    await new Promise(resolve => setTimeout(resolve, REST));
    const steps = session.keep();
    while (generation === this.generation && session === this.session && !steps.next().done) await this.host.breathe();
  }

  /** The dirty file to be analysed next: the one edited last, then those in order of opening. */
  private next(): string | null {
    if (this.buffers.get(this.focus)?.dirty) return this.focus;
    for (const [path, { dirty }] of this.buffers) if (dirty) return path;
    return null;
  }

  private async ready(): Promise<Session> {
    for (;;) {
      if (this.session !== null) return this.session;
      const { settings } = this;
      const session = await this.host.session(settings!);
      if (!sameBuild(this.settings, settings!)) continue;
      for (const [path, { text }] of this.buffers) session.setBuffer(path, text);
      this.session = session;
    }
  }

  private async analyse(path: string): Promise<void> {
    const { generation } = this;
    const start = performance.now();
    let result: Analysis | NotAnalysed;
    try {
      const session = await this.ready();
      for (;;) {
        try {
          const steps = session.analyse(path, () => this.host.isOutdated());
          let until = performance.now() + SLICE;
          let step = steps.next();
          while (!step.done) {
            if (performance.now() >= until) {
              this.status('running', '', '', '');
              await this.host.breathe();
              if (generation !== this.generation) return;
              until = performance.now() + SLICE;
            }
            step = steps.next();
          }
          result = step.value;
          break;
        } catch (error) {
          if (!(await this.host.supply(error))) throw error;
          if (generation !== this.generation) return;
        }
      }
    } catch (error) {
      if (error instanceof Interrupted) return;
      const message = `the analysis failed: ${messageOf(error)}`;
      result = { message, port: '', excluded: null };
    }
    if (generation !== this.generation) return;
    if ('message' in result) {
      const buffer = this.buffers.get(path);
      if (buffer) this.publish(path, buffer, result);
      this.status('failed', result.port, '', result.message);
      return;
    }
    for (const [other, buffer] of this.buffers) {
      if (other === path || isOf(result, other)) this.publish(other, buffer, result);
      if (other === path) buffer.cost = performance.now() - start;
    }
    const { goos, goarch } = result.target;
    const state = result.problems.length > 0 || result.note !== '' ? 'errors' : 'done';
    this.status(state, `${goos}/${goarch}`, result.package.importPath, result.note);
  }

  private publish(path: string, buffer: Buffer, analysis: Analysis | NotAnalysed): void {
    const { settings } = this;
    const shown = (code: string) => settings!.enabled && !settings!.hidden.includes(code);
    buffer.dirty = false;
    if (analysis === buffer.analysis && buffer.published === buffer.version) return;
    buffer.analysis = analysis;
    buffer.published = buffer.version;
    buffer.remarks = 'message' in analysis ? excludedFile(analysis) : fileRemarks(analysis, path, shown);
    this.host.send({
      type: 'file',
      path,
      version: buffer.version,
      diagnostics: buffer.remarks?.diagnostics ?? [],
      hints: hintsWanted(buffer.remarks?.hints ?? [], settings!.inlayHints),
      offers: buffer.remarks?.offers ?? [],
    });
  }

  private status(state: 'running' | 'done' | 'errors' | 'failed', target: string, pkg: string, note: string): void {
    const line = [state, target, pkg, note].join('\n');
    if (line === this.lastStatus) return;
    this.lastStatus = line;
    this.host.send({ type: 'status', status: { state, target, package: pkg, note } });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether what is being done when the message comes in is worthless then. */
export function endsWork(message: ToEngine): boolean {
  return message.type === 'settings' || message.type === 'buffer' || message.type === 'changed';
}

/** Whether both settings lead to the same analysis. */
function sameBuild(a: Settings | null, b: Settings): boolean {
  return a !== null && JSON.stringify([a.flags, a.env]) === JSON.stringify([b.flags, b.env]);
}

/** Whether the file was compiled with the package; what is built without tests has remarks of its own. */
function isOf({ package: { dir, files, forTest } }: Analysis, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (forTest !== '' && !name.endsWith('_test.go')) return false;
  return dirname(path) === dir && (files.goFiles.includes(name) || files.cgoFiles.includes(name));
}

function hintsWanted(hints: EditorHint[], wanted: Settings['inlayHints']): EditorHint[] {
  if (wanted === 'off') return [];
  return wanted === 'costs' ? hints.filter(({ miss }) => miss) : hints;
}
