/** Which module, import and file paths are valid, and how the module cache spells them (golang.org/x/mod/module). */
import { quote, quoteRune } from '../source/quote.ts';

type PathKind = 'module' | 'import' | 'file';

const moduleChar = /[-._~0-9A-Za-z]/;
const importChar = /[-._~0-9A-Za-z+]/;
const fileChar = /[!#$%&()+,\-.=@[\]^_{}~ 0-9A-Za-z]|\p{L}/u;
const badWindowsNames = /^(CON|PRN|AUX|NUL|COM[1-9]|LPT[1-9])$/i;

function checkElem(elem: string, kind: PathKind): string | null {
  if (elem === '') return 'empty path element';
  if (/^\.+$/.test(elem)) return `invalid path element ${quote(elem)}`;
  if (elem[0] === '.' && kind === 'module') return 'leading dot in path element';
  if (elem.endsWith('.')) return 'trailing dot in path element';
  const allowed = kind === 'module' ? moduleChar : kind === 'import' ? importChar : fileChar;
  for (const ch of elem) if (!allowed.test(ch)) return `invalid char ${quoteRune(ch.codePointAt(0)!)}`;
  const dot = elem.indexOf('.');
  const short = dot < 0 ? elem : elem.slice(0, dot);
  if (badWindowsNames.test(short)) return `${quote(short)} disallowed as path element component on Windows`;
  if (kind === 'file') return null;
  if (/~\d+$/.test(short)) return 'trailing tilde and digits in path element';
  return null;
}

function check(path: string, kind: PathKind): string | null {
  if (path === '') return 'empty string';
  if (path[0] === '-' && kind !== 'file') return 'leading dash';
  if (path.includes('//')) return 'double slash';
  if (path.endsWith('/')) return 'trailing slash';
  for (const elem of path.split('/')) {
    const bad = checkElem(elem, kind);
    if (bad !== null) return bad;
  }
  return null;
}

/** What is wrong with an import path, in Go's words, or null (module.CheckImportPath). */
export function checkImportPath(path: string): string | null {
  const bad = check(path, 'import');
  return bad === null ? null : `malformed import path ${quote(path)}: ${bad}`;
}

/** What is wrong with a file path, or null (module.CheckFilePath). */
export function checkFilePath(path: string): string | null {
  const bad = check(path, 'file');
  return bad === null ? null : `malformed file path ${quote(path)}: ${bad}`;
}

/** What is wrong with a module path that is to be fetched, or null (module.CheckPath). */
export function checkModulePath(path: string): string | null {
  const bad = checkPath(path);
  return bad === null ? null : `malformed module path ${quote(path)}: ${bad}`;
}

function checkPath(path: string): string | null {
  const bad = check(path, 'module');
  if (bad !== null) return bad;
  const slash = path.indexOf('/');
  const first = slash < 0 ? path : path.slice(0, slash);
  if (first === '') return 'leading slash';
  if (!first.includes('.')) return 'missing dot in first path element';
  for (const ch of first)
    if (!/[-.0-9a-z]/.test(ch)) return `invalid char ${quoteRune(ch.codePointAt(0)!)} in first path element`;
  return splitPathVersion(path) === null ? 'invalid version' : null;
}

/** The path without its major version suffix, and the suffix: `/v2`, `.v3`, ''. Null when the suffix is malformed. */
export function splitPathVersion(path: string): { prefix: string; major: string } | null {
  if (path.startsWith('gopkg.in/')) {
    const m = /^(.*)(\.v(0|[1-9]\d*)(-unstable)?)$/.exec(path);
    return m ? { prefix: m[1], major: m[2] } : null;
  }
  const m = /^(.+)\/v([\d.]+)$/.exec(path);
  if (!m) return { prefix: path, major: '' };
  if (m[2].includes('.') || m[2].startsWith('0') || m[2] === '1') return null;
  return { prefix: m[1], major: `/v${m[2]}` };
}

/** Path or version as the module cache spells it: `!` and the lower case letter for each capital. */
export function escapePath(s: string): string {
  return s.replace(/[A-Z]/g, c => '!' + c.toLowerCase());
}
