import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readArchive } from '../core/binary/archive.ts';
import { FormatError, sourceOf } from '../core/binary/bytes.ts';
import { type GoObject, RefKind, readBuiltins, readGoObjects } from '../core/binary/goobj.ts';
import { readBuildId } from '../core/binary/buildid.ts';
import { readImage } from '../core/binary/open.ts';
import { ledgerOf } from '../core/size/attribute.ts';
import { KINDS } from '../core/size/ledger.ts';
import { goTest } from './go.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gospect-goobj-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const SOURCE = `package main

import (
	"fmt"
	"os"
	"strings"
)

type shape interface{ area() float64 }
type square[T ~int | ~float64] struct{ side T }

func (s square[T]) area() float64 { return float64(s.side) * float64(s.side) }

var table = map[string]shape{"a": square[int]{2}, "b": square[float64]{1.5}}

func main() {
	fmt.Fprintln(os.Stderr, strings.Repeat("x", len(table)), table["a"].area())
}
`;

describe('objects of the compiler', () => {
  goTest('have the relocations that the compiler prints with -S', ({ go, goroot }) => {
    fs.writeFileSync(path.join(folder, 'main.go'), SOURCE);
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module example.com/shapes\n\ngo 1.21\n');
    const env = { ...process.env, GOFLAGS: '', CGO_ENABLED: '0' };
    const format = '{{.ImportPath}} {{.Export}}';
    const args = ['-export', '-deps', '-gcflags=example.com/shapes=-S', '-f', format, '.'];
    const { stdout, stderr } = spawnSync(go, ['list', ...args], { cwd: folder, env, encoding: 'utf8' });
    const exports = new Map(stdout.split('\n').map(line => line.split(' ') as [string, string]));
    const objects = new Map<string, GoObject[]>();
    const objectsOf = (pkg: string) => {
      let list = objects.get(pkg);
      if (list === undefined) {
        list = readGoObjects(sourceOf(fs.readFileSync(exports.get(pkg)!)), pkg);
        objects.set(pkg, list);
      }
      return list;
    };
    const builtins = readBuiltins(fs.readFileSync(path.join(goroot, 'src/cmd/internal/goobj/builtinlist.go'), 'utf8'));
    const ours: string[] = [];
    for (const object of objectsOf('example.com/shapes')) {
      for (let i = 0; i < object.defined; i++) {
        // -S leaves out what has no name: DWARF
        if (/^(?:$|go:(?:cu)?info\.)|\$abstract$/.test(object.names[i])) continue;
        const r = object.relocations(i);
        for (let k = 0; k < r.count; k++) {
          const kind = r.refKind[k];
          const target =
            kind === RefKind.None
              ? ''
              : kind === RefKind.Here
                ? object.names[r.index[k]]
                : kind === RefKind.Builtin
                  ? builtins[r.index[k]].name
                  : objectsOf(object.packages[r.pkg[k]])[0].names[r.index[k]];
          ours.push(`${object.names[i]}: ${r.offset[k]}+${r.size[k]} ${target}+${r.addend[k]}`);
        }
      }
    }
    const theirs: string[] = [];
    let symbol = '';
    for (const line of stderr.split('\n')) {
      const rel = /^\trel (\d+\+\d+) t=\S+ (.*)$/.exec(line);
      if (rel !== null && !symbol.startsWith('SDWARF')) theirs.push(`${symbol}: ${rel[1]} ${rel[2]}`);
      const head = /^([^\t].*?|) (S[A-Z]+) /.exec(line);
      if (head !== null) symbol = head[2].startsWith('SDWARF') ? head[2] : head[1];
    }
    expect(theirs.length).toBeGreaterThan(50);
    expect(ours.sort()).toEqual(theirs.sort());
  });
});

/** A member of an archive, as ar writes it. */
const member = (name: string, content: string) =>
  `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${String(content.length).padEnd(10)}\`\n${content}${content.length % 2 ? '\n' : ''}`;

describe('the ledger of a package', () => {
  goTest('has each byte in a row, its code by function; its build ID is go’s', ({ go }) => {
    const [file] = execFileSync(go, ['list', '-export', '-f', '{{.Export}}', 'sort'], { encoding: 'utf8' }).split('\n');
    const source = sourceOf(new Uint8Array(fs.readFileSync(file)));
    const read = readImage(source, image => ({ ledger: ledgerOf(image), id: readBuildId(image) }));
    if (!read.ok) throw new Error(read.message);
    const { ledger, id } = read.value;
    let sum = 0;
    const code: Record<string, Uint8Array> = {};
    for (let i = 0; i < ledger.count; i++) {
      sum += ledger.length[i];
      if (KINDS[ledger.kind[i]] === 'code')
        code[ledger.strings[ledger.symbol[i]]] = source.read(ledger.offset[i], ledger.length[i]);
    }
    expect([sum, ledger.unknown, ledger.maker]).toEqual([source.size, 0, 'go']);
    const [object] = readGoObjects(source, 'sort');
    const heap = object.names.indexOf('sort.heapSort');
    expect(code['sort.heapSort']).toEqual(object.data(heap));
    expect(id).toBe(execFileSync(go, ['tool', 'buildid', file], { encoding: 'utf8' }).trim());
  });

  goTest('has code of the FIPS module as code, and a member of C as foreign', ({ go }) => {
    const list = ['list', '-export', '-f', '{{.Export}}', 'crypto/internal/fips140/sha256'];
    const [file] = execFileSync(go, list, { encoding: 'utf8' }).split('\n');
    const other = Buffer.from(member('c.o/', 'x'.repeat(200)), 'latin1');
    const content = fs.readFileSync(file);
    const source = sourceOf(new Uint8Array(Buffer.concat([content, Buffer.alloc(content.length % 2, 10), other])));
    const read = readImage(source, image => ledgerOf(image));
    if (!read.ok) throw new Error(read.message);
    const ledger = read.value;
    const kinds = new Map<string, string>();
    for (let i = 0; i < ledger.count; i++) kinds.set(ledger.strings[ledger.symbol[i]], KINDS[ledger.kind[i]]);
    expect(kinds.get('crypto/internal/fips140/sha256.(*Digest).Write')).toBe('code');
    expect(kinds.get('c.o')).toBe('foreign code');
  });
});

describe('archives', () => {
  const bytes = (text: string) => sourceOf(Uint8Array.from(text, c => c.charCodeAt(0)));

  test('name their members as GNU and BSD ar do', () => {
    const gnu = `!<arch>\n${member('/', 'index')}${member('//', 'a_rather_long_name.o/\n')}${member('/0', 'one')}${member('b.o/', 'four')}`;
    expect(readArchive(bytes(gnu)).map(m => [m.name, m.size])).toEqual([
      ['', 5],
      ['', 22],
      ['a_rather_long_name.o', 3],
      ['b.o', 4],
    ]);
    const bsd = readArchive(bytes(`!<arch>\n${member('#1/8', 'name.o\0\0content')}`));
    expect(bsd.map(m => [m.name, m.size, m.offset - m.header])).toEqual([['name.o', 7, 68]]);
  });

  test('that end early say so', () => {
    const cut = `!<arch>\n${member('a.o/', 'content')}`.slice(0, -4);
    expect(() => readArchive(bytes(cut))).toThrow(FormatError);
    expect(() => readGoObjects(bytes('go object'), 'p')).toThrow(FormatError);
  });
});
