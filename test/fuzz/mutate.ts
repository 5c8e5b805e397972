/** Damage for files, from a seed: the same seed makes the same file. */

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

/**
 * A damaged copy. `places` are ranges of the file that readers look at closely (headers, tables): half of the damage goes
 * there. Sizes that are made up, bits, bytes moved, zeros, ends cut off.
 */
export function mutate(good: Uint8Array, places: readonly { from: number; to: number }[], seed: number): Uint8Array {
  const random = randomOf(seed);
  let bytes = good.slice();
  const view = new DataView(bytes.buffer);
  const somewhere = (room: number): number => {
    if (places.length > 0 && random(4) !== 0) {
      const place = places[random(places.length)];
      return Math.min(place.from + random(Math.max(1, place.to - place.from)), bytes.length - room);
    }
    return random(bytes.length - room);
  };
  for (let left = 1 + random(12); left > 0; left--) {
    switch (random(8)) {
      case 0:
        bytes[somewhere(1)] ^= 1 << random(8);
        break;
      case 1:
        bytes[somewhere(1)] = random(256);
        break;
      case 2:
        view.setUint32(somewhere(8) & ~3, EXTREMES[random(EXTREMES.length)], random(4) !== 0);
        break;
      case 3:
        view.setUint32(somewhere(8) & ~3, random(bytes.length * 2), random(4) !== 0);
        break;
      case 4: {
        const at = somewhere(8) & ~7;
        view.setUint32(at, EXTREMES[random(EXTREMES.length)], true);
        view.setUint32(at + 4, random(3) === 0 ? EXTREMES[random(EXTREMES.length)] : 0, true);
        break;
      }
      case 5: {
        const size = 1 + random(64);
        bytes.copyWithin(somewhere(size), somewhere(size), somewhere(size) + size);
        break;
      }
      case 6: {
        const at = somewhere(256);
        bytes.fill(random(2) === 0 ? 0 : 0xff, at, at + 1 + random(256));
        break;
      }
      default:
        view.setUint16(somewhere(2), EXTREMES[random(7)], true);
    }
  }
  if (random(40) === 0) bytes = bytes.slice(0, random(bytes.length));
  return bytes;
}
