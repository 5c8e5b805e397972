import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Analysis, deadCode, symbolsNamed, whyLinked } from '../core/size/why.ts';
import { linkedProgram } from '../server/binary/linked.ts';
import { goTest, type GoToolchain } from './go.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-why-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));
fs.writeFileSync(path.join(folder, 'go.mod'), 'module example.com/why\n\ngo 1.21\n');

const env = { ...process.env, GOFLAGS: '', CGO_ENABLED: '0' };

/** A program whose main does `body`, with a type in an interface of whose methods one is called. */
function write(name: string, imports: string, body: string): string {
  const text = `package main

import (
	"os"
	${imports}
)

type T struct{ n int }

func (t T) Used() int   { return t.n }
func (t T) Unused() int { println("unused", t.n); return 2 * t.n }

var sink any = T{len(os.Args)}

func main() {
	println(sink.(interface{ Used() int }).Used())
	${body}
}
`;
  fs.mkdirSync(path.join(folder, name), { recursive: true });
  fs.writeFileSync(path.join(folder, name, 'main.go'), text);
  return `./${name}`;
}

async function analysisOf({ go }: GoToolchain, main: string, cgo = '0'): Promise<Analysis> {
  const request = { cwd: folder, main, flags: [], env: { ...env, CGO_ENABLED: cgo }, program: go };
  const found = await linkedProgram(request);
  if (!found.ok) throw new Error(found.message);
  return found.analysis;
}

/** What the linker says it reaches: pairs, and names without marks. */
function dumpdep({ go }: GoToolchain, main: string, cgo = '0'): [string, string][] {
  const args = ['build', '-ldflags=-dumpdep', '-o', path.join(folder, 'out'), main];
  const options = { cwd: folder, env: { ...env, CGO_ENABLED: cgo }, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
  const { stdout, stderr } = spawnSync(go, args, options);
  return `${stdout}${stderr}`.split('\n').flatMap((line): [string, string][] => {
    // names of strings may have an arrow in them
    const at = line.indexOf(' -> ', line.startsWith('go:string.') ? line.indexOf('" -> ') : 0);
    const plain = (name: string) => name.replace(/ (?:<\w+>)+$/, '');
    return at < 0 || line.includes('go:string.') ? [] : [[plain(line.slice(0, at)), plain(line.slice(at + 4))]];
  });
}

/** The edges of symbols that stay, as the linker prints them. */
function edgesOf({ program, result }: Analysis): Set<string> {
  const edges = new Set<string>();
  for (let symbol = 0; symbol < program.count; symbol++) {
    if (!result.reached[symbol]) continue;
    const [from, to] = program.edges(symbol);
    for (let edge = from; edge < to; edge++)
      if (program.target(edge) >= 0) edges.add(`${program.nameOf(symbol)} -> ${program.nameOf(program.target(edge))}`);
  }
  return edges;
}

/** A test that needs a C compiler too. */
const cTest: typeof goTest =
  spawnSync('gcc', ['--version']).status === 0 ? goTest : name => test.skip(`${name} (needs gcc)`, () => {});

describe('why a symbol is linked', () => {
  test('cannot be told without go, and the message says what can', async () => {
    const found = await linkedProgram({ cwd: folder, main: '.', flags: [], env, program: path.join(folder, 'go') });
    expect(found.ok ? '' : found.message).toMatch(/go is not there: .*build cache.*gospect size/);
  });

  goTest('the same symbols stay as in the linker, over edges that are relocations', async go => {
    const main = write('fmt', '"fmt"', 'fmt.Println(sink)');
    const analysis = await analysisOf(go, main);
    const { program, result } = analysis;
    const pairs = dumpdep(go, main);
    const ours = new Set<string>();
    const edges = edgesOf(analysis);
    for (let symbol = 0; symbol < program.count; symbol++) {
      const name = program.nameOf(symbol);
      if (result.reached[symbol] && name !== '' && !name.startsWith('go:string.')) ours.add(name);
    }
    // it is put in after the flood, which is when the linker prints
    ours.delete('runtime.mapinitnoop');
    expect(pairs.length).toBeGreaterThan(5000);
    expect([...ours].sort()).toEqual([...new Set(pairs.map(([, to]) => to))].sort());
    const theirs = pairs.filter(([from]) => from !== '_' && from !== '');
    expect(theirs.filter(([from, to]) => !edges.has(`${from} -> ${to}`))).toEqual([]);

    const [println] = symbolsNamed(analysis, 'fmt.Fprintln');
    const { chain, retained } = whyLinked(analysis, println);
    expect(chain[0].symbol).toMatch(/^_rt0_|inittasks$/);
    expect(chain.at(-1)).toMatchObject({ symbol: 'fmt.Fprintln', how: 'calls' });
    // Println is inlined: the place is that of its call
    expect(chain.at(-2)?.symbol).toBe('main.main');
    expect(retained.bytes).toBeGreaterThan(0);
    for (let i = 1; i < chain.length; i++)
      expect(edges.has(`${chain[i - 1].symbol} -> ${chain[i].symbol}`), chain[i].symbol).toBe(true);
  });

  cTest('through objects of C compilers too', async go => {
    const main = write('user', '"os/user"', 'u, err := user.Current(); println(u, err)');
    const analysis = await analysisOf(go, main, '1');
    const edges = edgesOf(analysis);
    const theirs = dumpdep(go, main, '1').filter(([from]) => from !== '_' && from !== '');
    expect(theirs.some(([from]) => from === 'runtime/cgo(.text)')).toBe(true);
    expect(theirs.filter(([from, to]) => !edges.has(`${from} -> ${to}`))).toEqual([]);
    const [create] = symbolsNamed(analysis, 'pthread_create');
    expect(whyLinked(analysis, create).chain.map(step => step.symbol)).toContain('runtime/cgo(.text)');
  });

  goTest('elimination of methods is off by the call that is in the way, and by nothing else', async go => {
    const cases: [name: string, imports: string, body: string, call: string][] = [
      ['constant', '"reflect"', 'reflect.ValueOf(sink).MethodByName("Used").Call(nil)', ''],
      ['dead', '"reflect"', 'if false { reflect.ValueOf(sink).Method(0) }', ''],
      ['byname', '"reflect"', 'reflect.ValueOf(sink).MethodByName(os.Args[0])', 'reflect.Value.MethodByName'],
      ['number', '"reflect"', 'println(reflect.TypeOf(sink).Method(len(os.Args)).Name)', 'reflect.(*rtype).Method'],
    ];
    for (const [name, imports, body, call] of cases) {
      const analysis = await analysisOf(go, write(name, imports, body));
      const card = deadCode(analysis);
      const unused = symbolsNamed(analysis, 'main.T.Unused').length > 0;
      expect([name, card.on, unused]).toEqual([name, call === '', call !== '']);
      expect(card.causes.map(cause => [cause.symbol, cause.call])).toEqual(call === '' ? [] : [['main.main', call]]);
      if (call !== '') {
        expect(card.causes[0].place).toMatchObject({ line: 17 });
        expect(card.cost).toBeGreaterThan(1000);
      }
    }
  });

  goTest('a method that stays for a call by its name tells whose call that is', async go => {
    const analysis = await analysisOf(go, write('whose', '"reflect"', 'reflect.ValueOf(sink).MethodByName("Unused")'));
    const [unused] = symbolsNamed(analysis, 'main.T.Unused');
    const steps = whyLinked(analysis, unused).chain.map(step => step.how);
    expect(steps).toContain('has the method Unused, which main.main calls by its name');
  });
});
