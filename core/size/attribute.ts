/** What the bytes of an executable are: the evidence, most certain first, as claims for the ledger. */
import type { ArchiveImage } from '../binary/archive.ts';
import { minorOf, readBuildInfo } from '../binary/buildinfo.ts';
import { isZero, latin1 } from '../binary/bytes.ts';
import type { Image, Section } from '../binary/image.ts';
import type { FatImage } from '../binary/macho.ts';
import { isPacked, isSplitOff, type Maker, otherCompiler } from '../binary/maker.ts';
import { memoryOf } from '../binary/memory.ts';
import { findModuledata, type Moduledata } from '../binary/moduledata.ts';
import { readPclntab } from '../binary/pclntab.ts';
import { readTypes } from '../binary/types.ts';
import { isWasm } from '../binary/wasm.ts';
import {
  claimBodies,
  claimCode,
  claimFuncdata,
  claimPclntab,
  functionsOfSymbols,
  type GoFunction,
  goFunctions,
} from './code.ts';
import {
  claimConstants,
  claimForeign,
  constantsOf,
  claimModuledata,
  claimRanges,
  claimSymbols,
  claimTypes,
  hasForeign,
} from './data.ts';
import { claimDebug, type BeginDebug, type ReadDebug, readDebug } from './debug.ts';
import { claimArchive, claimObject } from './object.ts';
import { claimReferences } from './references.ts';
import { claimSection } from './sections.ts';
import type { Ledger, LedgerKind } from './ledger.ts';
import { Claims } from './ledger.ts';

/**
 * The ledger of an executable. Costs one pass over functions, symbols and sections. `debug` begins to read the debug
 * information, which is needed when all else has been claimed.
 */
export function ledgerOf(image: Image, debug: BeginDebug = () => readDebug): Ledger {
  const claims = new Claims(image);
  if (isArchive(image)) return claims.ledger(claimArchive(claims, image) ? 'go' : 'other');
  if (!isFat(image)) {
    const maker = claimImage(claims, image, debug(image));
    if (image.type !== 'object') claimAppended(claims, image);
    return claims.ledger(maker);
  }
  for (const { offset, size, name } of image.parts) claims.add(offset, size, { kind: 'header', symbol: name });
  let maker: Maker = 'other';
  for (const program of image.programs) {
    claims.addressing(program);
    const its = claimImage(claims, program, readDebug);
    if (its === 'go' || maker === 'other') maker = its;
  }
  return claims.ledger(maker);
}

/**
 * The ledger by what the headers tell: a row for each section and table, code and data by whether it can be executed and
 * written. Costs no more than reading the headers, but for archives and fat files, which have a ledger as ever.
 */
export function headerLedgerOf(image: Image): Ledger {
  if (isArchive(image) || isFat(image) || image.type === 'object') return ledgerOf(image);
  const claims = new Claims(image);
  claimParts(claims, image);
  for (const section of image.sections) {
    claimSection(claims, section);
    claimByUse(claims, section);
  }
  const isGo = image.sections.some(s => s.name.endsWith('gopclntab')) || readBuildInfo(image) !== null;
  return claims.ledger(isGo ? 'go' : isPacked(image) ? 'upx' : 'other');
}

/** A loaded section by what the program may do with it. */
function claimByUse(claims: Claims, { loaded, exec, write, offset, fileSize, name }: Section): void {
  const kind = exec ? 'code' : write ? 'data' : 'read-only data';
  if (loaded) claims.add(offset, fileSize, { kind, symbol: name });
}

function claimParts(claims: Claims, image: Image): void {
  for (const part of image.parts) {
    const kind: LedgerKind =
      part.kind === 'symbols' || part.kind === 'strings'
        ? 'symbols'
        : part.kind === 'relocations'
          ? 'relocations'
          : 'header';
    claims.add(part.offset, part.size, { kind, symbol: part.name });
  }
}

/** Claims all of one program, or object. */
function claimImage(claims: Claims, image: Image, debug: ReadDebug): Maker {
  if (image.type === 'object') return claimObject(claims, image, 0) ? 'go' : 'other';
  const symbols = image.symbols();
  const info = readBuildInfo(image);
  const minor = minorOf(info?.goVersion ?? '');
  const table = readPclntab(image);
  const moduledata = table === null ? null : findModuledata(image, table.addr, minor);
  claimParts(claims, image);
  if (info !== null) {
    const claim = { kind: 'build info', symbol: 'runtime.buildInfo' } as const;
    if (isWasm(image)) claims.addMemory(info.at, info.size, claim);
    else claims.add(info.at, info.size, claim);
  }
  let functions: GoFunction[] = [];
  // Wasm's symbols are functions, at offsets of the file
  const named = table === null || symbols === null || isWasm(image) ? null : functionsOfSymbols(table, symbols);
  if (table !== null) {
    functions = goFunctions(claims, table);
    if (isWasm(image)) claimBodies(claims, image, functions);
    else claimCode(claims, image, functions, symbols, named);
    claimPclntab(claims, table, functions);
    if (moduledata !== null) claimFuncdata(claims, image, table, functions, moduledata);
  }
  const types = moduledata === null ? null : readTypes(image, moduledata, minor || minorByLayout(image, moduledata));
  if (types !== null) claimTypes(claims, types);
  if (symbols !== null && !isWasm(image))
    claimSymbols(claims, symbols, named, functions, table === null && info !== null ? 'code' : 'foreign code');
  if (moduledata !== null) claimModuledata(claims, image, moduledata);
  const constants = moduledata === null || types === null ? [] : constantsOf(image, moduledata, types);
  claimReferences(claims, image, functions, symbols, constants);
  if (symbols !== null) claimRanges(claims, symbols);
  if (moduledata !== null && types !== null) claimConstants(claims, image, moduledata, types, constants);
  claimDebug(claims, debug(image, functions.length > 0), functions);
  for (const section of image.sections) claimSection(claims, section);
  const maker = makerOf(image, table !== null, info !== null);
  if (maker === 'hidden') for (const section of image.sections) claimByUse(claims, section);
  if (maker === 'upx') claims.add(0, image.source.size, { kind: 'foreign data', symbol: 'packed by UPX' });
  else if (table === null || image.libraries.length > 0 || hasForeign(image)) claimForeign(claims, image);
  return maker;
}

function makerOf(image: Image, hasTable: boolean, hasInfo: boolean): Maker {
  if (hasTable) return 'go';
  if (isSplitOff(image)) return 'split';
  if (isPacked(image)) return 'upx';
  return otherCompiler(image) ?? (hasInfo ? 'hidden' : 'other');
}

/** What stands behind all that the headers tell of: an installer's payload, an archive, a signature of others. */
function claimAppended(claims: Claims, { format, source, sections, parts, loads }: Image): void {
  if (format === 'wasm') return;
  let end = 0;
  for (const { offset, fileSize } of sections) end = Math.max(end, offset + fileSize);
  for (const { offset, fileSize } of loads) end = Math.max(end, offset + fileSize);
  for (const { offset, size } of parts) end = Math.max(end, offset + size);
  // zeros are padding, as elsewhere between what is told
  if (end === 0 || end >= source.size || isZero(source, end, source.size - end)) return;
  claims.add(end, source.size - end, { kind: 'foreign data', symbol: 'appended to the file' });
}

function isFat(image: Image): image is FatImage {
  return 'programs' in image;
}

function isArchive(image: Image): image is ArchiveImage {
  return image.format === 'archive';
}

/**
 * The release of a file without build information: one that has this layout of moduledata, by the version that stands
 * among the constants where the layout leaves a choice.
 */
function minorByLayout(image: Image, { layout, rodata }: Moduledata): number {
  if (layout >= 26) return layout;
  const memory = memoryOf(image);
  const range = memory.indexOf(rodata);
  let minor = layout;
  if (range < 0) return minor;
  const { bytes } = memory.reader(range);
  for (let at = 0; at < bytes.length; at += SEARCHED) {
    const text = latin1(bytes, at, Math.min(bytes.length, at + SEARCHED + 16));
    for (const [, found] of text.matchAll(/go1\.(\d\d)\.\d/g))
      if (Number(found) > minor && Number(found) < 26) minor = Number(found);
  }
  return minor;
}
/** Bytes that are made a text at a time. */
const SEARCHED = 1 << 20;
