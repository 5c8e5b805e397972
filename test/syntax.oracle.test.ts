/** Our parser beside Go's: the same trees as go/parser, the same errors as gc. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { recoverySource } from '../core/syntax/errors.ts';
import { parseFile, readFile } from '../core/syntax/parse.ts';
import { goTest } from './go.ts';
import { hashOf, nodeLines } from './oracle/syntax.ts';
import { testParser } from './parser.ts';
import { treeDifference } from './same-tree.ts';

const parser = await testParser();
const rules = { genericMethods: false };

/** Every .go file below the folder; testdata and, unless asked for, src/cmd are left out. */
function goFiles(folder: string, skip: (path: string) => boolean): string[] {
  if (!existsSync(folder)) return [];
  const files: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (name === 'testdata' || skip(path)) continue;
    if (statSync(path).isDirectory()) files.push(...goFiles(path, skip));
    else if (name.endsWith('.go')) files.push(path);
  }
  return files;
}

/** The corpus: std and Go's test folder; with GOSPECT_CORPUS=all, cmd as well. */
function corpus(goroot: string): string[] {
  const cmd = join(goroot, 'src', 'cmd');
  const all = process.env['GOSPECT_CORPUS'] === 'all';
  return [...goFiles(join(goroot, 'src'), path => !all && path === cmd), ...goFiles(join(goroot, 'test'), () => false)];
}

goTest(
  'valid files give the trees that go/parser gives',
  ({ go, goroot }) => {
    const files = corpus(goroot);
    const program = fileURLToPath(new URL('./oracle/syntax/main.go', import.meta.url));
    const printed = execFileSync(go, ['run', program], { input: files.join('\n'), maxBuffer: 1 << 28 }).toString();
    const different: string[] = [];
    let compared = 0;
    for (const line of printed.trim().split('\n')) {
      const [path, count, hash] = line.split(' ');
      if (count === 'error') continue;
      const parsed = parseFile(parser, path, readFileSync(path, 'utf8'), rules);
      parsed.dispose();
      if (parsed.file.errors.length > 0) continue; // gc's, compared below
      const lines = nodeLines(parsed.file);
      compared++;
      if (lines.length !== Number(count) || hashOf(lines) !== Number(hash)) different.push(path);
    }
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThan(3000);
  },
  900_000,
);

goTest(
  'the grammar and gc’s parser accept the same files and agree on every node, its position and its extent',
  ({ goroot }) => {
    const different: string[] = [];
    for (const path of corpus(goroot)) {
      const { file, tree } = parseFile(parser, path, readFileSync(path, 'utf8'), rules);
      const { errors } = recoverySource(file.source, rules);
      if (tree.hasError && errors.length === 0) different.push(`${path}: the grammar refuses it`);
      if (errors.length !== file.errors.length) different.push(`${path}: ${errors[0].message}`);
      tree.delete();
      if (errors.length > 0) continue;
      // of a text with line directives only the grammar's tree is made
      const sound = readFile(parser, path, file.source.text, rules);
      const found = treeDifference(file, sound);
      if (found !== null) different.push(`${path}: ${found}`);
    }
    expect(different.slice(0, 20)).toEqual([]);
  },
  900_000,
);

goTest(
  'syntax errors are gc’s, in its words, places and order',
  ({ go, goroot }) => {
    const folders = ['test', 'src/internal/types/testdata', 'src/cmd/compile/internal/syntax/testdata'];
    const files = folders.flatMap(folder => goFiles(join(goroot, folder), () => false));
    const work = mkdtempSync(join(tmpdir(), 'gospect-syntax-'));
    const different: string[] = [];
    let compared = 0;
    for (const path of files) {
      const text = readFileSync(path, 'utf8');
      const parsed = parseFile(parser, path, text, rules);
      parsed.dispose();
      const ours = parsed.file.errors.map(error => {
        const at = parsed.file.source.position(error.offset);
        return `${at.file}:${at.line}${at.col > 0 ? `:${at.col}` : ''}: ${error.message}`;
      });
      // gc is asked where either of us may have something to say.
      if (ours.length === 0 && !/ERROR.*syntax error/.test(text)) continue;
      const args = ['tool', 'compile', '-e', '-p', 'main', '-o', join(work, 'out.o'), path];
      const printed = spawnSync(go, args, { encoding: 'utf8' });
      const theirs = (printed.stdout + printed.stderr).split('\n').filter(line => /^\S+:\d+(:\d+)?: /.test(line));
      const whole = theirs.some(line => line.includes(': syntax error')); // gc stops before it checks types
      const same = whole ? ours.join('\n') === theirs.join('\n') : ours.every(line => theirs.includes(line));
      compared++;
      if (!same)
        different.push(`${path}\n  ours ${ours.join('\n       ')}\n  gc   ${theirs.slice(0, 9).join('\n       ')}`);
    }
    rmSync(work, { recursive: true, force: true });
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThan(existsSync(join(goroot, 'test')) ? 100 : 0);
  },
  900_000,
);
