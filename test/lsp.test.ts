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

interface Server {
  connection: MessageConnection;
  /** The exit status, when it has ended. */
  ended: Promise<unknown>;
  /** Closes its input, as happens when a client crashes. */
  hangUp(): void;
}

/** Starts `gospect lsp` on standard input and output. */
function startServer(env: NodeJS.ProcessEnv = process.env): Server {
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
  return { connection, ended, hangUp: () => child.stdin.end() };
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
  await connection.sendRequest('initialize', {
    processId: null,
    rootUri: null,
    capabilities: {},
    initializationOptions: { extension: true },
  });
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

test('a client that is gone without a word leaves no server behind', async () => {
  const { connection, ended, hangUp } = startServer();
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  hangUp();
  expect(await ended).toBe(0);
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

goTest('a file that is empty lacks its package clause, and nothing else', async () => {
  const shown = await analysed({ 'a.go': '', 'b.go': 'package b\n', 'go.mod': GO_MOD });
  expect(errors(shown)).toEqual(['syntax error: package statement must be first']);
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

// ---- editors other than ours

interface Published {
  uri: string;
  version?: number;
  diagnostics: { severity: number; message: string; tags?: number[] }[];
}

/**
 * An editor that is not ours: whatever it is sent or asked is kept, what it has asked for is answered. With `inFolder` it
 * has opened the folder of its files.
 */
async function otherEditor(
  capabilities: object,
  answers: Record<string, (params: never) => unknown> = {},
  inFolder = false,
) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-lsp-')));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const { connection } = startServer();
  const seen: { method: string; params: unknown }[] = [];
  const methods = new Set<string>();
  const waiting: (() => void)[] = [];
  const note = (method: string, params: unknown) => {
    methods.add(method);
    seen.push({ method, params });
    for (const wake of waiting.splice(0)) wake();
  };
  connection.onNotification((method, params) => note(method, params));
  connection.onRequest((method, params) => {
    note(method, params);
    return answers[method]?.(params as never) ?? null;
  });
  const rootUri = inFolder ? pathToFileURL(folder).href : null;
  const initialized = await connection.sendRequest('initialize', { processId: null, rootUri, capabilities });
  await connection.sendNotification('initialized', {});
  const place = (name: string) => path.join(folder, name);
  const uri = (name: string) => pathToFileURL(place(name)).href;
  /** The first message that is so, those that have come included; it is taken away, with those before it. */
  const message = async (is: (method: string, params: never) => boolean): Promise<unknown> => {
    for (;;) {
      const i = seen.findIndex(({ method, params }) => is(method, params as never));
      if (i >= 0) return seen.splice(0, i + 1)[i].params;
      await new Promise<void>(resolve => waiting.push(resolve));
    }
  };
  const saidOf = (about: string, text: string) =>
    message(
      (method, { uri, diagnostics }: Published) =>
        method === 'textDocument/publishDiagnostics' &&
        uri === about &&
        diagnostics.some(d => d.message.includes(text)),
    ) as Promise<Published>;
  const openAs = (uri: string, text: string) =>
    connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'go', version: 1, text },
    });
  return {
    connection,
    initialized,
    /** Of all messages that have come. */
    methods,
    place,
    uri,
    message,
    said: (name: string, text: string) => saidOf(uri(name), text),
    saidOf,
    write(files: Record<string, string>) {
      for (const [name, text] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(place(name)), { recursive: true });
        fs.writeFileSync(place(name), text);
      }
    },
    open: (name: string, text = fs.readFileSync(place(name), 'utf8')) => openAs(uri(name), text),
    openAs,
    /** The remarks that a view lists of a document, and why there are no more. */
    list: (uri: string) =>
      connection.sendRequest<{ rows: { function: string; message: string }[]; note: string }>('gospect/remarks', uri),
    close: (name: string) => connection.sendNotification('textDocument/didClose', { textDocument: { uri: uri(name) } }),
  };
}

goTest('an editor that can nothing but diagnostics gets these, and nothing that it has not asked for', async () => {
  const editor = await otherEditor({ general: { positionEncodings: ['utf-8', 'utf-16'] } });
  // columns are UTF-16, which is what no answer means
  expect(editor.initialized).not.toHaveProperty('capabilities.positionEncoding');
  editor.write({ 'go.mod': GO_MOD, 'a.go': `package a\n\n${ESCAPES}` });
  await editor.open('a.go');
  await editor.said('a.go', 'moved to heap: x');
  // closed: nothing is said of it any more; opened again: the same as before
  await editor.close('a.go');
  await editor.message((_, { diagnostics }: Published) => diagnostics?.length === 0);
  await editor.open('a.go');
  await editor.said('a.go', 'moved to heap: x');
  expect([...editor.methods]).toEqual(['textDocument/publishDiagnostics']);
});

goTest('quick fixes do without commands of the editor, and what is missing is logged', async () => {
  const editor = await otherEditor({});
  const [other, goos] = process.platform === 'win32' ? ['a_linux.go', 'linux'] : ['a_windows.go', 'windows'];
  editor.write({ 'go.mod': GO_MOD, [other]: `package a\n\n${ESCAPES}` });
  await editor.open(other);
  await editor.message(
    (method, { message }: { message: string }) =>
      method === 'window/logMessage' && message.includes('is not built for'),
  );
  const start = { line: 0, character: 0 };
  const [fix] = await editor.connection.sendRequest<{ command: object }[]>('textDocument/codeAction', {
    textDocument: { uri: editor.uri(other) },
    range: { start, end: start },
    context: { diagnostics: [] },
  });
  expect(fix.command).toMatchObject({ command: 'gospect.selectTarget', arguments: [`${goos}/amd64`] });
  await editor.connection.sendRequest('workspace/executeCommand', fix.command);
  await editor.said(other, 'moved to heap: x');
});

goTest(
  'settings are asked for by those who only say that there are new ones; files are watched on request',
  async () => {
    let gospect = { tags: ['own'] };
    const editor = await otherEditor(
      { workspace: { configuration: true, didChangeWatchedFiles: { dynamicRegistration: true } } },
      { 'workspace/configuration': () => [gospect, null] },
    );
    editor.write({ 'go.mod': GO_MOD, 'a.go': `//go:build own\n\npackage a\n\n${ESCAPES}var V = w()\n` });
    editor.write({ 'b.go': 'package a\n\nfunc w() int { return 1 }\n' });
    await editor.open('a.go');
    await editor.said('a.go', 'moved to heap: x');
    // a file that goes away on disk
    fs.rmSync(editor.place('b.go'));
    const changes = [{ uri: editor.uri('b.go'), type: 3 }];
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    await editor.said('a.go', 'undefined: w');
    gospect = { tags: [] };
    await editor.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await editor.said('a.go', 'is not built for');
  },
);

goTest('the editor is asked to tell of files that change', async () => {
  const editor = await otherEditor({ workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } });
  const asked = await editor.message(method => method === 'client/registerCapability');
  expect(JSON.stringify(asked)).toContain('go.mod');
});

goTest('files of several modules, and of none, stand beside each other', async () => {
  const editor = await otherEditor({});
  editor.write({
    'one/go.mod': 'module one\n\ngo 1.25\n',
    'one/a.go': `package a\n\n${ESCAPES}`,
    'two/go.mod': 'module two\n\ngo 1.21\n',
    'two/b.go': 'package b\n\nfunc g() { for range 3 {} }\n',
    'none/c.go': 'package main\n\nfunc main() { var n int; p = &n }\n\nvar p *int\n',
  });
  for (const file of ['one/a.go', 'two/b.go', 'none/c.go']) await editor.open(file);
  const said = [
    ['one/a.go', 'moved to heap: x'],
    ['two/b.go', 'requires go1.22'],
    ['none/c.go', 'moved to heap: n'],
  ];
  const left = new Set(said.map(([file]) => file));
  await editor.message((_, { uri, diagnostics }: Published) => {
    const found = said.find(
      ([file, text]) => editor.uri(file) === uri && diagnostics.some(d => d.message.includes(text)),
    );
    if (found) left.delete(found[0]);
    return left.size === 0;
  });
});

goTest('another text of the path of a file, such as that of HEAD beside a change, is not the file', async () => {
  const editor = await otherEditor({});
  editor.write({ 'go.mod': GO_MOD, 'a.go': `package a\n\n${ESCAPES}` });
  await editor.open('a.go');
  await editor.said('a.go', 'moved to heap: x');
  const textDocument = { uri: `${editor.uri('a.go').replace('file:', 'git:')}?HEAD` };
  await editor.openAs(textDocument.uri, 'package a\n');
  expect(await editor.list(textDocument.uri)).toEqual({ rows: [], note: expect.stringContaining('a text of git') });
  const position = { line: 2, character: ESCAPES.indexOf('x') };
  const hover = (uri: string) =>
    editor.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position });
  expect(await hover(textDocument.uri)).toBeNull();
  await editor.connection.sendNotification('textDocument/didClose', { textDocument });
  expect(await hover(editor.uri('a.go'))).not.toBeNull();
});

goTest('a document without a name is a package of its own, and imports from the modules of the folder', async () => {
  const editor = await otherEditor({}, {}, true);
  editor.write({ 'go.work': 'go 1.25\n\nuse ./m\n', 'm/go.mod': GO_MOD });
  editor.write({ 'm/a/a.go': 'package a\n\nfunc F() int { return 1 }\n' });
  const [one, two] = ['untitled:Untitled-1', 'untitled:Untitled-2'];
  await editor.openAs(one, `package main\n\nimport "m/a"\n\n${ESCAPES}func main() { println(*f(), a.F()) }\n`);
  await editor.saidOf(one, 'inlining call to a.F');
  // it has the names of the first as well
  await editor.openAs(two, `package main\n\nimport "strings"\n\n${ESCAPES}func main() { strings.Cut(*f(), "") }\n`);
  await editor.saidOf(two, 'cannot use *f()');
  const { rows, note } = await editor.list(one);
  expect(rows).toContainEqual(expect.objectContaining({ function: 'f', message: 'moved to heap: x' }));
  expect(note).toBe('');
  expect((await editor.list(two)).note).toBe('Declarations with errors are left out.');
  const position = { line: 4, character: ESCAPES.indexOf('x') };
  const hover = await editor.connection.sendRequest('textDocument/hover', { textDocument: { uri: one }, position });
  // nothing can be linked to
  expect(JSON.stringify(hover)).toMatch(/\(line 5\)/);
  expect(fs.readdirSync(editor.place(''))).toEqual(['go.work', 'm']);
});

goTest('a new file is one of the package of its folder before it is saved', async () => {
  const editor = await otherEditor({}, {}, true);
  editor.write({ 'go.mod': GO_MOD, 'a.go': 'package a\n\nfunc g() *int { return f() }\n' });
  const uri = editor.uri('b.go').replace('file:', 'untitled:');
  await editor.openAs(uri, `package a\n\n${ESCAPES}`);
  await editor.saidOf(uri, 'moved to heap: x');
  await editor.open('a.go');
  await editor.said('a.go', 'inlining call to f');
});
