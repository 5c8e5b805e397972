/** What the engine has said of documents, and what it has been asked and not answered yet. */
import type { CancellationToken } from 'vscode-languageserver';
import type { EditorHint, Offer } from './analysis/editor.ts';

/** What was found out about a text of a document. */
export interface Shown {
  version: number;
  hints: EditorHint[];
  offers: Offer[];
}

/** Milliseconds that a request waits for an analysis of the text as it is now. */
const PATIENCE = 10_000;

/** The last answers by document, and those who wait for the next. */
export class Answers {
  private readonly shown = new Map<string, Shown>();
  private readonly waiting = new Map<string, Set<() => void>>();

  /** The answer for this version of a document; undefined where the last one is for another text. */
  get(path: string, version: number | undefined): Shown | undefined {
    const found = this.shown.get(path);
    return found?.version === version ? found : undefined;
  }

  /** Takes a new answer; returns whether somebody waited for it. */
  put(path: string, shown: Shown): boolean {
    this.shown.set(path, shown);
    const waiting = this.waiting.get(path);
    this.waiting.delete(path);
    for (const resume of waiting ?? []) resume();
    return waiting !== undefined;
  }

  drop(path: string): void {
    this.shown.delete(path);
  }

  /** Resolves when this version has an answer, when the next answer comes, on cancellation, or when patience has ended. */
  settled(path: string, version: number | undefined, token: CancellationToken): Promise<void> {
    if (this.shown.get(path)?.version === version) return Promise.resolve();
    return new Promise(resolve => {
      const set = this.waiting.get(path) ?? new Set();
      const resume = () => {
        clearTimeout(timer);
        resolve();
      };
      const giveUp = () => {
        set.delete(resume);
        if (set.size === 0 && this.waiting.get(path) === set) this.waiting.delete(path);
        resume();
      };
      const timer = setTimeout(giveUp, PATIENCE);
      token.onCancellationRequested(giveUp);
      this.waiting.set(path, set.add(resume));
    });
  }
}

/** Questions of one kind to the engine, by number. */
export class Questions<Answer> {
  private readonly open = new Map<number, (answer: Answer) => void>();
  private last = 0;

  /** `send` puts the question under its number. */
  ask(send: (id: number) => void): Promise<Answer> {
    const id = ++this.last;
    return new Promise(resolve => {
      this.open.set(id, resolve);
      send(id);
    });
  }

  answer(id: number, answer: Answer): void {
    this.open.get(id)?.(answer);
    this.open.delete(id);
  }

  /** Gives all open questions the same answer. */
  answerAll(answer: Answer): void {
    for (const resolve of this.open.values()) resolve(answer);
    this.open.clear();
  }
}
