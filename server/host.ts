import type { BinaryParams, BinaryResult } from './protocol/binary.ts';

/** What the language server needs of the platform it runs on. */
export interface ServerHost {
  /** Reads an executable, away from the thread that answers the editor where there is another. */
  binary(params: BinaryParams): Promise<BinaryResult>;
}
