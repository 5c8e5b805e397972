/**
 * A CPU profile in pprof's format: a gzipped protocol buffer (internal/profile). Only what profile-guided optimization
 * reads of it is decoded. Any bytes give a profile or one message.
 */
import { gunzipSync } from 'fflate';
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
  /** The innermost location first. */
  samples: { locations: PprofLocation[]; values: number[] }[];
}

/** Thrown, and caught in here: the bytes are not a profile. */
class Malformed extends Error {}

/** A field of a message: number, wire type, and its value as a number or as bytes. */
interface Field {
  number: number;
  value: number;
  bytes: Uint8Array;
}

const none = new Uint8Array();

function* fields(buf: Uint8Array): Generator<Field> {
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
    const field: Field = { number: Math.floor(key / 8), value: 0, bytes: none };
    let size = 0;
    switch (key % 8) {
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
        throw new Malformed('unknown wire type');
    }
    if (size > buf.length - at) throw new Malformed('too much data');
    field.bytes = size === 0 ? none : buf.subarray(at, at + size);
    at += size;
    yield field;
  }
}

/** The values of a repeated number, packed or not. */
function numbers(f: Field): number[] {
  if (f.bytes === none) return [f.value];
  const out: number[] = [];
  let value = 0;
  let scale = 1;
  let length = 0;
  for (const byte of f.bytes) {
    value += (byte & 0x7f) * scale;
    scale *= 128;
    length++;
    if (byte >= 0x80) continue;
    out.push(length === 10 ? value - 2 ** 64 : value);
    [value, scale, length] = [0, 1, 0];
  }
  if (length > 0) throw new Malformed('bad varint');
  return out;
}

/** The largest profile that is unpacked, in bytes. */
const maxSize = 1 << 28;

function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  // the size is at the end, and has to be believable before it is made room for
  const size =
    bytes.length < 18 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  if (size > maxSize || size > bytes.length * 1100) throw new Malformed('compressed data that is too large');
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new Malformed(`decompressing profile: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Reads a profile; a text says what is wrong with it. */
export function parsePprof(bytes: Uint8Array): Pprof | string {
  try {
    return decode(unpacked(bytes));
  } catch (error) {
    if (error instanceof Malformed) return `parsing profile: ${error.message}`;
    throw error;
  }
}

function decode(buf: Uint8Array): Pprof {
  const strings: string[] = [];
  const types: { type: number; unit: number }[] = [];
  const samples: { locations: number[]; values: number[] }[] = [];
  const locations = new Map<number, { address: number; lines: { function: number; line: number }[] }>();
  const functions = new Map<number, { name: number; startLine: number }>();
  for (const f of fields(buf)) {
    switch (f.number) {
      case 1: {
        const t = { type: 0, unit: 0 };
        for (const g of fields(f.bytes)) {
          if (g.number === 1) t.type = g.value;
          else if (g.number === 2) t.unit = g.value;
        }
        types.push(t);
        break;
      }
      case 2: {
        const s = { locations: [] as number[], values: [] as number[] };
        for (const g of fields(f.bytes)) {
          if (g.number === 1) s.locations.push(...numbers(g));
          else if (g.number === 2) s.values.push(...numbers(g));
        }
        samples.push(s);
        break;
      }
      case 4: {
        let id = 0;
        const l = { address: 0, lines: [] as { function: number; line: number }[] };
        for (const g of fields(f.bytes)) {
          if (g.number === 1) id = g.value;
          else if (g.number === 3) l.address = g.value;
          else if (g.number === 4) {
            const line = { function: 0, line: 0 };
            for (const h of fields(g.bytes)) {
              if (h.number === 1) line.function = h.value;
              else if (h.number === 2) line.line = h.value;
            }
            l.lines.push(line);
          }
        }
        locations.set(id, l);
        break;
      }
      case 5: {
        let id = 0;
        const fn = { name: 0, startLine: 0 };
        for (const g of fields(f.bytes)) {
          if (g.number === 1) id = g.value;
          else if (g.number === 2) fn.name = g.value;
          else if (g.number === 5) fn.startLine = g.value;
        }
        functions.set(id, fn);
        break;
      }
      case 6:
        strings.push(decodeUtf8(f.bytes));
        break;
    }
  }
  const text = (i: number): string => {
    if (i < 0 || i >= strings.length) {
      if (i === 0) return '';
      throw new Malformed('malformed profile format');
    }
    return strings[i];
  };
  const made = new Map<number, PprofLocation>();
  for (const [id, l] of locations) {
    const lines = l.lines.map(({ function: fid, line }) => {
      const fn = functions.get(fid);
      return {
        name: fn === undefined ? '' : text(fn.name),
        startLine: fn?.startLine ?? 0,
        line: fn === undefined ? 0 : line,
      };
    });
    made.set(id, { address: l.address, lines });
  }
  return {
    sampleTypes: types.map(t => ({ type: text(t.type), unit: text(t.unit) })),
    samples: samples.map(s => {
      if (s.values.length !== types.length) throw new Malformed('mismatch: sample has another number of values');
      const list = s.locations.map(id => {
        const l = made.get(id);
        if (l === undefined) throw new Malformed('sample has a location that is nowhere');
        return l;
      });
      return { locations: list, values: s.values };
    }),
  };
}
