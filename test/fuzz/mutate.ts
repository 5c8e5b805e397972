/** Damage for files, from a number: the same number makes the same file. */
import type { Place, Seed } from './seeds.ts';

/** Numbers from a seed (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Numbers at which readers of sizes go wrong. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
/** Kinds of damage, below. */
const KINDS_OF_DAMAGE = 10;
const ROOM = 8;

/**
 * A damaged copy: sizes that are made up, bits, bytes moved, pieces of other files, zeros, ends cut off. Three quarters
 * of the damage go to what readers follow, each subject as often as any other.
 */
export function mutate(seed: Seed, others: readonly Seed[], number: number): Uint8Array {
  const random = randomOf(number);
  let bytes = seed.bytes.slice();
  const view = new DataView(bytes.buffer);
  const { length } = bytes;
  const pick = <T>(from: readonly T[]): T => from[random(from.length)];
  const within = ({ from, to }: Place, room: number) =>
    Math.max(0, Math.min(from + random(Math.max(1, to - from)), length - room));
  const somewhere = (room: number): number =>
    within(random(4) === 0 ? { from: 0, to: length } : pick(pick(seed.places)), room);
  for (let left = 1 + random(random(3) === 0 ? 40 : 6); left > 0; left--) {
    switch (random(KINDS_OF_DAMAGE)) {
      case 0:
        bytes[somewhere(1)] ^= 1 << random(8);
        break;
      case 1:
        bytes[somewhere(1)] = random(256);
        break;
      case 2:
        view.setUint32(somewhere(ROOM) & ~3, pick(EXTREMES), random(4) !== 0);
        break;
      case 3:
        view.setUint32(somewhere(ROOM) & ~3, random(length * 2), random(4) !== 0);
        break;
      case 4: {
        const at = somewhere(ROOM) & ~7;
        view.setUint32(at, pick(EXTREMES), true);
        view.setUint32(at + 4, random(3) === 0 ? pick(EXTREMES) : 0, true);
        break;
      }
      case 5: {
        const size = 1 + random(64);
        const from = somewhere(size);
        bytes.copyWithin(somewhere(size), from, from + size);
        break;
      }
      case 6: {
        const at = somewhere(256);
        bytes.fill(random(2) === 0 ? 0 : 0xff, at, at + 1 + random(256));
        break;
      }
      case 7: {
        // what another file has at such a place
        const other = pick(others);
        const { from, to } = pick(pick(other.places));
        const piece = other.bytes.subarray(from, Math.min(to, from + 1 + random(512)));
        const at = somewhere(piece.length);
        if (at + piece.length <= length) bytes.set(piece, at);
        break;
      }
      case 8: {
        // a little more or less than what stands there: counts and offsets that nearly fit
        const at = somewhere(ROOM) & ~3;
        view.setUint32(at, view.getUint32(at, true) + random(64) - 32, true);
        break;
      }
      default:
        view.setUint16(somewhere(2), pick(EXTREMES.slice(0, 7)), true);
    }
  }
  if (random(40) === 0) bytes = bytes.slice(0, random(length));
  return bytes;
}
