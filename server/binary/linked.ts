/**
 * The objects that a program is linked from, out of Go's build cache: `go list -export` names them and compiles those that
 * are missing.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { BuildInfo } from '../../core/binary/buildinfo.ts';
import { sourceOf } from '../../core/binary/bytes.ts';
import { readCgoExports } from '../../core/binary/cgo-directives.ts';
import { readBuiltins, readGoObjects } from '../../core/binary/goobj.ts';
import { readHostObjects } from '../../core/binary/hostobject.ts';
import { type BuildMode, loadProgram } from '../../core/size/link.ts';
import { type Analysis, analyse } from '../../core/size/why.ts';

/** What is linked, and with which go. */
export interface LinkedRequest {
  cwd: string;
  /** The main package, as a package argument or import path. */
  main: string;
  /** Flags of go build. */
  flags: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** The go command. */
  program: string;
}

/** Packages whose C code Go's own linker takes (cmd/link/internal/ld internalpkg). */
const LINKED_INTERNALLY =
  /^(?:crypto\/internal\/boring(?:\/syso)?|crypto\/x509|net|os\/user|runtime\/(?:cgo|asan|msan|race(?:\/internal\/.*)?))$/;

const NEEDS_GO =
  'why something is linked is read from the objects in its build cache; what a file tells by itself, gospect size shows';

interface Listed {
  ImportPath: string;
  Name?: string;
  Export?: string;
  CgoFiles?: string[];
  DepOnly?: boolean;
  Error?: { Err: string };
}

/** The flags and settings that a file says it was built with, as they change its objects. */
export function requestOf(info: BuildInfo): { main: string; flags: string[]; env: Record<string, string> } {
  const flags: string[] = [];
  const env: Record<string, string> = {};
  for (const { key, value } of info.settings) {
    if (/^-(?:tags|trimpath|race|msan|asan|buildmode|gcflags|asmflags|ldflags|cover|covermode)$/.test(key))
      flags.push(`${key}=${value}`);
    else if (/^(?:GO|CGO_ENABLED$)/.test(key)) env[key] = value;
  }
  return { main: info.path, flags, env };
}

/** Loads the objects and runs reachability over them. */
export async function linkedProgram(
  request: LinkedRequest,
  signal?: AbortSignal,
): Promise<{ ok: true; analysis: Analysis; goVersion: string } | { ok: false; message: string }> {
  const env = { ...request.env, GOTOOLCHAIN: request.env['GOTOOLCHAIN'] ?? 'local' };
  const go = (...args: string[]) => run(request.program, args, request.cwd, env, signal);
  const asked = await go('env', '-json', 'GOROOT', 'GOVERSION', 'GOOS', 'GOARCH');
  if (!asked.ok) return asked;
  const settings = JSON.parse(asked.text) as Record<string, string>;
  const fields = '-json=ImportPath,Name,Export,CgoFiles,DepOnly,Error';
  const listed = await go('list', '-export', '-deps', fields, ...request.flags, '--', request.main);
  if (!listed.ok) return listed;
  const packages = JSON.parse(`[${listed.text.replaceAll(/^\}\n\{/gm, '},\n{')}]`) as Listed[];
  const [main, ...more] = packages.filter(p => !p.DepOnly);
  if (main === undefined || more.length > 0)
    return { ok: false, message: `${request.main} is not one package: name one` };
  if (main.Name !== 'main') return { ok: false, message: `${main.ImportPath} is no main package` };
  const broken = packages.find(p => p.Error !== undefined);
  if (broken) return { ok: false, message: `${broken.ImportPath}: ${broken.Error!.Err}` };
  const mode = flagValue(request.flags, 'buildmode') || 'exe';
  const external =
    /^(?:c-shared|c-archive|plugin)$/.test(mode) ||
    /linkmode[= ]external/.test(flagValue(request.flags, 'ldflags')) ||
    packages.some(p => (p.CgoFiles?.length ?? 0) > 0 && !LINKED_INTERNALLY.test(p.ImportPath));
  let builtins: ReturnType<typeof readBuiltins>;
  try {
    builtins = readBuiltins(
      fs.readFileSync(path.join(settings['GOROOT'], 'src/cmd/internal/goobj/builtinlist.go'), 'utf8'),
    );
  } catch {
    return { ok: false, message: `${settings['GOROOT']} has no sources of the linker (src/cmd/internal/goobj)` };
  }
  const linked = packages
    .filter(p => p.Export !== undefined)
    .map(p => {
      const name = p === main ? 'main' : p.ImportPath.replace(/ \[.*\]$/, '');
      const source = sourceOf(new Uint8Array(fs.readFileSync(p.Export!)));
      return {
        path: name,
        objects: readGoObjects(source, name),
        exports: (p.CgoFiles?.length ?? 0) > 0 ? readCgoExports(source) : [],
        host: external ? [] : readHostObjects(source, name),
      };
    });
  const program = loadProgram(linked, {
    goos: settings['GOOS'],
    goarch: settings['GOARCH'],
    goroot: settings['GOROOT'].replaceAll('\\', '/'),
    mode: mode as BuildMode,
    external,
    builtins,
  });
  if (program.roots.length === 0) return { ok: false, message: 'the objects have no entry point' };
  return { ok: true, analysis: analyse(program), goVersion: settings['GOVERSION'] };
}

function flagValue(flags: readonly string[], name: string): string {
  const found = flags.findLast(f => f.startsWith(`-${name}=`) || f.startsWith(`--${name}=`));
  return found === undefined ? '' : found.slice(found.indexOf('=') + 1);
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<{ ok: true; text: string } | { ok: false; message: string }> {
  return new Promise(resolve => {
    const options = { cwd, env, maxBuffer: 1 << 28, windowsHide: true, ...(signal ? { signal } : {}) };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ ok: true, text: stdout });
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        return resolve({ ok: false, message: `${program} is not there: ${NEEDS_GO}` });
      const said = stderr.split('\n').filter(line => line !== '' && !/^#/.test(line));
      resolve({ ok: false, message: said.slice(0, 3).join('; ') || error.message });
    });
  });
}
