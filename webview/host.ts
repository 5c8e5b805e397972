/** The page's side of the bridge to its host: VS Code, or nothing when the page is a plain file in a browser. */
import { el } from './dom.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** Has the browser download a text, for a page that is a plain file: in VS Code the host asks for a place. */
export function download(name: string, text: string): void {
  const link = el('a', { href: URL.createObjectURL(new Blob([text])), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

export interface Host<To, From, State> {
  send(message: From): void;
  onMessage(listener: (message: To) => void): void;
  /** What `save` was last given, also after the page was hidden, reloaded, or the window restarted. */
  restore(): State | null;
  save(state: State): void;
}

export function connectHost<To, From, State>(): Host<To, From, State> {
  const api = typeof acquireVsCodeApi === 'function' ? acquireVsCodeApi() : null;
  return {
    send: message => api?.postMessage(message),
    onMessage: listener => window.addEventListener('message', event => listener(event.data as To)),
    restore: () => (api?.getState() ?? null) as State | null,
    save: state => api?.setState(state),
  };
}
