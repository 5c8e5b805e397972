/** A store of summaries in memory. */
import { createHash } from 'node:crypto';
import type { SummaryStore } from '../core/summary/encode.ts';

/** Keeps summaries in memory, so that the programs of one test compile what they share once. */
export function memorySummaries(): SummaryStore {
  const kept = new Map<string, Uint8Array>();
  return {
    hash(parts) {
      const sum = createHash('sha256');
      for (const part of parts) sum.update(part).update('\0');
      return sum.digest('hex');
    },
    get: key => kept.get(key) ?? null,
    put: (key, ...parts) => void kept.set(key, Buffer.concat(parts)),
  };
}
