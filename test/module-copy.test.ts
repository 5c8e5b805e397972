import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { copySources, sourcesOf } from '../server/build/module-copy.ts';

const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-verified-')));
afterAll(() => fs.rmSync(top, { recursive: true, force: true }));

function write(name: string, files: Record<string, string>): string {
  const dir = path.join(top, name);
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    fs.writeFileSync(path.join(dir, file), text);
  }
  return dir;
}

const main = 'package main\n\nimport "example.com/lib"\n\nfunc main() { println(lib.Text) }\n';
const lib = { 'lib/go.mod': 'module example.com/lib\n\ngo 1.24\n', 'lib/lib.go': 'package lib\n\nconst Text = "x"\n' };
const replaced =
  'module example.com/app\n\ngo 1.24\n\nrequire example.com/lib v1.0.0\n\nreplace example.com/lib => ../lib\n';
const alone = 'module example.com/app\n\ngo 1.24\n';

const copied = (cwd: string, name: string, gowork = ''): string[] => {
  const sources = sourcesOf(cwd, gowork, '/goroot');
  expect(sources).not.toBeNull();
  const to = path.join(top, 'copies', name);
  copySources(sources!, to);
  const files = fs.readdirSync(to, { recursive: true, withFileTypes: true }).filter(e => !e.isDirectory());
  return files.map(e => path.relative(to, path.join(e.parentPath, e.name))).sort();
};

test('the copy has the module, the folders that replace others and the workspace, and nothing else', () => {
  const one = write('one', {
    'app/go.mod': replaced,
    'app/cmd/main.go': main,
    'app/.git/HEAD': '',
    'more/x': '',
    ...lib,
  });
  expect(copied(path.join(one, 'app/cmd'), 'one')).toEqual([
    'app/cmd/main.go',
    'app/go.mod',
    'lib/go.mod',
    'lib/lib.go',
  ]);
  const work = write('work', {
    'go.work': 'go 1.24\n\nuse ./app\nuse ./lib\n',
    'app/go.mod': alone,
    'app/main.go': main,
    'more/x': '',
    ...lib,
  });
  const all = ['app/go.mod', 'app/main.go', 'go.work', 'lib/go.mod', 'lib/lib.go'];
  expect(copied(path.join(work, 'app'), 'work')).toEqual(all);
  expect(copied(path.join(work, 'app'), 'named', path.join(work, 'go.work'))).toEqual(all);
  expect(copied(path.join(work, 'app'), 'off', 'off')).toEqual(['go.mod', 'main.go']);
  const nested = write('nested', {
    'go.mod': replaced.replace('../lib', './lib'),
    'main.go': main,
    ...lib,
  });
  expect(copied(nested, 'nested')).toEqual(['go.mod', 'lib/go.mod', 'lib/lib.go', 'main.go']);
  expect(sourcesOf(top, '', '/goroot')).toBeNull();
});

test('what is copied from folders that cannot be written to can be removed', () => {
  const dir = write('closed', { 'go.mod': alone, 'in/x.go': 'package in\n' });
  const folders = [dir, path.join(dir, 'in')];
  for (const f of folders) fs.chmodSync(f, 0o555);
  copied(dir, 'closed');
  for (const f of folders) fs.chmodSync(f, 0o755);
  for (const f of ['', 'in']) expect(fs.statSync(path.join(top, 'copies/closed', f)).mode & 0o200, f).toBe(0o200);
});
