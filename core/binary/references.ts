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
    default:
      return null;
  }
}

const signed32 = (code: Uint8Array, i: number) =>
  code[i] | (code[i + 1] << 8) | (code[i + 2] << 16) | (code[i + 3] << 24);

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
