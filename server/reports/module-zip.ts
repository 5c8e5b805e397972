/** Hashes of modules (golang.org/x/mod/sumdb/dirhash): what go.sum holds, computed from a zip of the module cache. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/** The `h1:` of a zip file: over the SHA-256 of each file and its name, by name. Throws for a file that is no zip. */
export async function zipHash(file: string): Promise<string> {
  const bytes = await fs.promises.readFile(file);
  let end = bytes.length - 22;
  while (end >= 0 && bytes.readUInt32LE(end) !== 0x06054b50) end--;
  if (end < 0) throw new Error('the file is no zip, or cut off');
  const files = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const lines: [name: string, sum: string][] = [];
  for (let i = 0; i < files; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw new Error('its directory is damaged');
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const size = bytes.readUInt32LE(at + 24);
    const nameLength = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== 0x04034b50) throw new Error(`${name} is damaged`);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    if (from + packed > bytes.length) throw new Error(`${name} is cut off`);
    const data = bytes.subarray(from, from + packed);
    const content = method === 0 ? data : method === 8 ? inflateRawSync(data, { maxOutputLength: size + 1 }) : null;
    if (content === null || content.length !== size) throw new Error(`${name} is damaged`);
    lines.push([name, createHash('sha256').update(content).digest('hex')]);
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if (i % 64 === 63) await new Promise(resolve => setImmediate(resolve));
  }
  return hash1(lines);
}

/** The `h1:` of a go.mod file, as go.sum has it under `/go.mod`. */
export function goModHash(content: Uint8Array): string {
  return hash1([['go.mod', createHash('sha256').update(content).digest('hex')]]);
}

function hash1(lines: readonly [name: string, sum: string][]): string {
  const all = createHash('sha256');
  // By the bytes of the names, as Go sorts strings.
  for (const [name, sum] of [...lines].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    all.update(`${sum}  ${name}\n`);
  return `h1:${all.digest('base64')}`;
}
