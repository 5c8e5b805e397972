/** A file's standing: why it is out for a target, in words, and the ports for which it is in. */
import type { FileSystem } from '../source/files.ts';
import { type Exclusion, matchFile } from './directory.ts';
import { ports } from './ports.ts';
import { type Target, tagMatcher } from './target.ts';

/** Why the file is out, as the end of a sentence: `its name says windows`. */
export function exclusionText(e: Exclusion): string {
  switch (e.why) {
    case 'hidden':
      return 'its name begins with "_" or "."';
    case 'suffix':
      return `its name says ${e.failing.map(t => t.tag).join(' and ')}`;
    case 'constraint': {
      const terms = e.failing.map(t => (t.negated ? `${t.tag} holds` : `${t.tag} does not hold`));
      return `line ${e.line} says ${e.text.replace(/^\/\/\s*/, '')}, and ${terms.join(', ')}`;
    }
    case 'cgo':
      return 'it imports "C", and cgo is off';
    case 'documentation':
      return 'it is package documentation';
    case 'assembler':
      return 'a package without cgo takes .s files only';
  }
}

/** The ports, as `os/arch`, for which the file is in with the target's other settings; cgo as the port supports it. */
export function portsWith(fs: FileSystem, dir: string, name: string, target: Target): string[] {
  const out: string[] = [];
  for (const p of ports) {
    if (p.broken) continue;
    const t: Target = { ...target, goos: p.goos, goarch: p.goarch, level: '', cgo: target.cgo && p.cgoSupported };
    const rules = { has: tagMatcher(t), cgo: t.cgo, useAllFiles: false, anyTags: false };
    const m = matchFile(fs, dir, name, rules);
    if (m.in === true && (t.cgo || !m.head?.imports.some(i => i.path === 'C'))) out.push(`${p.goos}/${p.goarch}`);
  }
  return out;
}

/** The tags that would let the file in, where tags of the user's own are all that keeps it out; empty. */
export function tagsFor(fs: FileSystem, dir: string, name: string, e: Exclusion, target: Target): string[] {
  if (e.why !== 'constraint') return [];
  const tags = e.failing.filter(t => !t.negated).map(t => t.tag);
  const withTag = (tag: string): boolean => {
    const has = tagMatcher({ ...target, tags: [...target.tags, tag] });
    return matchFile(fs, dir, name, { has, cgo: target.cgo, useAllFiles: false, anyTags: false }).in === true;
  };
  // what names a port, a release or a compiler is no tag to be chosen
  return [...new Set(tags)].filter(tag => !isReservedTag(tag) && withTag(tag));
}

/** Whether a tag is of a system, an architecture, a release, a compiler, cgo, an instrumentation, or `ignore`. */
function isReservedTag(tag: string): boolean {
  return (
    ports.some(p => p.goos === tag || p.goarch === tag || tag.startsWith(`${p.goarch}.`)) ||
    /^(go1(\.\d+)?|gc|gccgo|cgo|unix|race|msan|asan|ignore|goexperiment\..*|boringcrypto)$/.test(tag)
  );
}

/** Ports in a few words: systems of which all are in by name, then single ports, at most `most` of them. */
export function portsText(list: readonly string[], most = 6): string {
  const all = new Map<string, number>();
  for (const p of ports) if (!p.broken) all.set(p.goos, (all.get(p.goos) ?? 0) + 1);
  const by = new Map<string, string[]>();
  for (const p of list) {
    const [goos] = p.split('/');
    by.set(goos, [...(by.get(goos) ?? []), p]);
  }
  const words: string[] = [];
  for (const [goos, own] of by) words.push(...(own.length === all.get(goos) ? [goos] : own));
  if (words.length <= most) return words.join(', ');
  return `${words.slice(0, most).join(', ')} and ${words.length - most} more`;
}
