/** The go command's build cache as `gospect cache --json` prints it. Sizes in bytes, times in milliseconds since 1970. */
export interface CacheReport {
  v: 1;
  dir: string;
  entries: number;
  size: number;
  /** Last use of what was not used for longest; null when the cache is empty. */
  oldest: number | null;
  /** When the go command last trimmed; null when never. */
  trimmed: number | null;
  /** What trimming would take now. */
  trim: { entries: number; size: number };
  /** Outputs that no entry leads to; trimming takes them in time. */
  unused: { files: number; size: number };
  /** Largest first. */
  packages: CachePackage[];
  others: { kind: string; count: number; size: number }[];
  /** Whether every output was hashed again. */
  checked: boolean;
  faults: CacheFault[];
}

export interface CachePackage {
  path: string;
  /** How many different outputs of it there are. */
  variants: number;
  /** `linux/amd64 go1.26.8`. */
  targets: string[];
  size: number;
  /** Last use. */
  used: number;
}

export interface CacheFault {
  file: string;
  /** Of the entry's key, or of the output. */
  hash: string;
  /** The package whose output it is, or what else it is; '' when that cannot be told. */
  of: string;
  message: string;
}
