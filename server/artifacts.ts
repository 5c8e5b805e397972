/** The programs that a build made: how they are linked, whether they run here; archives of them with checksums. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { levelKnob } from '../core/load/target.ts';
import { makeFolder } from './build-folder.ts';
import { withImage } from './binary-file.ts';
import type { BuildTarget } from './build-targets.ts';
import { hostPort } from './go-env.ts';
import type { BuiltTarget } from './protocol/builds.ts';

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

/** Processor features that a level of GOAMD64 asks for, as Linux calls them. */
const amd64Levels: Readonly<Record<string, readonly string[]>> = {
  v2: ['cx16', 'lahf_lm', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3'],
  v3: ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe'],
  v4: ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
};

/** Whether this machine runs what is built for the target; `unknown` where its processor cannot be asked. */
export function runsHere(target: BuildTarget): 'yes' | 'no' | 'unknown' {
  const host = hostPort();
  const sibling = host.goarch === 'amd64' && target.goarch === '386' && host.goos !== 'darwin';
  if (target.goos !== host.goos || (target.goarch !== host.goarch && !sibling)) return 'no';
  const knob = levelKnob(target.goarch);
  if (!knob || target.level === '' || target.level === knob.default || target.goarch !== 'amd64')
    return target.level === '' || target.level === knob?.default ? 'yes' : 'unknown';
  if (host.goos !== 'linux') return 'unknown';
  try {
    const flags = new Set(/^flags\s*:(.*)$/m.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))?.[1].trim().split(' '));
    const wanted = ['v2', 'v3', 'v4'].slice(0, Number(target.level.slice(1)) - 1).flatMap(l => amd64Levels[l]);
    return wanted.every(f => flags.has(f)) ? 'yes' : 'no';
  } catch {
    return 'unknown';
  }
}

interface Content {
  name: string;
  bytes: Uint8Array;
}

/** A tar archive (ustar) of programs, the same bytes whenever it is made. */
export function tarOf(files: readonly Content[]): Uint8Array {
  const blocks: Buffer[] = [];
  for (const { name, bytes } of files) {
    const head = Buffer.alloc(512);
    const put = (text: string, at: number): void => void head.write(text, at, 'utf8');
    put(name.slice(0, 100), 0);
    put('0000755\0', 100);
    put('0000000\0', 108);
    put('0000000\0', 116);
    put(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    put('00000000000\0', 136);
    put('        ', 148);
    put('0', 156);
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
  out[9] = 255;
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
