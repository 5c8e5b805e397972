/** The build information that the Go linker leaves in every executable (runtime/debug.BuildInfo, debug/buildinfo). */
import { unquote } from '../source/unquote.ts';
import type { ByteSource } from './bytes.ts';
import { FormatError, indexOfText, latin1, sourceOf, utf8, uvarint } from './bytes.ts';
import type { Image } from './image.ts';
import { offsetOf, sectionNamed } from './image.ts';
import { memoryOf } from './memory.ts';

export interface Module {
  path: string;
  version: string;
  sum: string;
  replace: Module | null;
}

export interface BuildInfo {
  goVersion: string;
  /** Main package's import path; empty when unknown. */
  path: string;
  main: Module | null;
  deps: Module[];
  settings: { key: string; value: string }[];
  /** The text as stored, without its markers. */
  text: string;
  /** Where the blob begins (a file offset; Wasm: an address, since zeros are not in the file) and its bytes. */
  at: number;
  size: number;
}

const MAGIC = '\xff Go buildinf:';
const ALIGN = 16;
const HEADER = 32;
const CHUNK = 1 << 20;

/** The release's second number, 26 for `go1.26.8` and `devel go1.26-…`; 0 when it is not told. */
export function minorOf(goVersion: string): number {
  return Number(/\bgo1\.(\d+)/.exec(goVersion)?.[1] ?? 0);
}

/** Null when the file is no Go program, or of a Go before 1.13. */
export function readBuildInfo(image: Image): BuildInfo | null {
  if (image.format === 'wasm') {
    const memory = memoryOf(image);
    if (memory.ranges.length > 0) {
      const { bytes } = memory.reader(0);
      const source = sourceOf(bytes);
      const at = searchMagic(source, 0, bytes.length);
      return at >= 0 ? decode(image, source, at) : searchMarkers(image, bytes);
    }
    return null;
  }
  for (const range of candidateRanges(image)) {
    const offset = searchMagic(image.source, range.offset, range.size);
    if (offset < 0) continue;
    const info = decode(image, image.source, offset);
    if (info !== null) return info;
  }
  return null;
}

/** Where to look: the section made for it, else the first writable segments (debug/buildinfo's DataStart). */
function candidateRanges(image: Image): { offset: number; size: number }[] {
  const named = sectionNamed(image, '.go.buildinfo', '__DATA,__go_buildinfo', '__DATA_CONST,__go_buildinfo');
  if (named !== null && named.fileSize > 0) return [{ offset: named.offset, size: named.fileSize }];
  const data = sectionNamed(image, '.data', 'data', '__DATA,__data');
  const ranges = data === null ? [] : [{ offset: data.offset, size: data.fileSize }];
  for (const load of image.loads)
    if (load.write && !load.exec) ranges.push({ offset: load.offset, size: load.fileSize });
  return ranges;
}

/** What stands around the module text wherever the linker put it (cmd/go/internal/modload, ModInfoData). */
const START = '\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6';
const END = '\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2';

/** Wasm has no blob: the text lies among the strings, and the release stands in the section `producers`. */
function searchMarkers(image: Image, bytes: Uint8Array): BuildInfo | null {
  const start = indexOfText(bytes, START, 0);
  const end = start < 0 ? -1 : indexOfText(bytes, END, start);
  const producers = image.sections.find(s => s.name === 'producers');
  let goVersion = '';
  if (producers !== undefined) {
    const said = latin1(image.source.read(producers.offset, producers.fileSize), 0, producers.fileSize);
    goVersion = /go1\.[\w.-]+/.exec(said)?.[0] ?? '';
  }
  if (end < 0 && goVersion === '') return null;
  const text = end < 0 ? '' : utf8(bytes, start + START.length, end);
  const at = Math.max(0, start);
  return { goVersion, text, at, size: end < 0 ? 0 : end + END.length - at, ...parse(text) };
}

/** Offset of the magic, aligned relative to the range's start, or -1. */
function searchMagic(source: ByteSource, from: number, size: number): number {
  const end = Math.min(from + size, source.size);
  for (let at = from; at < end; at += CHUNK) {
    const length = Math.min(CHUNK + HEADER, end - at);
    const bytes = source.read(at, length);
    for (let i = indexOfText(bytes, MAGIC, 0); i >= 0; i = indexOfText(bytes, MAGIC, i + 1)) {
      if ((at + i - from) % ALIGN === 0) return at + i;
    }
  }
  return -1;
}

function decode(image: Image, source: ByteSource, offset: number): BuildInfo | null {
  if (offset + HEADER > source.size) return null;
  const header = source.read(offset, HEADER);
  const flags = header[15];
  let goVersion: string;
  let text: string;
  let end = offset + HEADER;
  if (flags & 2) {
    const version = counted(source, end);
    const modules = version === null ? null : counted(source, version.end);
    if (version === null || modules === null) return null;
    goVersion = utf8(version.bytes, 0, version.bytes.length);
    text = strip(modules.bytes);
    ({ end } = modules);
  } else {
    const ptrSize = header[14];
    if (ptrSize !== 4 && ptrSize !== 8) return null;
    goVersion = stringThrough(image, offset + 16, ptrSize);
    text = strip(latin1Bytes(stringThrough(image, offset + 16 + ptrSize, ptrSize)));
  }
  if (goVersion === '') return null;
  return { goVersion, text, at: offset, size: end - offset, ...parse(text) };
}

const LONGEST_TEXT = 1 << 24;
/** Bytes of the longest length. */
const LENGTH_BYTES = 10;

/** Bytes behind their length, and where they end; null when they are not all there. */
function counted(source: ByteSource, offset: number): { bytes: Uint8Array; end: number } | null {
  const [length, start] = uvarint(source.read(offset, Math.min(LENGTH_BYTES, source.size - offset)), 0);
  const end = offset + start + length;
  return length > LONGEST_TEXT || end > source.size ? null : { bytes: source.read(offset + start, length), end };
}

/** The string whose header is pointed to by the pointer at a file offset (Go before 1.18). */
function stringThrough(image: Image, offset: number, ptrSize: number): string {
  try {
    const memory = memoryOf(image);
    const load = image.loads.find(l => offset >= l.offset && offset < l.offset + l.fileSize);
    if (load === undefined) return '';
    const pointer = memory.at(load.addr + (offset - load.offset), ptrSize, 'build info').uptr(0, ptrSize);
    const header = memory.at(pointer, 2 * ptrSize, 'build info');
    const length = header.uptr(ptrSize, ptrSize);
    if (length > LONGEST_TEXT || offsetOf(image, header.uptr(0, ptrSize)) < 0) return '';
    return memory.at(header.uptr(0, ptrSize), length, 'build info').latin1(0, length);
  } catch (error) {
    if (error instanceof FormatError) return '';
    throw error;
  }
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, c => c.charCodeAt(0));
}

/** Without the 16-byte markers around it; empty when they are not there. */
function strip(bytes: Uint8Array): string {
  return bytes.length >= 33 && bytes[bytes.length - 17] === 10 ? utf8(bytes, 16, bytes.length - 16) : '';
}

/** The lines path, mod, dep, => and build (debug.ParseBuildInfo). */
function parse(text: string): Pick<BuildInfo, 'path' | 'main' | 'deps' | 'settings'> {
  const info: Pick<BuildInfo, 'path' | 'main' | 'deps' | 'settings'> = { path: '', main: null, deps: [], settings: [] };
  let last: Module | null = null;
  for (const line of text.split('\n')) {
    const [word, a = '', b = '', c = ''] = line.split('\t');
    if (word === 'path') info.path = a;
    else if (word === 'mod' || word === 'dep') {
      last = { path: a, version: b, sum: c, replace: null };
      if (word === 'mod') info.main = last;
      else info.deps.push(last);
    } else if (word === '=>' && last !== null) last.replace = { path: a, version: b, sum: c, replace: null };
    else if (word === 'build') {
      const setting = line.slice('build\t'.length);
      const [key, value] = splitSetting(setting);
      if (key !== '') info.settings.push({ key, value });
    }
  }
  return info;
}

/** `key=value`, either side quoted as a Go string when it holds special characters. */
function splitSetting(text: string): [string, string] {
  let key: string;
  let rest: string;
  if (text.startsWith('"')) {
    const end = closingQuote(text, '"');
    key = unquoted(text.slice(0, end + 1));
    rest = text.slice(end + 1);
  } else {
    const equals = text.indexOf('=');
    if (equals < 0) return ['', ''];
    key = text.slice(0, equals);
    rest = text.slice(equals);
  }
  const value = rest.slice(1);
  return [key, /^["`]/.test(value) ? unquoted(value) : value];
}

function closingQuote(text: string, quote: string): number {
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i;
  }
  return text.length;
}

/** What a Go string says; as it stands where it is none, in a file that was damaged. */
const unquoted = (text: string): string => unquote(text) ?? text;

/** The port a file was built for: as its build settings say, else what its format tells (illumos and Android look like others). */
export function portOf(image: Image, info: BuildInfo | null): { goos: string; goarch: string } {
  const setting = (key: string) => info?.settings.find(s => s.key === key)?.value ?? '';
  return { goos: setting('GOOS') || image.goos, goarch: setting('GOARCH') || image.goarch };
}
