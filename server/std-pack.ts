/**
 * The bundled sources of the standard library as a read-only file system, for machines without Go and for the browser.
 * Written by scripts/std-pack.mjs, which says what the file looks like. Folders are inflated when a file in them is read.
 */
import { inflateSync } from 'fflate';
import type { DirEntry, FileSystem } from '../core/source/files.ts';
import { decodeUtf8 } from '../core/source/utf8.ts';

/** Where the pack's GOROOT appears. No real file system has a folder of this name. */
export const PACK_GOROOT = '/gospect-goroot';

const MAGIC = 'GSPK1\n';
const HEADER_AT = MAGIC.length + 4;

interface Folder {
  at: number;
  size: number;
  files: [name: string, bytes: number][];
}

export interface StdPack extends FileSystem {
  /** `go1.26.8`. */
  go: string;
}

/** Throws an Error that says so when the bytes are no pack or a damaged one. */
export function openStdPack(bytes: Uint8Array): StdPack {
  if (bytes.length < HEADER_AT || decodeUtf8(bytes, 0, MAGIC.length) !== MAGIC) {
    throw new Error('std.pack is not a pack of the standard library; reinstall the extension');
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  const { go, dirs } = JSON.parse(decodeUtf8(bytes, HEADER_AT, HEADER_AT + length)) as {
    go: string;
    dirs: Record<string, Folder>;
  };
  return new Pack(go, dirs, bytes.subarray(HEADER_AT + length));
}

class Pack implements StdPack {
  private readonly folders = new Map<string, Folder>();
  /** Folders by path, with the names of the folders in them. */
  private readonly inner = new Map<string, Set<string>>([['', new Set()]]);
  private readonly files = new Map<string, Uint8Array>();

  constructor(
    readonly go: string,
    dirs: Record<string, Folder>,
    private readonly chunks: Uint8Array,
  ) {
    for (const [dir, folder] of Object.entries(dirs)) {
      this.folders.set(dir, folder);
      for (let path = dir; path !== ''; ) {
        const slash = path.lastIndexOf('/');
        const parent = slash < 0 ? '' : path.slice(0, slash);
        if (!this.inner.has(path)) this.inner.set(path, new Set());
        const siblings = this.inner.get(parent) ?? new Set();
        siblings.add(path.slice(slash + 1));
        this.inner.set(parent, siblings);
        path = parent;
      }
    }
  }

  readFile(path: string): Uint8Array | null {
    const inside = relative(path);
    if (inside === null) return null;
    const slash = inside.lastIndexOf('/');
    const dir = slash < 0 ? '' : inside.slice(0, slash);
    if (this.folders.get(dir)?.files.every(([name]) => name !== inside.slice(slash + 1)) !== false) return null;
    if (!this.files.has(inside)) this.inflate(dir);
    return this.files.get(inside) ?? null;
  }

  readDir(path: string): DirEntry[] | null {
    const inside = relative(path);
    const inner = inside === null ? undefined : this.inner.get(inside);
    if (inside === null || inner === undefined) return null;
    const entries: DirEntry[] = [...inner].map(name => ({ name, kind: 'dir' }));
    for (const [name] of this.folders.get(inside)?.files ?? []) entries.push({ name, kind: 'file' });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  stat(path: string): 'file' | 'dir' | null {
    const inside = relative(path);
    if (inside === null) return null;
    if (this.inner.has(inside)) return 'dir';
    const slash = inside.lastIndexOf('/');
    const folder = this.folders.get(slash < 0 ? '' : inside.slice(0, slash));
    return folder?.files.some(([name]) => name === inside.slice(slash + 1)) ? 'file' : null;
  }

  private inflate(dir: string): void {
    const { at, size, files } = this.folders.get(dir)!;
    const total = files.reduce((sum, [, bytes]) => sum + bytes, 0);
    const content = inflateSync(this.chunks.subarray(at, at + size), { out: new Uint8Array(total) });
    let from = 0;
    for (const [name, bytes] of files) {
      this.files.set(dir === '' ? name : `${dir}/${name}`, content.subarray(from, from + bytes));
      from += bytes;
    }
  }
}

/** Whether the path is that of the pack's GOROOT or below it. */
export function isInPack(path: string): boolean {
  return relative(path) !== null;
}

/** The path within the pack, empty for its root; null for a path outside. */
function relative(path: string): string | null {
  if (path === PACK_GOROOT) return '';
  return path.startsWith(`${PACK_GOROOT}/`) ? path.slice(PACK_GOROOT.length + 1) : null;
}
