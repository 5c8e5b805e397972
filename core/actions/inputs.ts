/**
 * What is hashed into a cache key, line by line, and in which of it two keys differ. The lines are those of
 * work.Builder.buildActionID, linkActionID and printLinkerConfig; each is taken apart as far as its parts have causes of
 * their own: a flag, a variable, a file, the version of a module.
 */
import { decodeUtf8 } from '../source/utf8.ts';
import { unquoteBytes } from '../source/unquote.ts';
import type { CacheKey } from './keys.ts';

/** What an input is; in the order in which a reader wants to hear of them. */
export type InputKind =
  | 'release'
  | 'tool'
  | 'target'
  | 'environment'
  | 'flag'
  | 'profile'
  | 'module'
  | 'folder'
  | 'file'
  | 'cgo'
  | 'godebug'
  | 'vcs'
  | 'import'
  | 'other';

const order: readonly InputKind[] = [
  'release',
  'tool',
  'target',
  'environment',
  'flag',
  'profile',
  'module',
  'folder',
  'file',
  'cgo',
  'godebug',
  'vcs',
  'import',
  'other',
];

/** One of the things that Go hashed into the key of an action. */
export interface KeyInput {
  kind: InputKind;
  /** Which of its kind: `main.go`, `fmt`, `GOAMD64`, `-race`. */
  name: string;
  value: string;
}

/** The text of a hashed line, without the quotes it was printed in and its line end. */
function textOf(quoted: string): string {
  const bytes = unquoteBytes(quoted);
  return bytes === null ? quoted : decodeUtf8(bytes).replace(/\n$/, '');
}

/** The words of a list that was printed with %q: `["-N" "-l"]`. */
function quotedList(list: string): string[] {
  return [...list.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(m => textOf(m[0]));
}

/** The lists `[...]` in a text, quoted words respected. */
function listsOf(text: string): string[] {
  return text.match(/\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]/g) ?? [];
}

/** Flags of a tool as inputs: `-X` with the variable it sets, any other with the word that follows it. */
function flagsOf(words: readonly string[], prefix: string): KeyInput[] {
  const out: KeyInput[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const eq = word.indexOf('=');
    let name = eq > 0 ? word.slice(0, eq) : word;
    let value = eq > 0 ? word.slice(eq + 1) : '';
    if (eq < 0 && i + 1 < words.length && !words[i + 1].startsWith('-')) {
      value = words[++i];
      const assigned = value.indexOf('=');
      if (name === '-X' && assigned > 0) {
        name += ` ${value.slice(0, assigned)}`;
        value = value.slice(assigned + 1);
      }
    }
    const full = prefix + name;
    const before = out.find(o => o.name === full);
    if (before) before.value += ` ${value}`;
    else out.push({ kind: 'flag', name: full, value });
  }
  return out;
}

const environment = /^([A-Z][A-Z0-9_]*)=(.*)$/s;

/** The inputs that a hashed line holds; most hold one. */
export function inputsOf(quoted: string): KeyInput[] {
  const text = textOf(quoted);
  const one = (kind: InputKind, name: string, value: string): KeyInput[] => [{ kind, name, value }];
  const space = text.indexOf(' ');
  const rest = space < 0 ? '' : text.slice(space + 1);
  switch (space < 0 ? text : text.slice(0, space)) {
    case 'file': {
      // Names may have spaces, hashes have none.
      const last = rest.lastIndexOf(' ');
      return one('file', rest.slice(0, last), rest.slice(last + 1));
    }
    case 'import': {
      if (rest.startsWith('"')) return one('other', 'import path', textOf(rest));
      const last = rest.lastIndexOf(' ');
      return one('import', rest.slice(0, last), rest.slice(last + 1));
    }
    case 'packagefile': {
      const eq = rest.lastIndexOf('=');
      return one('import', rest.slice(0, eq), rest.slice(eq + 1));
    }
    case 'packagemain':
      return one('other', 'package main', rest);
    case 'pgofile':
      return one('profile', 'PGO profile', rest);
    case 'dir':
      return one('folder', 'folder', rest);
    case 'module': {
      const at = rest.lastIndexOf('@');
      return one('module', rest.slice(0, at), rest.slice(at + 1));
    }
    case 'go':
      return one('module', 'go directive', rest);
    case 'goos': {
      const m = /^(\S+) goarch (\S+)$/.exec(rest);
      return one('target', 'GOOS/GOARCH', m ? `${m[1]}/${m[2]}` : rest);
    }
    case 'buildmode': {
      const m = /^(\S+) goos (\S+) goarch (\S+)$/.exec(rest);
      if (!m) return one('flag', '-buildmode', rest);
      return [...one('flag', '-buildmode', m[1]), ...one('target', 'GOOS/GOARCH', `${m[2]}/${m[3]}`)];
    }
    case 'trimpath':
      return one('flag', '-trimpath', '');
    case 'cover': {
      const [mode = '', tool = ''] = quotedList(text);
      return [...one('flag', '-cover', mode), ...one('tool', 'cover', tool)];
    }
    case 'fuzz':
      return flagsOf(quotedList(rest), 'fuzz ');
    case 'compile': {
      // `compile compile version go1.26.8 [what -race and its like add] [-gcflags of the package]`
      const lists = listsOf(rest);
      if (lists.length === 0) break;
      const tool = rest.slice(0, rest.indexOf(lists[0])).trim();
      return [
        ...one('tool', 'compile', tool),
        ...flagsOf(quotedList(lists[0]), ''),
        ...flagsOf(quotedList(lists[1] ?? ''), '-gcflags '),
      ];
    }
    case 'asm': {
      const lists = listsOf(rest);
      const [tool = rest] = quotedList(rest);
      return [
        ...one('tool', 'asm', tool),
        ...flagsOf(quotedList(lists[0] ?? ''), ''),
        ...flagsOf(quotedList(lists[1] ?? ''), '-asmflags '),
      ];
    }
    case 'link': {
      const lists = listsOf(rest);
      if (lists.length === 0) break;
      const tool = rest.slice(0, rest.indexOf(lists[0])).trim();
      const mode = rest.slice(rest.indexOf(lists[0]) + lists[0].length).trim();
      return [
        ...one('tool', 'link', tool),
        ...flagsOf(quotedList(lists[0]), ''),
        ...one('flag', '-buildmode of the linker', mode),
      ];
    }
    case 'linkflags':
      return flagsOf(quotedList(rest), '-ldflags ');
    case 'cgo':
      return one('tool', 'cgo', quotedList(rest)[0] ?? rest);
    case 'magic': {
      const m = environment.exec(rest);
      return one('environment', m ? m[1] : rest, m ? m[2] : '');
    }
    case 'defaultgodebug':
      return settingsOf(quotedList(rest)[0] ?? rest);
    case 'modinfo':
      return buildInfo(quotedList(rest)[0] ?? '') ?? one('other', 'modinfo', rest);
  }
  if (/^(go\d|devel )/.test(text)) return one('release', 'Go', text);
  let m = /^(CC|CXX|FC) ID(?: ERROR)?=(.*)$/s.exec(text);
  if (m) return one('tool', m[1], quotedList(m[2])[0] ?? m[2]);
  m = /^(CC|CXX|FC)=(\[.*)$/s.exec(text);
  if (m) {
    // `CC=["gcc"] [preprocessor] [compiler] [linker]`; for C++ and Fortran the compiler's alone.
    const [program = '', ...flags] = listsOf(m[2]);
    const names = m[1] === 'CC' ? ['CPPFLAGS', 'CFLAGS', 'LDFLAGS'] : m[1] === 'CXX' ? ['CXXFLAGS'] : ['FFLAGS'];
    return [
      ...one('environment', m[1], quotedList(program).join(' ')),
      ...flags.flatMap((list, i) => one('cgo', names[i] ?? '', quotedList(list).join(' '))),
    ];
  }
  m = environment.exec(text);
  if (m) return one('environment', m[1], m[2].startsWith('"') ? textOf(m[2]) : m[2]);
  return one('other', text.split(' ')[0] ?? '', text);
}

/** GODEBUG settings that a program starts with, `name=value,…`. */
function settingsOf(text: string): KeyInput[] {
  return text
    .split(',')
    .filter(s => s !== '')
    .map(s => {
      const eq = s.indexOf('=');
      return { kind: 'godebug', name: s.slice(0, eq), value: s.slice(eq + 1) };
    });
}

/** The build information of a program: the flags of the build and the versions of its modules, each on its own. */
function buildInfo(text: string): KeyInput[] | null {
  const out: KeyInput[] = [];
  for (const line of text.split('\n')) {
    const [kind = '', path = '', ...rest] = line.split('\t');
    if (kind === 'build') {
      const eq = path.indexOf('=');
      const name = path.slice(0, eq);
      // A value with white space or quotes is quoted.
      const value = path[eq + 1] === '"' ? textOf(path.slice(eq + 1)) : path.slice(eq + 1);
      if (name === 'DefaultGODEBUG') out.push(...settingsOf(value));
      else if (name.startsWith('vcs')) out.push({ kind: 'vcs', name, value });
      else out.push({ kind: name.startsWith('-') ? 'flag' : 'environment', name, value });
    } else if (kind === 'dep' || kind === 'mod') out.push({ kind: 'module', name: path, value: rest.join(' ').trim() });
    else if (kind === '=>') {
      const replaced = out.at(-1);
      if (replaced?.kind === 'module') replaced.value += ` => ${[path, ...rest].join(' ').trim()}`;
    }
  }
  return out.length > 0 ? out : null;
}

/** The path and version of the module in whose folder of the module cache this is, or null. */
function moduleFolder(dir: string): { path: string; version: string } | null {
  const m = /\/pkg\/mod\/(.+?)@([^/]+)(?:\/|$)/.exec(dir) ?? /\/([^/@]+\.[^/@]+\/.+?)@(v[^/]+)(?:\/|$)/.exec(dir);
  // In the cache a capital is written as ! and the small letter.
  return m ? { path: m[1].replace(/!([a-z])/g, (_, c: string) => c.toUpperCase()), version: m[2] } : null;
}

export interface InputChange {
  kind: InputKind;
  name: string;
  /** Null where the input was not there then, or is not now. */
  before: string | null;
  after: string | null;
}

/** The inputs in which two keys of the same name differ, causes that a user acts on first. */
export function compareKeys(before: CacheKey, after: CacheKey): InputChange[] {
  const id = (i: KeyInput): string => `${i.kind} ${i.name}`;
  const collect = (key: CacheKey): Map<string, KeyInput> => {
    const out = new Map<string, KeyInput>();
    for (const i of key.lines.flatMap(inputsOf)) if (!out.has(id(i))) out.set(id(i), i);
    return out;
  };
  const was = collect(before);
  const is = collect(after);
  const out: InputChange[] = [];
  for (const [name, i] of is) {
    const old = was.get(name);
    if (old?.value !== i.value) out.push({ kind: i.kind, name: i.name, before: old?.value ?? null, after: i.value });
  }
  for (const [name, i] of was)
    if (!is.has(name)) out.push({ kind: i.kind, name: i.name, before: i.value, after: null });
  const folder = out.find(c => c.kind === 'folder');
  if (folder && folder.before !== null && folder.after !== null) {
    // Another version of a module lies in another folder; the version is the cause.
    const [from, to] = [moduleFolder(folder.before), moduleFolder(folder.after)];
    if (from && to && from.path === to.path && from.version !== to.version)
      Object.assign(folder, { kind: 'module', name: to.path, before: from.version, after: to.version });
  }
  return out.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** What changed, in a clause. */
export function changeText(c: InputChange): string {
  const what: Record<InputKind, string> = {
    release: `the release of ${c.name}`,
    tool: `the program ${c.name}`,
    target: 'the target',
    environment: c.name,
    flag: `flag ${c.name}`,
    profile: 'the profile for optimisation',
    module: c.name === 'go directive' ? 'the go line of go.mod' : `module ${c.name}`,
    folder: 'the folder of the package',
    file: `file ${c.name}`,
    cgo: `cgo's ${c.name}`,
    godebug: `the default GODEBUG setting ${c.name}`,
    vcs: `the version control stamp ${c.name}`,
    import: `the output of ${c.name}`,
    other: c.name,
  };
  const subject = what[c.kind];
  if (c.kind === 'import' && c.before === null) return `${c.name} is imported now`;
  if (c.kind === 'import' && c.after === null) return `${c.name} is no longer imported`;
  const short = (s: string): string => (s.length > 60 ? `${s.slice(0, 59)}…` : s);
  const valued = (s: string): string => (s === '' ? '' : ` (${short(s)})`);
  const hashed = c.kind === 'file' || c.kind === 'import' || c.kind === 'profile';
  if (c.before === null) return `${subject} is new${hashed ? '' : valued(c.after ?? '')}`;
  if (c.after === null) return `${subject} is gone${hashed ? '' : valued(c.before)}`;
  return `${subject} changed (${short(c.before)} → ${short(c.after)})`;
}
