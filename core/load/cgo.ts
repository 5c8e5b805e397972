/** The `#cgo` lines above `import "C"` (go/build.Context.saveCgo). */
import { isAbsolute, join } from '../source/path.ts';
import { evalConstraint, parseConstraint } from './constraint.ts';
import type { CgoFlags } from './directory.ts';

// Characters that no tool gives a meaning of its own in an argument, as go/build lists them.
const safe = /^[+\-.,/0-9=A-Z_a-z:$@%! ~^\u0080-\u{10ffff}]+$/u;

/** Adds the flags of the comment to `flags`; returns what is wrong with a line, or null. */
export function saveCgo(
  file: string,
  dir: string,
  doc: string,
  has: (tag: string) => boolean,
  flags: CgoFlags,
): string | null {
  for (const orig of doc.split('\n')) {
    const line = orig.trim();
    if (!/^#cgo[ \t]/.test(line)) continue;
    const words = line.split(/\s+/);
    if (words.length === 3 && (words[1] === 'nocallback' || words[1] === 'noescape')) continue;
    const body = line.slice(4).trim();
    const colon = body.indexOf(':');
    const left =
      colon < 0
        ? []
        : body
            .slice(0, colon)
            .split(/\s+/)
            .filter(w => w !== '');
    if (left.length === 0) return `${file}: invalid #cgo line: ${orig}`;
    const verb = left[left.length - 1];
    const cond = left.slice(0, -1);
    if (cond.length > 0 && !cond.some(c => matchAuto(c, has))) continue;
    const split = splitQuoted(body.slice(colon + 1));
    if (split === null) return `${file}: invalid #cgo line: ${orig}`;
    const args: string[] = [];
    for (const arg of split) {
      const expanded = arg.includes('${SRCDIR}') ? arg.split('${SRCDIR}').join(dir) : arg;
      if (!safe.test(expanded)) return `${file}: malformed #cgo argument: ${expanded}`;
      args.push(expanded);
    }
    switch (verb) {
      case 'CFLAGS':
      case 'CPPFLAGS':
      case 'CXXFLAGS':
      case 'FFLAGS':
      case 'LDFLAGS':
        flags[verb].push(...absolutePaths(args, dir));
        break;
      case 'pkg-config':
        flags.pkgConfig.push(...args);
        break;
      default:
        return `${file}: invalid #cgo verb: ${orig}`;
    }
  }
  return null;
}

/** A condition in either syntax (go/build.Context.matchAuto). */
function matchAuto(text: string, has: (tag: string) => boolean): boolean {
  const parsed = parseConstraint(/[&|()]/.test(text) ? `//go:build ${text}` : `// +build ${text}`);
  return parsed.ok && evalConstraint(parsed.expr, has);
}

/** -I and -L with folders as seen from the package's folder. */
function absolutePaths(args: string[], dir: string): string[] {
  const out: string[] = [];
  let next = false;
  for (const arg of args) {
    if (next) {
      out.push(isAbsolute(arg) ? arg : join(dir, arg));
      next = false;
    } else if (/^-[IL]/.test(arg) && arg.length > 2 && !isAbsolute(arg.slice(2)))
      out.push(arg.slice(0, 2) + join(dir, arg.slice(2)));
    else {
      next = arg === '-I' || arg === '-L';
      out.push(arg);
    }
  }
  return out;
}

/** Words by white space, with quotes and backslashes as a shell has them; null when a quote stays open. */
function splitQuoted(s: string): string[] | null {
  const args: string[] = [];
  let arg = '';
  let quote = '';
  let quoted = false;
  let escaped = false;
  for (const c of s) {
    if (escaped) {
      escaped = false;
      arg += c;
    } else if (c === '\\') escaped = true;
    else if (quote !== '') {
      if (c === quote) quote = '';
      else arg += c;
    } else if (c === '"' || c === "'") {
      quoted = true;
      quote = c;
    } else if (/\s/.test(c)) {
      if (quoted || arg !== '') args.push(arg);
      quoted = false;
      arg = '';
    } else arg += c;
  }
  if (quote !== '' || escaped) return null;
  if (quoted || arg !== '') args.push(arg);
  return args;
}
