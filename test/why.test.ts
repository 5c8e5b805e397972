import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { type Analysis, deadCode, symbolsNamed, whyLinked } from '../core/size/why.ts';
import { linkedProgram } from '../server/linked.ts';
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

async function analysisOf({ go }: GoToolchain, main: string): Promise<Analysis> {
  const found = await linkedProgram({ cwd: folder, main, flags: [], env, program: go });
  if (!found.ok) throw new Error(found.message);
  return found.analysis;
}

/** What the linker says it reaches: pairs, and names without marks. */
function dumpdep({ go }: GoToolchain, main: string): [string, string][] {
  const args = ['build', '-ldflags=-dumpdep', '-o', path.join(folder, 'out'), main];
  const { stdout, stderr } = spawnSync(go, args, { cwd: folder, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  return `${stdout}${stderr}`.split('\n').flatMap((line): [string, string][] => {
    // names of strings may have an arrow in them
    const at = line.indexOf(' -> ', line.startsWith('go:string.') ? line.indexOf('" -> ') : 0);
    const plain = (name: string) => name.replace(/ (?:<\w+>)+$/, '');
    return at < 0 || line.includes('go:string.') ? [] : [[plain(line.slice(0, at)), plain(line.slice(at + 4))]];
  });
}

describe('why a symbol is linked', () => {
  goTest(
    'the same symbols stay as in the linker, over edges that are relocations',
    async go => {
      const main = write('fmt', '"fmt"', 'fmt.Println(sink)');
      const analysis = await analysisOf(go, main);
      const { program, result } = analysis;
      const pairs = dumpdep(go, main);
      const ours = new Set<string>();
      const edges = new Set<string>();
      for (let symbol = 0; symbol < program.count; symbol++) {
        const name = program.nameOf(symbol);
        if (!result.reached[symbol] || name === '' || name.startsWith('go:string.')) continue;
        ours.add(name);
        const [from, to] = program.edges(symbol);
        for (let edge = from; edge < to; edge++)
          if (program.target(edge) >= 0) edges.add(`${name} -> ${program.nameOf(program.target(edge))}`);
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
    },
    120_000,
  );

  goTest(
    'elimination of methods is off by the call that is in the way, and by nothing else',
    async go => {
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
    },
    120_000,
  );
});
