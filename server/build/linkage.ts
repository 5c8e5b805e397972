/** How a program is linked, and which libraries it needs. */
import fs from 'node:fs';
import path from 'node:path';
import { withImage } from '../binary/file.ts';

export interface Linkage {
  /** `static`: needs no library where it runs. '' when the file cannot be read. */
  linkage: 'static' | 'dynamic' | '';
  /** The libraries it asks for. */
  needs: string[];
}

const wasmMagic = Buffer.from('\0asm');

function startsWith(file: string, magic: Buffer): boolean {
  const head = Buffer.alloc(magic.length);
  const fd = fs.openSync(file, 'r');
  try {
    fs.readSync(fd, head, 0, head.length, 0);
  } finally {
    fs.closeSync(fd);
  }
  return head.equals(magic);
}

/** How an executable is linked. */
export function linkageOf(file: string): Linkage {
  try {
    // WebAssembly has no libraries to ask for: nothing more is read.
    if (startsWith(file, wasmMagic)) return { linkage: 'static', needs: [] };
    return withImage(path.dirname(file), file, image => {
      const needs = [...image.libraries];
      // A program that asks the loader to start it needs the loader, libraries or not.
      const loader = image.sections.some(s => s.name === '.interp');
      return { linkage: needs.length > 0 || loader ? 'dynamic' : 'static', needs };
    });
  } catch {
    return { linkage: '', needs: [] };
  }
}

/** How the programs of a build are linked: dynamic if one of them is, with what any of them asks for. */
export function linkageOfAll(files: readonly string[]): Linkage {
  const all = files.map(linkageOf);
  const needs = [...new Set(all.flatMap(l => l.needs))];
  const has = (linkage: Linkage['linkage']): boolean => all.some(l => l.linkage === linkage);
  return { linkage: has('dynamic') ? 'dynamic' : has('static') ? 'static' : '', needs };
}
