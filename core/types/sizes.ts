import type { Type } from './type.ts';

/** Sizes of types on one architecture, in bytes (types2's gcSizes). */
export interface Sizes {
  ptrSize: number;
  alignof(t: Type): number;
  sizeof(t: Type): number;
}
