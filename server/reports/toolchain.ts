/** Which Go a folder uses and why, what is in it, what else is installed, and where each setting comes from. */
import fs from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { findModuleRoot, findWorkFile } from '../../core/load/mainmodules.ts';
import { parseModFile, parseWorkFile } from '../../core/load/modfile.ts';
import { enabledExperiments, goRelease, releaseMinor } from '../../core/load/release.ts';
import { levelKnob } from '../../core/load/target.ts';
import { join } from '../../core/source/path.ts';
import { cacheDir } from '../go-cache.ts';
import { type Environment, findGo, type GoEnv, lookPath, moduleCache, readVersion } from '../go-env.ts';
import { nodeFiles, slashed } from '../node-files.ts';
import type { ReportNode } from '../protocol/reports.ts';
import { formatCount, formatSize } from '../protocol/units.ts';
import { row } from './row.ts';

/** `chosen`: the settings name the Go, whose folder is the environment's GOROOT here. */
export function toolchainReport(cwd: string, env: Environment, chosen = false): ReportNode[] {
  const files = nodeFiles();
  const found = findGo(files, slashed(cwd), env);
  if (!found.ok) {
    const others = installations(env, null);
    return [
      row('bad', 'No Go found', found.message, { tooltip: 'https://go.dev/dl/' }),
      ...(others.length > 0 ? [row('tool', 'Installed elsewhere', '', { expanded: true, children: others })] : []),
    ];
  }
  const { go } = found;
  return [
    row(
      'good',
      go.version || 'unknown version',
      chosen ? go.why.replace('GOROOT is set', 'the settings name it') : go.why,
      {
        file: go.goroot,
        tooltip: `GOROOT=${go.goroot}`,
        expanded: true,
        children: [...choice(cwd, go, env), ...inside(go)],
      },
    ),
    row('tool', 'Installed', 'switch to another', { children: installations(env, go) }),
    row('setting', 'Settings', 'those that are set, and by whom', { children: settings(go, env) }),
  ];
}

/** What had a say in which Go it is. */
function choice(cwd: string, go: GoEnv, env: Environment): ReportNode[] {
  const files = nodeFiles();
  const out: ReportNode[] = [];
  const onPath = lookPath('go', env);
  out.push(
    onPath === null
      ? row('info', 'go on PATH', 'none')
      : row('file', 'go on PATH', readVersion(rootOf(onPath)) || 'no VERSION beside it', {
          file: onPath,
          tooltip: onPath,
        }),
  );
  const setting = go.get('GOTOOLCHAIN') || 'local';
  const meaning =
    setting === 'local'
      ? 'always the one that runs, whatever go.mod asks for'
      : setting === 'auto' || setting.endsWith('+auto')
        ? 'a newer one if go.mod or go.work asks for it, downloaded if need be'
        : setting === 'path' || setting.endsWith('+path')
          ? 'a newer one if go.mod or go.work asks for it, from PATH'
          : 'this one always';
  out.push(row('setting', `GOTOOLCHAIN=${setting}`, `${meaning} (${sourceOf('GOTOOLCHAIN', env, go)})`));
  const at = slashed(cwd);
  const work = findWorkFile(files, at, go.get('GOWORK'), go.goroot);
  const root = findModuleRoot(files, at);
  for (const [file, parse] of [
    [work, parseWorkFile],
    [root === '' ? '' : join(root, 'go.mod'), parseModFile],
  ] as const) {
    const source = file === '' ? null : files.readFile(file);
    if (!source) continue;
    const mod = parse(source);
    const lines = [mod.go && `go ${mod.go}`, mod.toolchain && `toolchain ${mod.toolchain}`].filter(Boolean).join(', ');
    const unused = file !== work && work !== '' ? ' (not asked: go.work applies)' : '';
    out.push(row('module', path.basename(file), `${lines || 'no go line'}${unused}`, { file }));
  }
  return out;
}

/** What is in the installation. */
function inside(go: GoEnv): ReportNode[] {
  const out: ReportNode[] = [row('folder', 'GOROOT', go.goroot, { file: go.goroot, copy: go.goroot })];
  const minor = releaseMinor(go.version);
  if (minor !== null) {
    const on = enabledExperiments(
      goRelease(minor),
      go.get('GOOS') || go.hostOS,
      go.get('GOARCH') || go.hostArch,
      go.get('GOEXPERIMENT'),
    );
    if (on.ok)
      out.push(
        row('setting', 'Experiments', on.enabled.join(', ') || 'none on', {
          tooltip: go.get('GOEXPERIMENT')
            ? `GOEXPERIMENT=${go.get('GOEXPERIMENT')}`
            : 'those of the release; GOEXPERIMENT is not set',
        }),
      );
    else out.push(row('bad', 'Experiments', on.message));
    // Since 1.22 a release is built by the one two before it, an odd one by the even one below that (cmd/dist).
    if (minor >= 22)
      out.push(row('info', 'Bootstrap', `builds from source with Go 1.${minor - 2 - (minor % 2)} or newer`));
  }
  const goarch = go.get('GOARCH') || go.hostArch;
  const knob = levelKnob(goarch);
  if (knob)
    out.push(
      row('setting', knob.variable, `${go.get(knob.variable) || knob.default} (${sourceOf(knob.variable, {}, go)})`),
    );
  const tools = path.join(go.goroot, 'pkg/tool', `${go.hostOS}_${go.hostArch}`);
  const names = list(tools);
  out.push(
    row('tool', 'Tools', names.length === 0 ? 'none: built when needed' : formatCount(names.length, 'program'), {
      file: names.length > 0 ? tools : '',
      children: names.map(name => {
        const file = path.join(tools, name);
        return row('file', name, formatSize(fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0), { file });
      }),
    }),
  );
  const std = path.join(go.goroot, 'src');
  out.push(
    list(std).length === 0
      ? row('bad', 'Standard library', `no sources in ${std}: reinstall Go`)
      : row('package', 'Standard library', std, { file: std }),
  );
  return out;
}

function list(dir: string): string[] {
  try {
    return fs.readdirSync(dir).sort();
  } catch {
    return [];
  }
}

function rootOf(program: string): string {
  try {
    return path.dirname(path.dirname(fs.realpathSync(program)));
  } catch {
    return path.dirname(path.dirname(program));
  }
}

/** Installations on PATH, in ~/sdk and in the module cache, newest first. */
function installations(env: Environment, current: GoEnv | null): ReportNode[] {
  const found = new Map<string, string>();
  const add = (root: string, how: string): void => {
    const real = slashed(root);
    if (readVersion(root) !== '' && !found.has(real)) found.set(real, how);
  };
  if (current) add(current.goroot, 'in use');
  for (const dir of (env['PATH'] ?? '').split(path.delimiter)) {
    const program = dir === '' ? null : lookPath('go', { ...env, PATH: dir });
    if (program) add(rootOf(program), `on PATH: ${program}`);
  }
  const sdk = path.join(env['HOME'] ?? homedir(), 'sdk');
  for (const name of list(sdk)) add(path.join(sdk, name), `in ${sdk}`);
  const downloaded = path.join(current?.gomodcache ?? moduleCache(env), 'golang.org');
  for (const name of list(downloaded))
    if (name.startsWith('toolchain@')) add(path.join(downloaded, name), 'in the module cache');
  const number = (v: string): number => {
    const m = /^go1\.(\d+)(?:\.(\d+))?/.exec(v);
    return m ? Number(m[1]) * 1000 + Number(m[2] ?? 0) : 0;
  };
  return [...found]
    .map(([root, how]) => ({ root, how, version: readVersion(root) }))
    .sort((a, b) => number(b.version) - number(a.version))
    .map(({ root, how, version }) => {
      const now = root === current?.goroot;
      return row(now ? 'good' : 'tool', version, now ? 'in use' : how, {
        tooltip: root,
        file: root,
        goroot: now ? '' : root,
      });
    });
}

const interesting = [
  'GOFLAGS',
  'GOEXPERIMENT',
  'GOTOOLCHAIN',
  'GOOS',
  'GOARCH',
  'CGO_ENABLED',
  'CC',
  'CXX',
  'CGO_CFLAGS',
  'CGO_LDFLAGS',
  'GOPROXY',
  'GOPRIVATE',
  'GONOPROXY',
  'GONOSUMDB',
  'GOSUMDB',
  'GOINSECURE',
  'GOWORK',
  'GO111MODULE',
  'GOPATH',
  'GOMODCACHE',
  'GOCACHE',
  'GOCACHEPROG',
  'GODEBUG',
  'GOAMD64',
  'GOARM',
  'GOARM64',
];

/** Who set a variable (cmd/go/internal/cfg): the environment, the user's file, the installation's. */
export function sourceOf(name: string, env: Environment, go: GoEnv): string {
  if (env[name]) return 'environment';
  if (go.get(name) === '') return 'default';
  try {
    const defaults = fs.readFileSync(path.join(go.goroot, 'go.env'), 'utf8');
    const m = new RegExp(`^${name}=(.*)$`, 'm').exec(defaults);
    if (m && m[1].trim() === go.get(name)) return 'go.env of the installation';
  } catch {
    // An installation without one.
  }
  return 'go env -w';
}

function settings(go: GoEnv, env: Environment): ReportNode[] {
  const out = interesting
    .filter(name => go.get(name) !== '')
    .map(name =>
      row('setting', `${name}=${go.get(name)}`, sourceOf(name, env, go), { copy: `${name}=${go.get(name)}` }),
    );
  const cache = cacheDir(go, env);
  if (go.get('GOCACHE') === '')
    out.push(
      cache.ok
        ? row('setting', `GOCACHE=${cache.dir}`, 'default', { file: cache.dir })
        : row('info', 'GOCACHE', cache.message),
    );
  if (go.get('GOMODCACHE') === '')
    out.push(row('setting', `GOMODCACHE=${go.gomodcache}`, 'default', { file: go.gomodcache }));
  return out.sort((a, b) => (a.label < b.label ? -1 : 1));
}
