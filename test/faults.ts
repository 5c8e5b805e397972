/**
 * Modules with faults, and what Go says of them. A file of test/faults has cases:
 *
 *     === name
 *     $ [NAME=VALUE …] build ./...       a command, `go` left out; for us `build` is `check`, `test` is `check -test`
 *     > a line of its output
 *     2> a line of its errors
 *     ! 1                                its exit status when it is not 0
 *     -- a/b.go --                       a file, as in txtar
 *
 * Files under `cache/MODULE@VERSION/` are a module in the module cache; its lines in go.sum are made unless the case has
 * a go.sum of its own. $WORK is the case's folder, ␀ a NUL. Nothing is downloaded.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gospect } from './gospect.ts';

export interface FaultCommand {
  env: Record<string, string>;
  args: string[];
  /** As written after `$ `. */
  line: string;
  want: string;
}

export interface FaultCase {
  name: string;
  commands: FaultCommand[];
  files: [name: string, text: string][];
}

export function faultFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.txt'))
    .sort();
}

export function parseFaults(text: string): FaultCase[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map(block => {
      const [head, ...parts] = block.split(/^-- (.*) --\n/m);
      const [name, ...lines] = head.split('\n');
      const commands: FaultCommand[] = [];
      for (const line of lines) {
        if (line.startsWith('$ ')) {
          const words = [...line.slice(2).matchAll(/'([^']*)'|([^\s'=]+='[^']*')|(\S+)/g)].map(m =>
            (m[1] ?? m[2] ?? m[3]).replaceAll("'", ''),
          );
          const first = words.findIndex(word => !/^[A-Z0-9_]+=/.test(word));
          const env = Object.fromEntries(words.slice(0, first).map(w => w.split(/=(.*)/s, 2)));
          commands.push({ env, args: words.slice(first), line: line.slice(2), want: '' });
        } else if (line !== '') commands[commands.length - 1].want += `${line}\n`;
      }
      const files: [string, string][] = [];
      for (let i = 0; i < parts.length; i += 2) files.push([parts[i], parts[i + 1]]);
      return { name, commands, files };
    });
}

export function formatFaults(cases: readonly FaultCase[]): string {
  const head = (c: FaultCase) => c.commands.map(k => `$ ${k.line}\n${k.want}`).join('');
  return cases
    .map(c => `=== ${c.name}\n${head(c)}${c.files.map(([name, text]) => `-- ${name} --\n${text}`).join('')}`)
    .join('');
}

/** The hash of a module that has this one file, as go.sum has it (dirhash.Hash1). */
function h1(name: string, text: string): string {
  const sum = createHash('sha256').update(text).digest('hex');
  return `h1:${createHash('sha256').update(`${sum}  ${name}\n`).digest('base64')}`;
}

const escaped = (s: string): string => s.replace(/[A-Z]/g, c => `!${c.toLowerCase()}`);

/** Writes the case's files; what it is run in. */
export function writeCase(c: FaultCase): { dir: string; env: Record<string, string>; remove(): void } {
  const dir = mkdtempSync(path.join(realpathSync(tmpdir()), 'gospect-faults-'));
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  };
  const sums = new Set<string>();
  for (const [name, text] of c.files) {
    const m = /^cache\/([^@]+)@([^/]+)\/(.*)$/.exec(name);
    if (m === null) {
      write(`w/${name}`, text.replaceAll('$WORK', `${dir}/w`).replaceAll('␀', '\0'));
      continue;
    }
    const [, mod, version, file] = m;
    const download = `cache/cache/download/${escaped(mod)}/@v/${version}`;
    if (file === 'go.mod') {
      write(`${download}.mod`, text);
      write(`${download}.info`, JSON.stringify({ Version: version, Time: '2024-05-06T07:08:09Z' }));
      sums.add(`${mod} ${version}/go.mod ${h1('go.mod', text)}`);
      if (!c.files.some(([other]) => other.startsWith(`cache/${mod}@${version}/`) && other !== name)) continue;
    }
    write(`cache/${escaped(mod)}@${version}/${file}`, text);
    write(`${download}.ziphash`, h1('x', mod));
    write(`${download}.zip`, '');
    sums.add(`${mod} ${version} ${h1('x', mod)}`);
  }
  if (sums.size > 0 && !c.files.some(([name]) => name === 'go.sum' || name === 'go.work'))
    write('w/go.sum', `${[...sums].sort().join('\n')}\n`);
  const env = {
    GOPROXY: 'off',
    GOFLAGS: '',
    GOWORK: '',
    GO111MODULE: '',
    GOTOOLCHAIN: 'local',
    GOENV: 'off',
    GOMODCACHE: `${dir}/cache`,
    GONOSUMDB: '*',
    GOOS: 'linux',
    GOARCH: 'amd64',
    CGO_ENABLED: '0',
  };
  return { dir, env, remove: () => rmSync(dir, { recursive: true }) };
}

/** An output as a case has it, with names for the folders. */
export function recorded(out: string, err: string, status: number, dir: string, goroot: string): string {
  const named = (text: string, mark: string) =>
    text
      .replaceAll(`${dir}/w`, '$WORK')
      .replaceAll(`${dir}/cache`, '$CACHE')
      .replaceAll(dir, '$TOP')
      .replaceAll(goroot, '$GOROOT')
      .replaceAll(/(running go |toolchain is go)1\.[0-9.]+\d/g, '$1$GOVERSION')
      .split('\n')
      .filter(
        (line, i, all) =>
          (line !== '' || i < all.length - 1) &&
          !/^(go: downloading |usage: go |Run 'go help |(FAIL|ok|\?)\b)/.test(line),
      )
      .map(line => `${mark} ${line}`.trimEnd() + '\n')
      .join('');
  return named(out, '>') + named(err, '2>') + (status === 0 ? '' : `! ${status}\n`);
}

/** The command's arguments for go: tests are compiled, not run. */
export function goArguments({ args }: FaultCommand): string[] {
  return args[0] === 'test' ? ['test', '-run=NONE', '-vet=off', ...args.slice(1)] : args;
}

/** What we print for the command. */
export async function runOurs(
  { args, env }: FaultCommand,
  written: { dir: string; env: Record<string, string> },
  goroot: string,
): Promise<string> {
  const [verb, ...rest] = args;
  const name = verb === 'build' ? ['check'] : verb === 'test' ? ['check', '-test'] : [verb];
  const { code, out, err } = await gospect(
    [...name, ...rest.map(a => a.replaceAll('$WORK', `${written.dir}/w`))],
    path.join(written.dir, 'w', env['IN'] ?? ''),
    { ...process.env, ...written.env, GOROOT: goroot, ...within(env, written.dir) },
  );
  return recorded(out, err, code, written.dir, goroot);
}

/** The environment of a command, with $WORK in it. */
export function within(env: Record<string, string>, dir: string): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replaceAll('$WORK', `${dir}/w`)]));
}

export function readFaults(file: string): FaultCase[] {
  return parseFaults(readFileSync(file, 'utf8'));
}
