/** Archives of the programs that a build made, with checksums. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { makeFolder } from './folder.ts';
import type { BuiltTarget } from '../protocol/builds.ts';

interface Content {
  name: string;
  bytes: Uint8Array;
}

/** A tar archive of programs, the same bytes whenever it is made. Fields of a header are where ustar has them (POSIX pax). */
export function tarOf(files: readonly Content[]): Uint8Array {
  const blocks: Buffer[] = [];
  for (const { name, bytes } of files) {
    const head = Buffer.alloc(512);
    const put = (text: string, at: number): void => void head.write(text, at, 'utf8');
    put(name.slice(0, 100), 0);
    put('0000755\0', 100); // mode
    put('0000000\0', 108); // user
    put('0000000\0', 116); // group
    // size
    put(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    put('00000000000\0', 136); // time
    put('        ', 148); // the sum is made with blanks in its place
    put('0', 156); // a file
    put('ustar\0', 257);
    put('00', 263);
    const sum = head.reduce((a, b) => a + b, 0);
    put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(head, Buffer.from(bytes), Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  blocks.push(Buffer.alloc(1024));
  return Buffer.concat(blocks);
}

/** A gzip file without a time and the name of a system in it. */
function gzip(bytes: Uint8Array): Uint8Array {
  const out = gzipSync(bytes, { level: 9 });
  out[9] = 255; // made by an unknown system
  return out;
}

/** The oldest time that a zip file can hold. */
const zipTime = new Date(1980, 0, 1, 0, 0, 0);

export interface Archived {
  /** Absolute. */
  path: string;
  size: number;
  /** SHA-256 in hexadecimal. */
  sha256: string;
}

/**
 * Packs each target's programs: zip for Windows, tar.gz elsewhere, named after the first program and the target; beside
 * them a file SHA256SUMS in the form of sha256sum. Files are put into place whole.
 */
export function archive(results: readonly BuiltTarget[], folder: string): Archived[] {
  const out: Archived[] = [];
  makeFolder(folder);
  const place = (name: string, bytes: Uint8Array): string => {
    const file = path.join(folder, name);
    const temporary = path.join(folder, `.gospect-${process.pid}-${name}`);
    fs.writeFileSync(temporary, bytes);
    fs.renameSync(temporary, file);
    return file;
  };
  for (const r of results) {
    if (r.files.length === 0) continue;
    const contents = r.files.map(f => ({ name: path.basename(f), bytes: fs.readFileSync(f) }));
    const base = `${contents[0].name.replace(/\.(exe|wasm)$/, '')}_${r.target.replaceAll(/[/,]/g, '_')}`;
    const windows = r.target.startsWith('windows/');
    const bytes = windows
      ? zipSync(
          Object.fromEntries(
            contents.map(c => [c.name, [c.bytes, { mtime: zipTime, level: 9, os: 3, attrs: 0o755 << 16 }]]),
          ),
        )
      : gzip(tarOf(contents));
    const file = place(`${base}${windows ? '.zip' : '.tar.gz'}`, bytes);
    out.push({ path: file, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  if (out.length > 0) {
    const sums = out.map(a => `${a.sha256}  ${path.basename(a.path)}\n`).join('');
    place('SHA256SUMS', Buffer.from(sums));
  }
  return out;
}
