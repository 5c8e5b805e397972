import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { goTest } from './go.ts';

const dist = path.join(import.meta.dirname, '../dist');

/** Starts `gospect lsp` on standard input and output; the exit status is awaited with `ended`. */
function startServer(env: NodeJS.ProcessEnv = process.env): { connection: MessageConnection; ended: Promise<unknown> } {
  const child = spawn(process.execPath, [path.join(dist, 'cli.js'), 'lsp', '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  onTestFinished(() => void child.kill());
  const ended = new Promise(resolve => child.once('exit', resolve));
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onRequest('workspace/inlayHint/refresh', () => null);
  connection.listen();
  return { connection, ended };
}

interface Shown {
  diagnostics: { severity: number; message: string; range: { start: { line: number; character: number } } }[];
  actions: unknown[];
  status: { state: string; target: string; package: string; note: string };
  /** Changes the settings; what is shown once the file has been analysed with them. */
  configure(settings: object): Promise<Shown>;
}

/** Writes the files, opens the first in a server and returns what it shows once it has analysed it. */
async function analysed(files: Record<string, string>, env?: NodeJS.ProcessEnv): Promise<Shown> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-lsp-')));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  const [[name, text]] = Object.entries(files);
  const uri = pathToFileURL(path.join(folder, name)).href;
  const { connection } = startServer(env);
  let diagnostics: Shown['diagnostics'] = [];
  connection.onNotification('textDocument/publishDiagnostics', (published: Shown) => {
    diagnostics = published.diagnostics;
  });
  let heard: (status: Shown['status']) => void = () => {};
  connection.onNotification('gospect/status', (status: Shown['status']) => {
    if (status.state !== 'running') heard(status);
  });
  const nextStatus = () =>
    new Promise<Shown['status']>(resolve => {
      heard = resolve;
    });
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  await connection.sendNotification('initialized', {});
  const textDocument = { uri, languageId: 'go', version: 1, text };
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const context = { diagnostics: [] };
  const shownAfter = async (method: string, parameters: object): Promise<Shown> => {
    const next = nextStatus();
    await connection.sendNotification(method, parameters);
    const status = await next;
    const actions: unknown[] = await connection.sendRequest('textDocument/codeAction', {
      textDocument,
      range,
      context,
    });
    const configure = (settings: object) => shownAfter('workspace/didChangeConfiguration', { settings });
    return { status, diagnostics, actions, configure };
  };
  return shownAfter('textDocument/didOpen', { textDocument });
}

const errors = ({ diagnostics }: Shown) => diagnostics.filter(({ severity }) => severity === 1).map(d => d.message);
const hints = ({ diagnostics }: Shown) => diagnostics.filter(({ severity }) => severity === 4).map(d => d.message);

const GO_MOD = 'module m\n\ngo 1.25\n';
const ESCAPES = 'func f() *int { x := 1; return &x }\n';

test('gospect lsp --stdio answers, and ends when the client does', async () => {
  const { connection, ended } = startServer();
  const answer = await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  expect(answer).toMatchObject({ serverInfo: { name: 'gospect' } });
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  expect(await ended).toBe(0);
  connection.dispose();
});

goTest('a package without errors has its remarks, in UTF-16 columns', async () => {
  const shown = await analysed({ 'a.go': `package a\n\n/* 🙂é */ ${ESCAPES}`, 'go.mod': GO_MOD });
  expect(shown.status).toMatchObject({ state: 'done', note: '' });
  expect(errors(shown)).toEqual([]);
  const moved = shown.diagnostics.find(({ message }) => message === 'moved to heap: x');
  expect(moved?.range.start).toEqual({ line: 2, character: '/* 🙂é */ func f() *int { '.length });
});

goTest('a syntax error mid-file leaves the remarks of the other functions', async () => {
  const shown = await analysed({ 'a.go': `package a\n\nfunc b( {\n}\n\n${ESCAPES}`, 'go.mod': GO_MOD });
  expect(errors(shown)[0]).toMatch(/^syntax error: /);
  expect(hints(shown)).toContain('moved to heap: x');
});

goTest('a type error leaves the remarks of the other functions', async () => {
  const shown = await analysed({ 'a.go': `package a\n\nfunc b() int { return "" }\n\n${ESCAPES}`, 'go.mod': GO_MOD });
  expect(errors(shown)).toEqual(['cannot use "" (untyped string constant) as int value in return statement']);
  expect(hints(shown)).toContain('moved to heap: x');
});

goTest('an import that is missing is named, with what to do about it', async () => {
  const source = `package a\n\nimport "example.com/nothing"\n\nvar V = nothing.V\n\n${ESCAPES}`;
  const shown = await analysed({ 'a.go': source, 'go.mod': GO_MOD });
  expect(errors(shown)[0]).toMatch(/^could not import example\.com\/nothing: .*go get example\.com\/nothing/s);
  expect(hints(shown)).toContain('moved to heap: x');
});

goTest('files of tests are analysed with the package under test', async () => {
  const source = 'package a\n\nfunc g() int { return 1 }\n';
  const inside = `package a\n\nimport "testing"\n\nfunc Test(t *testing.T) { print(g()) }\n\n${ESCAPES}`;
  const outside = `package a_test\n\nimport "m"\n\nvar V = a.Shown\n\n${ESCAPES}`;
  const shown = await analysed({ 'a_test.go': inside, 'a.go': source, 'go.mod': GO_MOD });
  expect(shown.status).toMatchObject({ state: 'done', note: '', package: 'm' });
  expect(hints(shown)).toEqual(expect.arrayContaining(['moved to heap: x', 'inlining call to g']));
  const exported = { 'export_test.go': 'package a\n\nvar Shown = g()\n', 'a.go': source, 'go.mod': GO_MOD };
  const external = await analysed({ 'x_test.go': outside, ...exported });
  expect(external.status).toMatchObject({ state: 'done', note: '', package: 'm_test' });
  expect(hints(external)).toContain('moved to heap: x');
});

goTest('a folder without go.mod is analysed as the files that are in it', async () => {
  const shown = await analysed({
    'a.go': `package main\n\nfunc main() { println(*f()) }\n`,
    'b.go': `package main\n\n${ESCAPES}`,
  });
  expect(shown.status.state).toBe('done');
  expect(hints(shown)).toContain('inlining call to f');
});

goTest('a file for another port says so', async () => {
  const [other, goos] = process.platform === 'win32' ? ['a_linux.go', 'linux'] : ['a_windows.go', 'windows'];
  const shown = await analysed({ [other]: `package a\n\n${ESCAPES}`, 'go.mod': GO_MOD });
  expect(shown.status.state).toBe('failed');
  expect(shown.status.note).toMatch(new RegExp(`is not built for .*${goos}`));
  // greyed, with the ports that it is for
  expect(shown.diagnostics).toMatchObject([{ severity: 4, tags: [1], message: shown.status.note }]);
  expect(shown.actions[0]).toMatchObject({
    command: { command: 'gospect.selectTarget', arguments: [`${goos}/amd64`] },
  });
  const tagged = await analysed({ 'b.go': `//go:build own && !other\n\npackage a\n`, 'go.mod': GO_MOD });
  expect(tagged.actions).toMatchObject([{ command: { command: 'gospect.selectTags', arguments: ['own'] } }]);
});

goTest('another target and other tags analyse the open file again', async () => {
  const source = `//go:build plan9 && own\n\npackage a\n\n${ESCAPES}`;
  const here = await analysed({ 'a.go': source, 'go.mod': GO_MOD });
  expect(here.status).toMatchObject({ state: 'failed' });
  expect(here.status.note).toMatch(/line 1 says go:build plan9 && own, and plan9 does not hold/);
  const there = await here.configure({ gospect: { target: 'plan9/arm' } });
  expect(there.status).toMatchObject({ state: 'failed', target: 'plan9/arm' });
  expect(there.status.note).toMatch(/, and own does not hold/);
  const tagged = await there.configure({ gospect: { target: 'plan9/arm', tags: ['own'] } });
  expect(tagged.status).toMatchObject({ state: 'done', target: 'plan9/arm', note: '' });
  expect(hints(tagged)).toContain('moved to heap: x');
});

goTest('GOPATH mode is named as what is not there', async () => {
  const shown = await analysed({ 'a.go': `package a\n`, 'go.mod': GO_MOD }, { ...process.env, GO111MODULE: 'off' });
  expect(shown.status).toMatchObject({ state: 'failed', note: expect.stringContaining('GOPATH mode') });
});

test('without Go on PATH the bundled standard library is used, or what to do is said', async () => {
  const { GOROOT: _, ...env } = process.env;
  const source = `package a\n\nimport "errors"\n\nvar E = errors.New("e")\n\n${ESCAPES}`;
  const shown = await analysed(
    { 'a.go': source, 'go.mod': GO_MOD },
    { ...env, PATH: path.join(os.tmpdir(), 'nothing') },
  );
  if (fs.existsSync(path.join(dist, 'std.pack'))) expect(hints(shown)).toContain('moved to heap: x');
  else expect(shown.status).toMatchObject({ state: 'failed', note: expect.stringContaining('put go on PATH') });
});

test('a GOROOT that is none is named', async () => {
  const shown = await analysed({ 'a.go': `package a\n`, 'go.mod': GO_MOD }, { ...process.env, GOROOT: '/no/such/go' });
  expect(shown.status).toMatchObject({ state: 'failed', note: expect.stringContaining('GOROOT is /no/such/go') });
});
