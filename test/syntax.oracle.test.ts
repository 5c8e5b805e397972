/** Our parser beside Go's: the same trees as go/parser, the same errors as gc. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { RawNode } from '../core/syntax/ast.ts';
import { recoverySource } from '../core/syntax/errors.ts';
import { parseFile } from '../core/syntax/parse.ts';
import { goTest } from './go.ts';
import { hashOf, nodeLines } from './oracle/syntax.ts';
import { testParser } from './parser.ts';

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

/** The first difference between a lowered node and the same node of the recovering parser, or null. */
function difference(a: RawNode | null, b: RawNode | null, base: number): string | null {
  if (a === null || b === null) return a === b ? null : `a node is missing at ${(a ?? b)!.pos}`;
  if (a.kind !== b.kind || a.pos + base !== b.pos || a.op !== b.op || a.flags !== b.flags || a.text !== b.text) {
    return `${a.kind} ${a.pos + base} ${a.op} ${a.flags} ${a.text} / ${b.kind} ${b.pos} ${b.op} ${b.flags} ${b.text}`;
  }
  const mine = [a.a, a.b, a.c, a.d, ...a.list, null, ...a.list2];
  const theirs = [b.a, b.b, b.c, b.d, ...b.list, null, ...b.list2];
  if (mine.length !== theirs.length) return `another number of nodes below ${a.kind} at ${b.pos}`;
  for (let i = 0; i < mine.length; i++) {
    const found = difference(mine[i], theirs[i], base);
    if (found !== null) return found;
  }
  return null;
}

goTest(
  'the grammar and the recovering parser accept the same files and agree on every node and position',
  ({ goroot }) => {
    const different: string[] = [];
    for (const path of corpus(goroot)) {
      const { file, tree } = parseFile(parser, path, readFileSync(path, 'utf8'), rules);
      const { errors, decls } = recoverySource(file.source, rules);
      if (tree.hasError && errors.length === 0) different.push(`${path}: the grammar refuses it`);
      if (errors.length !== file.errors.length) different.push(`${path}: ${errors[0].message}`);
      tree.delete();
      if (errors.length > 0) continue;
      const lowered = file.units.flatMap(unit => unit.decls as unknown as RawNode[]);
      if (lowered.length !== decls.length) different.push(`${path}: another number of declarations`);
      lowered.forEach((decl, i) => {
        const found = difference(decl, decls[i], decl.unit.start);
        if (found !== null) different.push(`${path}: ${found}`);
      });
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
