/** The server's browser bundle in a real web worker: no Node, no Go, files handed over by the page. */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import { project } from './window.ts';

const dist = path.join(import.meta.dirname, '../../dist');

/** What the worker's messages look like, requests and answers alike. */
interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
}

/** What the page uses of a worker. */
interface PageWorker {
  postMessage(message: object): void;
  onmessage: (event: { data: Message }) => void | Promise<void>;
  onerror: (event: { message: string }) => void;
}

interface Published {
  version: number;
  diagnostics: { message: string; severity: number; range: { start: { line: number; character: number } } }[];
}

/** A server of dist/ on a free port. */
async function serveDist(): Promise<{ base: string; close(): void }> {
  const server = http.createServer((request, response) => {
    const file = path.join(dist, path.normalize(new URL(request.url ?? '/', 'http://x').pathname));
    if (request.url === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html>');
    if (!fs.existsSync(file)) return response.writeHead(404).end();
    return response
      .setHeader('content-type', file.endsWith('.js') ? 'text/javascript' : 'application/octet-stream')
      .end(fs.readFileSync(file));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

test('the browser bundle analyses a file, and an edit of it, in a web worker', { timeout: 180_000 }, async context => {
  if (!fs.existsSync(path.join(dist, 'std.pack'))) context.skip('needs Go ≥ 1.25 to pack the standard library');
  const folder = project();
  const text = fs.readFileSync(path.join(folder, 'store/store.go'), 'utf8');
  const { base, close } = await serveDist();
  const browser = await chromium.launch({ executablePath: inject('chromium'), args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    // the page's side of `gospect/files`: the folder appears as web:/w
    await page.exposeFunction('answerFiles', (uri: string) => {
      const file = path.join(folder, path.relative('/w', new URL(uri).pathname));
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      if (stat?.isDirectory()) {
        const entries = fs
          .readdirSync(file, { withFileTypes: true })
          .map(entry => ({ name: entry.name, kind: entry.isDirectory() ? 'dir' : 'file' }));
        return { kind: 'dir', text: null, entries };
      }
      return { kind: stat ? 'file' : null, text: stat ? fs.readFileSync(file, 'utf8') : null, entries: null };
    });
    await page.goto(base);
    const published = await page.evaluate(
      async ({ text, edited }) => {
        type Answer = { kind: string; text: string | null; entries: unknown };
        const { answerFiles, Worker } = globalThis as unknown as {
          answerFiles(uri: string): Promise<Answer>;
          Worker: new (url: string) => PageWorker;
        };
        const uri = 'web:/w/store/store.go';
        const worker = new Worker('/web/server.js');
        const published: unknown[] = [];
        const send = (message: object) => worker.postMessage({ jsonrpc: '2.0', ...message });
        return new Promise<unknown[]>((resolve, reject) => {
          worker.onerror = error => reject(new Error(error.message));
          const folders = [{ uri: 'web:/w', name: 'w' }];
          worker.onmessage = async ({ data }: { data: Message }) => {
            if (data.method === 'workspace/workspaceFolders') send({ id: data.id, result: folders });
            else if (data.method === 'gospect/files') {
              const answer = await answerFiles(data.params as string);
              const bytes = answer.text === null ? null : new TextEncoder().encode(answer.text);
              send({ id: data.id, result: { kind: answer.kind, bytes, entries: answer.entries } });
            } else if (data.method === 'textDocument/publishDiagnostics') {
              published.push(data.params);
              if (published.length === 2) resolve(published);
              const contentChanges = [{ text: edited }];
              send({ method: 'textDocument/didChange', params: { textDocument: { uri, version: 2 }, contentChanges } });
            } else if (data.id === 1) {
              send({ method: 'initialized', params: {} });
              const textDocument = { uri, languageId: 'go', version: 1, text };
              send({ method: 'textDocument/didOpen', params: { textDocument } });
            } else if (data.method !== undefined && data.id !== undefined) send({ id: data.id, result: null });
          };
          const params = { processId: null, rootUri: 'web:/w', workspaceFolders: folders, capabilities: {} };
          send({ id: 1, method: 'initialize', params });
        });
      },
      { text, edited: `${text}\nfunc count(n int) *int {\n\tm := n + 1\n\treturn &m\n}\n` },
    );
    const [first, second] = published as Published[];
    const messages = ({ diagnostics }: Published) => diagnostics.map(({ message }) => message);
    expect(messages(first)).toContain('make(map[string]*Item) escapes to heap');
    expect(first.diagnostics.filter(({ severity }) => severity === 1)).toEqual([]);
    expect(messages(first)).not.toContain('moved to heap: m');
    expect(messages(second)).toContain('moved to heap: m');
  } finally {
    await browser.close();
    close();
  }
});
