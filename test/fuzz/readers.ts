/**
 * Throws texts at what reads them: any bytes give an answer or an error, in bounded time.
 *   node scripts/program.mjs test/fuzz/readers.ts [seed] [seconds] [go|head|file|mod|work|vendor|embed …]
 * Texts are Go's own tests, damaged; the same seed damages them the same way. What is found is written to the temporary
 * folder, and the exit status is 1. Seconds are those of the processor; SIGUSR2 prints how far it is.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { matchFile } from '../../core/load/directory.ts';
import { resolveEmbed } from '../../core/load/embed.ts';
import { readGoInfo } from '../../core/load/head.ts';
import { matchModules } from '../../core/load/listmodules.ts';
import { loadModules } from '../../core/load/mainmodules.ts';
import { parseModFile } from '../../core/load/modfile.ts';
import { goRelease } from '../../core/load/release.ts';
import type { FileSystem } from '../../core/source/files.ts';
import { decodeUtf8 } from '../../core/source/utf8.ts';
import { lazyFile, parseBody } from '../../core/syntax/lazy.ts';
import { parseFile } from '../../core/syntax/parse.ts';
import { checkFiles } from '../../core/types/check.ts';
import { Checker } from '../../core/types/checker.ts';
import { Context } from '../../core/types/context.ts';
import { compileErrors } from '../../core/types/gcerrors.ts';
import { newPackage } from '../../core/types/package.ts';
import { sizesFor } from '../../core/types/sizes.ts';
import { testParser } from '../parser.ts';

const [first = '1', seconds = '60', ...chosen] = process.argv.slice(2);
let state = Number(first) >>> 0;
/** A number below n. */
const random = (n: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};

const goroot = process.env['GOROOT'] ?? '/usr/local/go';
const sources: Buffer[] = [];
for (const folder of ['check', 'fixedbugs', 'spec'].map(f => `src/internal/types/testdata/${f}`).concat('test')) {
  const dir = path.join(goroot, folder);
  for (const name of fs.existsSync(dir) ? fs.readdirSync(dir) : [])
    if (name.endsWith('.go')) sources.push(fs.readFileSync(path.join(dir, name)));
}
const goMod = Buffer.from(
  `module example.com/m\n\ngo 1.24\n\nrequire (\n\ta.b/c v1.2.3 // indirect\n)\nreplace a.b/c => ../x\nexclude q.r/s v1.0.0
retract [v1.0.0, v1.1.0] // no\ntool x/y\nignore ./z\ngodebug default=go1.21\ntoolchain go1.25.1\n`,
);
const goWork = Buffer.from('go 1.24\n\nuse (\n\t./a\n\t"./b c"\n)\nreplace a => b v1.0.0\n');
const modulesTxt = Buffer.from('## workspace\n# a.b/c v1.0.0 => ../x\n## explicit; go 1.20\na.b/c/d\n# e.f/g v0.0.1\n');
const patterns = Buffer.from('a/*.txt [a-z] all:b ? x\\*');
const words =
  `( ) { } [ ] " \` ' // /* */ \n \0 \ufeff func type interface{ <- := ... //go:build //line_x:1 0x 1e999999 1<<1000
case T[T] ~int| goto import."fmt" //go:linkname_a_b //go:embed_x package_p v1.2.3 => # ##`
    .split(/ /)
    .map(word => Buffer.from(word.replaceAll('_', ' ')));

function damaged(original: Buffer): Buffer {
  let bytes = original;
  if (bytes.length > 6000) {
    const at = random(bytes.length - 3000);
    bytes = Buffer.concat([Buffer.from('package p\n'), bytes.subarray(at, at + 3000)]);
  }
  for (let k = 1 + random(6); k > 0; k--) {
    const at = random(bytes.length + 1);
    const length = random(40);
    const before = bytes.subarray(0, at);
    const after = bytes.subarray(at);
    const word = words[random(words.length)];
    switch (random(6)) {
      case 0:
        bytes = Buffer.concat([before, bytes.subarray(at + length)]);
        break;
      case 1:
        bytes = Buffer.concat([before, word, after]);
        break;
      case 2: {
        const other = sources.length === 0 ? original : sources[random(sources.length)];
        const from = random(other.length);
        bytes = Buffer.concat([before, other.subarray(from, from + random(300)), after]);
        break;
      }
      case 3:
        bytes = Buffer.from(bytes);
        if (bytes.length > 0) bytes[random(bytes.length)] = random(256);
        break;
      case 4:
        // deep nesting, now and then
        bytes = Buffer.concat([
          before,
          ...Array.from({ length: 1 + random(random(20) === 0 ? 3000 : 8) }, () => word),
          after,
        ]);
        break;
      default:
        bytes = Buffer.concat([before, bytes.subarray(at, at + 3 * length), after]);
    }
  }
  return bytes;
}

const parser = await testParser();
const rules = goRelease(26);
const oneFile = (bytes: Buffer): FileSystem => ({
  readFile: () => bytes,
  readDir: () => [{ name: 'a.txt', kind: 'file' }],
  stat: () => 'dir',
});
const anyFile = { has: () => false, cgo: true, useAllFiles: false, anyTags: false };

/** Loads what there is at /x, and its module graph. */
function load(files: ReadonlyMap<string, Buffer>, mod: string): void {
  const ms = loadModules({
    fs: {
      readFile: file => files.get(file) ?? null,
      readDir: () => [],
      stat: file => (files.has(file) ? 'file' : [...files.keys()].some(f => f.startsWith(`${file}/`)) ? 'dir' : null),
    },
    cwd: '/x',
    goroot: '/go',
    gomodcache: '/cache',
    go111module: '',
    gowork: '',
    mod,
    modfile: '',
    goVersion: '1.26.0',
    gotoolchain: 'local',
  });
  if (ms.fatal.length === 0) matchModules(ms, ['all']);
}

const targets: Record<string, { from(): Buffer; read(bytes: Buffer): void }> = {
  go: {
    from: () => sources[random(sources.length)],
    read(bytes) {
      const parsed = parseFile(parser, '/x/a.go', decodeUtf8(bytes), rules);
      parsed.dispose();
      const conf = {
        importer: { import: () => 'not here' },
        sizes: sizesFor('amd64'),
        goVersion: '',
        funcBodies: true,
        cgo: false,
        allErrors: true,
        ignoreBranchErrors: true,
        context: new Context(),
      };
      compileErrors(checkFiles(new Checker(conf, newPackage('p', ''), [parsed.file])), { lang: 'go1.26' });
      // as the file of an imported package, piece by piece
      const lazy = lazyFile(parser, '/x/a.go', decodeUtf8(bytes), rules);
      for (let i = lazy.outline.units.length - 1; i >= 0; i--) parseBody(lazy, i);
    },
  },
  head: { from: () => sources[random(sources.length)], read: bytes => void readGoInfo(bytes) },
  file: {
    from: () => sources[random(sources.length)],
    read: bytes => void matchFile(oneFile(bytes), '/x', random(2) === 0 ? 'a.s' : 'a.go', anyFile),
  },
  mod: {
    from: () => goMod,
    read(bytes) {
      parseModFile(bytes, true);
      // as the file of the module one is in, and as one that it requires
      load(new Map([['/x/go.mod', bytes]]), random(2) === 0 ? 'mod' : '');
      const main = Buffer.from('module m\n\ngo 1.24\n\nrequire example.com/m v1.2.3\n');
      load(
        new Map([
          ['/x/go.mod', main],
          ['/cache/cache/download/example.com/m/@v/v1.2.3.mod', bytes],
        ]),
        'mod',
      );
    },
  },
  work: {
    from: () => goWork,
    read: bytes =>
      load(
        new Map([
          ['/x/go.work', bytes],
          ['/x/a/go.mod', goMod],
          ['/x/b c/go.mod', Buffer.from('module b\n')],
        ]),
        '',
      ),
  },
  vendor: {
    from: () => modulesTxt,
    read: bytes =>
      load(
        new Map([
          ['/x/go.mod', goMod],
          ['/x/vendor/modules.txt', bytes],
        ]),
        'vendor',
      ),
  },
  embed: {
    from: () => patterns,
    read: bytes => void resolveEmbed(oneFile(bytes), '/x', decodeUtf8(bytes).slice(0, 300).split(' ')),
  },
};

/** Seconds of processor time that a text may cost. */
const patience = 5;
const names = chosen.length > 0 ? chosen : Object.keys(targets);
const spent = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const until = spent() + Number(seconds);
const found = new Set<string>();
let runs = 0;
const report = () => console.log(`${runs} texts in ${(spent() / 60).toFixed(1)} min of CPU, ${found.size} findings`);
process.on('SIGUSR2', report);
while (spent() < until) {
  // signals are seen between texts
  if (runs % 1000 === 999) await new Promise(setImmediate);
  const name = names[runs++ % names.length];
  const { from, read } = targets[name];
  const bytes = damaged(from());
  const begun = process.cpuUsage();
  let problem = '';
  try {
    read(bytes);
  } catch (error) {
    problem = error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' ') : String(error);
  }
  const cost = process.cpuUsage(begun).user / 1e6;
  if (problem === '' && cost > patience) problem = `${cost.toFixed(1)} s`;
  if (problem === '' || found.has(problem)) continue;
  found.add(problem);
  const file = path.join(os.tmpdir(), `gospect-fuzz-${name}-${found.size}`);
  fs.writeFileSync(file, bytes);
  console.log(`${name}: ${problem}\n  ${file}`);
}
report();
process.exitCode = found.size > 0 ? 1 : 0;
