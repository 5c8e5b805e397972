/**
 * What pkg-config would say of packages (`#cgo pkg-config: name…`), read from their .pc files; it is not run. A package
 * whose file is not found says nothing: its headers then stay unknown, and the names of C with them.
 */
import type { FileSystem } from '../source/files.ts';
import { dirname, join } from '../source/path.ts';
import { decodeUtf8 } from '../source/utf8.ts';

export interface PkgFlags {
  cflags: string[];
  libs: string[];
}

/** Folders in which pkg-config looks when no variable says otherwise. */
function defaultDirs(fs: FileSystem): string[] {
  const dirs: string[] = [];
  for (const root of ['/usr/local', '/usr', '/opt/homebrew', '/opt/local']) {
    const lib = join(root, 'lib');
    // Debian's folders by machine: those of all machines, since a cross build names its own
    for (const e of fs.readDir(lib) ?? []) if (/-linux-gnu/.test(e.name)) dirs.push(join(lib, e.name, 'pkgconfig'));
    dirs.push(join(root, 'lib64/pkgconfig'), join(lib, 'pkgconfig'), join(root, 'share/pkgconfig'));
  }
  return dirs.filter(dir => fs.stat(dir) === 'dir');
}

/**
 * The flags of the packages and of all that they require, each package once. `path` and `libdir` are PKG_CONFIG_PATH's
 * and PKG_CONFIG_LIBDIR's folders, null when the latter is not set.
 */
export function pkgConfigFlags(
  fs: FileSystem,
  names: readonly string[],
  path: readonly string[],
  libdir: readonly string[] | null,
): PkgFlags {
  const dirs = [...path, ...(libdir ?? defaultDirs(fs))];
  const out: PkgFlags = { cflags: [], libs: [] };
  const seen = new Set<string>();
  const queue = names.filter(name => !name.startsWith('-'));
  for (let i = 0; i < queue.length && i < 1000; i++) {
    const name = queue[i];
    if (seen.has(name)) continue;
    seen.add(name);
    const file = dirs.map(dir => join(dir, `${name}.pc`)).find(f => fs.stat(f) === 'file');
    const bytes = file === undefined ? null : fs.readFile(file);
    if (file === undefined || bytes === null) continue;
    const fields = readPc(decodeUtf8(bytes), dirname(file));
    for (const flag of words(fields.get('Cflags') ?? fields.get('CFlags') ?? ''))
      if (!/^-I\/usr\/include\/?$/.test(flag)) out.cflags.push(flag);
    for (const flag of words(fields.get('Libs') ?? '')) if (!/^-L\/usr\/lib\/?$/.test(flag)) out.libs.push(flag);
    queue.push(...required(fields.get('Requires') ?? ''), ...required(fields.get('Requires.private') ?? ''));
  }
  return out;
}

/** The fields of a .pc file, variables put in. */
function readPc(text: string, dir: string): Map<string, string> {
  const variables = new Map([['pcfiledir', dir]]);
  const fields = new Map<string, string>();
  const expanded = (value: string): string => {
    let s = value;
    // a variable may stand for others, but not without end
    for (let depth = 0; depth < 20 && s.includes('${') && s.length < 10_000; depth++)
      s = s.replace(/\$\{([^}]*)\}/g, (_, name: string) => variables.get(name) ?? '');
    return s;
  };
  for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const m = /^\s*([\w.]+)\s*([=:])\s*(.*?)\s*$/.exec(line.replace(/(^|\s)#.*$/, ''));
    if (m === null) continue;
    if (m[2] === '=') variables.set(m[1], expanded(m[3]));
    else fields.set(m[1], expanded(m[3]));
  }
  return fields;
}

/** Names of packages in a list with commas, without the versions that they are to have. */
function required(list: string): string[] {
  return list
    .replace(/(<=|>=|!=|=|<|>)\s*\S+/g, ' ')
    .split(/[\s,]+/)
    .filter(name => name !== '');
}

function words(flags: string): string[] {
  return [...flags.matchAll(/(?:\\.|"[^"]*"|'[^']*'|[^\s\\"'])+/g)].map(m => m[0].replace(/\\(.)|["']/g, '$1'));
}
