/**
 * Addresses that instructions form: where code refers to data. Only the forms that Go's compiler uses to take an address
 * or load a constant are recognised, each of which tells the address by itself.
 */

/** Calls back with the address that an instruction of [from, to) refers to. `at` is the address of the first byte. */
export type Scan = (code: Uint8Array, from: number, to: number, at: number, found: (target: number) => void) => void;

/** The scanner of an architecture; null where addresses are formed in ways that are not read here. */
export function scannerOf(goarch: string): Scan | null {
  switch (goarch) {
    case 'amd64':
      return scanAmd64;
    case '386':
      return scan386;
    case 'arm64':
      return scanArm64;
    case 'arm':
      return scanArm;
    case 'riscv64':
      return scanRiscv64;
    case 's390x':
      return scanS390x;
    case 'mips':
    case 'mips64':
      return scanMips(bigWord);
    case 'mipsle':
    case 'mips64le':
      return scanMips(signed32);
    case 'ppc64':
      return scanPpc64(bigWord);
    case 'ppc64le':
      return scanPpc64(signed32);
    case 'loong64':
      return scanLoong64;
    case 'wasm':
      return scanWasm;
    default:
      return null;
  }
}

const signed32 = (code: Uint8Array, i: number) =>
  code[i] | (code[i + 1] << 8) | (code[i + 2] << 16) | (code[i + 3] << 24);

const bigWord = (code: Uint8Array, i: number) =>
  (code[i] << 24) | (code[i + 1] << 16) | (code[i + 2] << 8) | code[i + 3];

/** LEAQ and loads into vector registers relative to the program counter (mod 0, r/m 5). */
function scanAmd64(code: Uint8Array, from: number, to: number, at: number, found: (target: number) => void): void {
  for (let i = from + 2; i + 5 <= to; i++) {
    if ((code[i] & 0xc7) !== 0x05) continue;
    const op = code[i - 1];
    const before = code[i - 2];
    const lea = op === 0x8d && (before & 0xf8) === 0x48;
    // movups, movaps, movss, movsd, movdqu
    const load = before === 0x0f && (op === 0x10 || op === 0x28 || op === 0x6f);
    if (lea || load) found(at + (i - from) + 5 + signed32(code, i + 1));
  }
}

/** LEAL and loads of floats from an absolute address. */
function scan386(code: Uint8Array, from: number, to: number, _at: number, found: (target: number) => void): void {
  for (let i = from + 1; i + 5 <= to; i++) {
    if ((code[i] & 0xc7) !== 0x05) continue;
    if (code[i - 1] === 0x8d || (code[i - 1] === 0x10 && code[i - 2] === 0x0f)) found(signed32(code, i + 1) >>> 0);
  }
}

/** ADRP and the addition or load that completes it. */
function scanArm64(code: Uint8Array, from: number, to: number, at: number, found: (target: number) => void): void {
  for (let i = from; i + 8 <= to; i += 4) {
    const word = signed32(code, i);
    if ((word & 0x9f000000) >>> 0 !== 0x90000000) continue;
    const next = signed32(code, i + 4);
    const register = word & 31;
    if (((next >>> 5) & 31) !== register) continue;
    const pages = (((word >> 5) << 13) >> 11) | ((word >>> 29) & 3);
    const pc = at + (i - from);
    const page = pc - (pc % 4096) + pages * 4096;
    const imm = (next >>> 10) & 0xfff;
    if ((next & 0xffc00000) >>> 0 === 0x91000000) found(page + imm);
    // ldr of an unsigned scaled offset: general and floating-point registers
    else if ((next & 0x3b400000) >>> 0 === 0x39400000) found(page + imm * 2 ** (next >>> 30));
  }
}

/** Addresses stand in pools among the instructions. */
function scanArm(code: Uint8Array, from: number, to: number, _at: number, found: (target: number) => void): void {
  for (let i = from; i + 4 <= to; i += 4) found(signed32(code, i) >>> 0);
}

/** AUIPC and the addition or load that completes it. */
function scanRiscv64(code: Uint8Array, from: number, to: number, at: number, found: (target: number) => void): void {
  for (let i = from; i + 8 <= to; i += 2) {
    const word = signed32(code, i);
    if ((word & 0x7f) !== 0x17) continue;
    const next = signed32(code, i + 4);
    const low = next & 0x7f;
    if (((next >>> 15) & 31) !== ((word >>> 7) & 31)) continue;
    if ((low === 0x13 && (next & 0x7000) === 0) || low === 0x03 || low === 0x07)
      found(at + (i - from) + (word & ~0xfff) + (next >> 20));
  }
}

/** LARL: half the distance, high byte first. */
function scanS390x(code: Uint8Array, from: number, to: number, at: number, found: (target: number) => void): void {
  for (let i = from; i + 6 <= to; i += 2) {
    if (code[i] !== 0xc0 || (code[i + 1] & 0x0f) !== 0) continue;
    const half = (code[i + 2] << 24) | (code[i + 3] << 16) | (code[i + 4] << 8) | code[i + 5];
    found(at + (i - from) + half * 2);
  }
}

/** Operations of MIPS that take 16 bits more of an address: ADDIU, DADDIU, and loads LW, LD, LWC1, LDC1, LBU, LWU. */
const MIPS_LOW = new Set([0x09, 0x19, 0x23, 0x37, 0x31, 0x35, 0x24, 0x27]);

/** LUI and the addition or load that completes it; on MIPS64 the base of data (R28, always zero) is added between. */
function scanMips(word: (code: Uint8Array, i: number) => number): Scan {
  return (code, from, to, _at, found) => {
    for (let i = from; i + 8 <= to; i += 4) {
      const first = word(code, i);
      if (first >>> 21 !== 0x0f << 5) continue;
      const register = (first >>> 16) & 31;
      let next = word(code, i + 4);
      if (next === ((register << 21) | (28 << 16) | (register << 11) | 0x2d) && i + 12 <= to) next = word(code, i + 8);
      if (MIPS_LOW.has(next >>> 26) && ((next >>> 21) & 31) === register)
        found(((first << 16) + ((next << 16) >> 16)) >>> 0);
    }
  };
}

/** Operations of POWER that take 16 bits more of an address: ADDI, and loads LWZ, LBZ, LHZ, LFS, LFD, LD. */
const POWER_LOW = new Set([14, 32, 34, 40, 48, 50, 58]);

/**
 * LIS and the addition or load that completes it. Files that can be loaded anywhere add to the table of contents' address
 * (R2), which functions compute from their own (R12) as they begin; POWER10 has it all in one instruction of two words.
 */
function scanPpc64(word: (code: Uint8Array, i: number) => number): Scan {
  return (code, from, to, at, found) => {
    let contents = 0;
    if (from + 8 <= to && word(code, from) >>> 16 === 0x3c4c && word(code, from + 4) >>> 16 === 0x3842)
      contents = at + (word(code, from) << 16) + ((word(code, from + 4) << 16) >> 16);
    for (let i = from; i + 8 <= to; i += 4) {
      const first = word(code, i);
      const next = word(code, i + 4);
      const operation = next >>> 26;
      const low = (next << 16) >> 16;
      if ((first & 0xfdfc0000) === 0x04100000 && ((next >>> 16) & 31) === 0) {
        found(at + (i - from) + ((first << 14) >> 14) * 0x10000 + (next & 0xffff));
        i += 4;
        continue;
      }
      const base = (first >>> 16) & 31;
      if (first >>> 26 !== 15 || (base !== 0 && (base !== 2 || contents === 0))) continue;
      if (!POWER_LOW.has(operation) || ((next >>> 16) & 31) !== ((first >>> 21) & 31)) continue;
      // LD has two bits more of its operation there
      const distance = (first << 16) + (operation === 58 ? low & ~3 : low);
      found(base === 0 ? distance >>> 0 : contents + distance);
    }
  };
}

/** Operations of LoongArch that take 12 bits more of an address: ADDI.D, and loads LD.B to LD.WU, FLD.S, FLD.D. */
const LOONG_LOW = new Set([0x0b, 0xa0, 0xa1, 0xa2, 0xa3, 0xa8, 0xa9, 0xaa, 0xac, 0xae]);

/** PCALAU12I and the addition or load that completes it. */
function scanLoong64(code: Uint8Array, from: number, to: number, at: number, found: (target: number) => void): void {
  for (let i = from; i + 8 <= to; i += 4) {
    const first = signed32(code, i);
    if (first >>> 25 !== 0x0d) continue;
    const next = signed32(code, i + 4);
    if (!LOONG_LOW.has(next >>> 22) || ((next >>> 5) & 31) !== (first & 31)) continue;
    const pc = at + (i - from);
    const page = pc - (pc % 4096) + ((first << 7) >> 12) * 4096;
    found(page + ((next << 10) >> 20));
  }
}

/** i32.const and i64.const: signed numbers in groups of seven bits, low first, at most five of them for an address. */
function scanWasm(code: Uint8Array, from: number, to: number, _at: number, found: (target: number) => void): void {
  for (let i = from; i + 3 <= to; i++) {
    if (code[i] !== 0x41 && code[i] !== 0x42) continue;
    let value = 0;
    let at = i + 1;
    let scale = 1;
    for (const limit = Math.min(to, at + 5); at < limit; at++, scale *= 128) {
      value += (code[at] & 0x7f) * scale;
      if (code[at] < 0x80) break;
    }
    // the sign is in the last group
    if (at < to && code[at] < 0x40) found(value);
  }
}
