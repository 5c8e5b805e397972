/**
 * A CPU profile in pprof's format: a gzipped protocol buffer (internal/profile). Only what profile-guided optimization
 * reads of it is kept. Any bytes give a profile or one message, that of `go tool preprofile` but for the place where
 * compressed data are corrupt.
 */
import { Gunzip } from 'fflate';
import { decodeUtf8 } from '../source/utf8.ts';

export interface PprofLine {
  /** Name of the function; '' when the profile has none. */
  name: string;
  startLine: number;
  line: number;
}

export interface PprofLocation {
  address: number;
  /** The innermost inlined function first. */
  lines: PprofLine[];
}

export interface Pprof {
  sampleTypes: { type: string; unit: string }[];
  /** The innermost location first; null for one that is nowhere. */
  samples: { locations: (PprofLocation | null)[]; values: number[] }[];
}

/** Thrown, and caught in here: the bytes are not a profile. */
class Malformed extends Error {}

/** A field of a message: number, wire type, and its value as a number or as bytes. */
interface Field {
  number: number;
  wire: number;
  value: number;
  bytes: Uint8Array;
}

const none = new Uint8Array();

/** What a message's fields are, by number from 1: integers, lists of them, strings and other messages. */
type Shape = readonly ('int' | 'ints' | 'string' | Shape)[];
const label: Shape = ['int', 'int', 'int'];
const valueType: Shape = ['int', 'int'];
const line: Shape = ['int', 'int'];
const profile: Shape = [
  valueType,
  ['ints', 'ints', label],
  ['int', 'int', 'int', 'int', 'int', 'int', 'int', 'int', 'int', 'int'],
  ['int', 'int', 'int', line],
  ['int', 'int', 'int', 'int', 'int'],
  'string',
  'int',
  'int',
  'int',
  'int',
  valueType,
  'int',
  'ints',
  'int',
];

/** The fields of a message that its shape has, of the right type; those of messages in them are looked at when asked. */
function* fields(buf: Uint8Array, shape: Shape): Generator<Field> {
  for (const f of rawFields(buf)) {
    const want = shape[f.number - 1];
    if (want === undefined) continue;
    if (f.wire !== (want === 'int' || (want === 'ints' && f.wire !== 2) ? 0 : 2)) throw new Malformed('type mismatch');
    yield f;
  }
}

function* rawFields(buf: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (let i = 0; ; i++) {
      if (at >= buf.length || i === 10) throw new Malformed('bad varint');
      const byte = buf[at++];
      value += (byte & 0x7f) * scale;
      scale *= 128;
      // an int64 below zero
      if (byte < 0x80) return i === 9 ? value - 2 ** 64 : value;
    }
  };
  while (at < buf.length) {
    const key = varint();
    const field: Field = { number: Math.floor(key / 8), wire: key % 8, value: 0, bytes: none };
    let size = 0;
    switch (field.wire) {
      case 0:
        field.value = varint();
        break;
      case 1:
        size = 8;
        break;
      case 2:
        size = varint();
        break;
      case 5:
        size = 4;
        break;
      default:
        throw new Malformed(`unknown wire type: ${field.wire}`);
    }
    if (size > buf.length - at) throw new Malformed(field.wire === 2 ? 'too much data' : 'not enough data');
    field.bytes = size === 0 ? none : buf.subarray(at, at + size);
    at += size;
    yield field;
  }
}

/** The values of a repeated number, packed or not. */
function numbers(f: Field): number[] {
  if (f.wire === 0) return [f.value];
  const out: number[] = [];
  let value = 0;
  let scale = 1;
  let length = 0;
  for (const byte of f.bytes) {
    value += (byte & 0x7f) * scale;
    scale *= 128;
    length++;
    if (byte >= 0x80) {
      if (length === 10) throw new Malformed('bad varint');
      continue;
    }
    out.push(length === 10 ? value - 2 ** 64 : value);
    [value, scale, length] = [0, 1, 0];
  }
  if (length > 0) throw new Malformed('bad varint');
  return out;
}

/** The largest profile that is unpacked, in bytes. */
const maxSize = 1 << 28;

/** The members of a gzip file one after the other, each with its length and checksum right (compress/gzip). */
function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const members: { from: number; parts: Uint8Array[] }[] = [];
  let size = 0;
  const member = (from: number): void => {
    const left = bytes.length - from;
    if (left < 10) throw new Malformed('unexpected EOF');
    if (bytes[from] !== 0x1f || bytes[from + 1] !== 0x8b || bytes[from + 2] !== 8)
      throw new Malformed('gzip: invalid header');
    members.push({ from, parts: [] });
  };
  try {
    member(0);
    const stream = new Gunzip(chunk => {
      size += chunk.length;
      if (size > maxSize) throw new Malformed('compressed data that is too large');
      members[members.length - 1].parts.push(chunk);
    });
    stream.onmember = member;
    stream.push(bytes, false);
    stream.push(none, true);
  } catch (error) {
    if (error instanceof Malformed) throw error;
    const reason = error instanceof Error ? error.message : '';
    if (/EOF/.test(reason)) throw new Malformed('unexpected EOF');
    throw new Malformed(/gzip/.test(reason) ? 'gzip: invalid header' : 'flate: corrupt input');
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const [i, { from, parts }] of members.entries()) {
    const start = at;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    const end = members[i + 1]?.from ?? bytes.length;
    if (end - from < 18) throw new Malformed('unexpected EOF');
    const trailer = new DataView(bytes.buffer, bytes.byteOffset + end - 8, 8);
    if (trailer.getUint32(0, true) !== crc32(out.subarray(start, at)) || trailer.getUint32(4, true) !== at - start)
      throw new Malformed('gzip: invalid checksum');
  }
  return out;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const b of bytes) c = crcTable[(c ^ b) & 0xff] ^ (c >>> 8);
  return ~c >>> 0;
}

/** Reads a profile; null for none at all, a text says what is wrong with it (profile.Parse). */
export function parsePprof(bytes: Uint8Array): Pprof | string | null {
  let doing = 'decompressing profile';
  try {
    const plain = unpacked(bytes);
    doing = 'parsing profile';
    if (plain.length === 0) return null;
    const found = decode(plain);
    doing = 'malformed profile';
    found.check();
    return found.profile;
  } catch (error) {
    if (error instanceof Malformed) return `${doing}: ${error.message}`;
    throw error;
  }
}

interface Decoded {
  profile: Pprof;
  /** Throws what is wrong with the profile as a whole (Profile.CheckValid). */
  check(): void;
}

function decode(buf: Uint8Array): Decoded {
  const strings: string[] = [];
  const types: { type: number; unit: number }[] = [];
  const samples: { locations: number[]; values: number[] }[] = [];
  const locations: { id: number; address: number; lines: { function: number; line: number }[] }[] = [];
  const functions: { id: number; name: number; startLine: number }[] = [];
  const mappings: number[] = [];
  /** Numbers of strings that nobody reads here. */
  const mentioned: number[] = [0];
  for (const f of fields(buf, profile)) {
    const shape = profile[f.number - 1] as Shape;
    switch (f.number) {
      case 1: {
        const [type, unit] = integers(f.bytes, shape);
        types.push({ type, unit });
        break;
      }
      case 2: {
        const s = { locations: [] as number[], values: [] as number[] };
        for (const g of fields(f.bytes, shape)) {
          if (g.number === 1) s.locations.push(...numbers(g));
          else if (g.number === 2) s.values.push(...numbers(g));
          else mentioned.push(...integers(g.bytes, label).slice(0, 2));
        }
        samples.push(s);
        break;
      }
      case 3: {
        const m = integers(f.bytes, shape);
        mappings.push(m[0]);
        mentioned.push(m[4], m[5]);
        break;
      }
      case 4: {
        const l = { id: 0, address: 0, lines: [] as { function: number; line: number }[] };
        for (const g of fields(f.bytes, shape)) {
          if (g.number === 1) l.id = g.value;
          else if (g.number === 3) l.address = g.value;
          else if (g.number === 4) {
            const [fid, at] = integers(g.bytes, line);
            l.lines.push({ function: fid, line: at });
          }
        }
        locations.push(l);
        break;
      }
      case 5: {
        const [id, name, systemName, file, startLine] = integers(f.bytes, shape);
        functions.push({ id, name, startLine });
        mentioned.push(systemName, file);
        break;
      }
      case 6:
        strings.push(decodeUtf8(f.bytes));
        if (strings[0] !== '') throw new Malformed("string_table[0] must be ''");
        break;
      case 11:
        mentioned.push(...integers(f.bytes, shape));
        break;
      case 13:
        mentioned.push(...numbers(f));
        break;
      case 7:
      case 8:
      case 14:
        mentioned.push(f.value);
    }
  }
  const byId = new Map(functions.map(fn => [fn.id, fn]));
  const text = (i: number): string => {
    if (i < 0 || i >= strings.length) throw new Malformed('malformed profile format');
    return strings[i];
  };
  for (const { lines } of locations)
    for (const { function: id } of lines)
      if (id !== 0 && !byId.has(id)) throw new Malformed(`Function ID ${id} not found`);
  mentioned.forEach(text);
  for (const fn of functions) text(fn.name);
  const made = new Map<number, PprofLocation>();
  for (const { id, address, lines } of locations) {
    const list = lines.map(({ function: fid, line: at }) => {
      const fn = fid === 0 ? undefined : byId.get(fid);
      return {
        name: fn === undefined ? '' : text(fn.name),
        startLine: fn?.startLine ?? 0,
        line: fn === undefined ? 0 : at,
      };
    });
    made.set(id, { address, lines: list });
  }
  return {
    profile: {
      sampleTypes: types.map(t => ({ type: text(t.type), unit: text(t.unit) })),
      samples: samples.map(s => ({ locations: s.locations.map(id => made.get(id) ?? null), values: s.values })),
    },
    check: () => {
      if (types.length === 0 && samples.length > 0) throw new Malformed('missing sample type information');
      for (const { values } of samples)
        if (values.length !== types.length)
          throw new Malformed(`mismatch: sample has: ${values.length} values vs. ${types.length} types`);
      checkIds(mappings, 'mapping', 'ID');
      checkIds(
        functions.map(fn => fn.id),
        'function',
        'ID',
      );
      checkIds(
        locations.map(l => l.id),
        'location',
        'id',
      );
    },
  };
}

/** The values of a message of integers, 0 for those it has not. */
function integers(buf: Uint8Array, shape: Shape): number[] {
  const out = shape.map(() => 0);
  for (const f of fields(buf, shape)) out[f.number - 1] = f.value;
  return out;
}

function checkIds(ids: readonly number[], what: string, word: string): void {
  const seen = new Set<number>();
  for (const id of ids) {
    if (id === 0) throw new Malformed(`found ${what} with reserved ${word}=0`);
    if (seen.has(id)) throw new Malformed(`multiple ${what}s with same id: ${id}`);
    seen.add(id);
  }
}
