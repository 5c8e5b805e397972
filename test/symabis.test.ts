/** What assembly files define and refer to is what `go tool asm -gensymabis` writes, for all of std. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { pathToPrefix } from '../core/ir/names.ts';
import { loadPackages } from '../core/load/load.ts';
import { Abi, symAbis } from '../core/load/symabis.ts';
import { loadDefaults, prepareLoading } from '../server/loading.ts';
import { goTest } from './go.ts';

for (const [goarch, defined] of [
  ['amd64', ['GOAMD64_v1']],
  ['arm64', []],
] as const) {
  goTest(`assembly of std says what go tool asm reads in it, ${goarch}`, ({ goroot }) => {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'gospect-symabis-'));
    try {
      const env = { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: goarch };
      const loading = prepareLoading(new Map(), { cwd: path.join(goroot, 'src'), env });
      const { roots } = loadPackages(loading.env, loading.target, ['std'], loadDefaults);
      const include = path.join(goroot, 'pkg/include');
      const asm = execFileSync('go', ['tool', '-n', 'asm'], { encoding: 'utf8' }).trim();
      // the compiler writes the offsets of fields there; go makes it empty for this
      writeFileSync(path.join(dir, 'go_asm.h'), '');
      const seen = { def: 0, ref: 0 };
      for (const p of roots.filter(root => root.files.sFiles.length > 0)) {
        const out = path.join(dir, 'symabis');
        const words = ['GOOS_linux', `GOARCH_${goarch}`, ...defined].flatMap(word => ['-D', word]);
        const args = ['-p', p.importPath, '-I', dir, '-I', include, ...words, '-gensymabis', '-o', out];
        execFileSync(asm, [...args, ...p.files.sFiles], { cwd: p.dir, env, stdio: 'pipe' });
        const theirs = new Set(readFileSync(out, 'utf8').split('\n').filter(Boolean));
        const texts = p.files.sFiles.map(name => readFileSync(path.join(p.dir, name), 'utf8'));
        const { defs, refs } = symAbis(texts, pathToPrefix(p.importPath), loading.target, name => {
          for (const from of [p.dir, include]) {
            try {
              return readFileSync(path.join(from, name), 'utf8');
            } catch {}
          }
          return null;
        });
        const ours = new Set<string>();
        const abis = { ABI0: Abi.ABI0, ABIInternal: Abi.ABIInternal };
        for (const [text, abi] of Object.entries(abis)) {
          for (const [name, bits] of defs) if ((bits & abi) !== 0) ours.add(`def ${name} ${text}`);
          for (const [name, bits] of refs) if ((bits & abi) !== 0) ours.add(`ref ${name} ${text}`);
        }
        expect([...ours].sort(), p.importPath).toEqual([...theirs].sort());
        for (const line of theirs) seen[line.slice(0, 3) as 'def' | 'ref']++;
      }
      expect(seen.def).toBeGreaterThan(100);
      expect(seen.ref).toBeGreaterThan(100);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
}
