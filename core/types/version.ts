/** Language versions: `go1.N` in configurations and files, N here. */
import type { Checker } from './checker.ts';
import { type Positioner, versionErrorf } from './errors.ts';

export const go1_9 = 9;
export const go1_13 = 13;
export const go1_14 = 14;
export const go1_17 = 17;
export const go1_18 = 18;
export const go1_20 = 20;
export const go1_21 = 21;
export const go1_22 = 22;
export const go1_23 = 23;
export const go1_26 = 26;
export const go1_27 = 27;
/** The release whose rules are checked by when the configuration does not say. */
const goCurrent = 26;

/** N of go1.N, the release whose rules these are; its language is the newest that code may ask for. */
export function release(c: Checker): number {
  return c.conf.newest ?? goCurrent;
}

/** The language version `go1.N` of a Go version such as go1.21.3 or go1.22rc1; empty if it is none (go/version Lang). */
export function asGoVersion(v: string): string {
  if (v === '') return '';
  const m = /^(go1(?:\.(?:0|[1-9]\d*))?)(?:\.\d+)?(?:(?:rc|beta|alpha)\d+)?(?:-.*)?$/.exec(v);
  return m === null ? '' : m[1];
}

/** N of `go1.N`; 0 for `go1`. */
export function minorVersion(v: string): number {
  return v === 'go1' ? 0 : Number.parseInt(v.slice(4), 10);
}

export function versionString(minor: number): string {
  return `go1.${minor}`;
}

let lastVersion = '';
let lastMinor = 0;

/** The language version in force is at least 1.`want`. */
export function allowVersion(c: Checker, want: number): boolean {
  const v = c.env.version;
  if (v === '') return true;
  if (v !== lastVersion) {
    lastVersion = v;
    lastMinor = minorVersion(v);
  }
  return lastMinor >= want;
}

/** Like allowVersion, but reports that `what` needs the version. */
export function verifyVersionf(c: Checker, at: Positioner, want: number, what: string): boolean {
  if (allowVersion(c, want)) return true;
  versionErrorf(c, at, want, what);
  return false;
}
