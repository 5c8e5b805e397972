/**
 * Units of debug information (DWARF 2 to 5): one for each package that Go compiled and for each file that a C compiler
 * did, with where their parts begin in the other sections.
 */
import { FormatError, Reader, readExact, utf8, uvarint } from './bytes.ts';
import type { Image, Section } from './image.ts';
import { compressedAt, inflate, type Inflated } from './inflate.ts';

/** A section's content and where its bytes lie in the file. */
export interface DebugSection {
  section: Section;
  reader: Reader;
  /** File offset of a position in the content; for compressed ones to a few bytes. */
  offsetOf(at: number): number;
}

export interface Unit {
  /** In .debug_info: [offset, end). */
  offset: number;
  end: number;
  /** As the compiler calls it: an import path, or a file of C. */
  name: string;
  /** Written by Go's compiler. */
  go: boolean;
  /** Where the unit's parts begin in other sections; -1 for none. */
  line: number;
  addresses: number;
  ranges: number;
  rangeLists: number;
  locationLists: number;
}

const LANGUAGE_GO = 22;
/** Largest content that is made from compressed bytes: debug information becomes three or four times as large. */
const CONTENT_LIMIT = 256 * 1024 * 1024;
const CONTENT_ALWAYS = 64 * 1024 * 1024;
const CONTENT_PER_BYTE = 12;
const SHF_HEADER_64 = 24;
const SHF_HEADER_32 = 12;

/** A section's name without what formats put before it and without the sign of compression. */
export function debugName(section: Section): string {
  return section.name
    .replace(/^__[A-Z]+,/, '')
    .replace(/^(?:__|\.)/, '')
    .replace(/^zdebug_/, 'debug_');
}

/** A debug section by its name without dot and underscores: `debug_info`. Null when missing or not readable. */
export function debugSection(image: Image, name: string): DebugSection | null {
  const section = image.sections.find(s => s.fileSize > 0 && debugName(s) === name);
  if (section === undefined) return null;
  const raw = readExact(image.source, section.offset, section.fileSize, section.name);
  if (!section.compressed) {
    const reader = new Reader(raw, image.littleEndian);
    return { section, reader, offsetOf: at => section.offset + Math.min(at, raw.length) };
  }
  let skip: number;
  let size: number;
  const head = new Reader(raw, image.littleEndian);
  if (/^(?:__|\.)zdebug_/.test(section.name.replace(/^__[A-Z]+,/, ''))) {
    // "ZLIB" and the size, high byte first
    if (raw.length < 12 || head.latin1(0, 4) !== 'ZLIB') return null;
    skip = 12;
    size = new Reader(raw, false).u64(4);
  } else {
    skip = image.ptrSize === 8 ? SHF_HEADER_64 : SHF_HEADER_32;
    if (raw.length < skip || head.u32(0) !== 1) return null;
    size = head.uptr(image.ptrSize === 8 ? 8 : 4, image.ptrSize);
  }
  if (size > Math.min(CONTENT_LIMIT, CONTENT_ALWAYS + image.source.size * CONTENT_PER_BYTE))
    throw new FormatError(`${section.name} claims to hold ${size} bytes`);
  const inflated: Inflated = inflate(raw.subarray(skip), size);
  return {
    section,
    reader: new Reader(inflated.bytes, image.littleEndian),
    offsetOf: at => section.offset + (at === 0 ? 0 : skip + compressedAt(inflated, at)),
  };
}

const AT_LOCATION = 0x02;
const AT_NAME = 0x03;
const AT_STMT_LIST = 0x10;
const AT_LANGUAGE = 0x13;
const AT_RANGES = 0x55;
const AT_STR_OFFSETS_BASE = 0x72;
const AT_ADDR_BASE = 0x73;
const AT_RNGLISTS_BASE = 0x74;
const AT_LOCLISTS_BASE = 0x8c;
const UNIT_TYPE = 0x02;
const UNIT_SKELETON = 0x04;
const UNIT_SPLIT_COMPILE = 0x05;
const UNIT_SPLIT_TYPE = 0x06;

/** The units in the order of the file. Damage ends the list early. */
export function readUnits(image: Image, info: DebugSection): Unit[] {
  const abbrev = debugSection(image, 'debug_abbrev')?.reader ?? null;
  const text = (name: string) => {
    let section: DebugSection | null | undefined;
    return () => {
      if (section === undefined) section = debugSection(image, name);
      return section;
    };
  };
  const strings = text('debug_str');
  const lineStrings = text('debug_line_str');
  const stringOffsets = text('debug_str_offsets');
  const tables = new Map<number, Abbreviations>();
  const units: Unit[] = [];
  const r = info.reader;
  for (let at = 0; at + 11 <= r.length; ) {
    let length = r.u32(at);
    let offsetSize: 4 | 8 = 4;
    let p = at + 4;
    if (length === 0xffffffff) {
      length = r.u64(p);
      offsetSize = 8;
      p += 8;
    }
    const end = p + length;
    if (length < 7 || end > r.length) break;
    const unit: Unit = {
      offset: at,
      end,
      name: '',
      go: false,
      line: -1,
      addresses: -1,
      ranges: -1,
      rangeLists: -1,
      locationLists: -1,
    };
    units.push(unit);
    at = end;
    try {
      if (abbrev !== null)
        new UnitReader(r, p, offsetSize, unit, strings, lineStrings, stringOffsets).read(offset => {
          let table = tables.get(offset);
          if (table === undefined) tables.set(offset, (table = readAbbreviations(abbrev, offset)));
          return table;
        });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
  }
  return units;
}

type Text = () => DebugSection | null;

/** Attributes and forms of an abbreviation, in pairs, with the value of implicit constants third. */
type Abbreviations = Map<number, Float64Array>;

function readAbbreviations(r: Reader, start: number): Abbreviations {
  const table: Abbreviations = new Map();
  let [code, at] = uvarint(r.bytes, start);
  while (code !== 0) {
    [, at] = uvarint(r.bytes, at);
    at++;
    const attributes: number[] = [];
    for (;;) {
      let attribute: number;
      let form: number;
      let constant = 0;
      [attribute, at] = uvarint(r.bytes, at);
      [form, at] = uvarint(r.bytes, at);
      if (form === FORM_IMPLICIT_CONST) [constant, at] = uvarint(r.bytes, at);
      if (attribute === 0 && form === 0) break;
      attributes.push(attribute, form, constant);
    }
    table.set(code, Float64Array.from(attributes));
    [code, at] = uvarint(r.bytes, at);
  }
  return table;
}

/** Reads the entries of one unit. */
class UnitReader {
  /** Position, and what the last attribute held: a number, and the name of a string or its index. */
  private value = 0;
  private name: string | null = null;
  private index = -1;
  private addressSize = 8;
  private version = 0;

  constructor(
    private readonly r: Reader,
    private p: number,
    private readonly offsetSize: 4 | 8,
    private readonly unit: Unit,
    private readonly strings: Text,
    private readonly lineStrings: Text,
    private readonly stringOffsets: Text,
  ) {}

  /** The unit's header and first entry, and its other entries up to the first that has a list of locations. */
  read(abbreviationsAt: (offset: number) => Abbreviations): void {
    const { r, offsetSize } = this;
    this.version = r.u16(this.p);
    this.p += 2;
    if (this.version < 2 || this.version > 5) return;
    let at: number;
    if (this.version >= 5) {
      const type = r.u8(this.p);
      this.addressSize = r.u8(this.p + 1);
      at = r.uptr(this.p + 2, offsetSize);
      this.p += 2 + offsetSize;
      if (type === UNIT_SKELETON || type === UNIT_SPLIT_COMPILE) this.p += 8;
      if (type === UNIT_TYPE || type === UNIT_SPLIT_TYPE) this.p += 8 + offsetSize;
    } else {
      at = r.uptr(this.p, offsetSize);
      this.addressSize = r.u8(this.p + offsetSize);
      this.p += offsetSize + 1;
    }
    const abbreviations = abbreviationsAt(at);
    this.head(abbreviations);
    while (this.p < this.unit.end && this.unit.locationLists < 0) {
      const code = this.varint();
      if (code === 0) continue;
      const attributes = abbreviations.get(code);
      if (attributes === undefined) return;
      for (let i = 0; i < attributes.length; i += 3) {
        this.form(attributes[i + 1]);
        if (attributes[i] === AT_LOCATION && attributes[i + 1] === FORM_SEC_OFFSET) {
          this.unit.locationLists = this.value;
          return;
        }
      }
    }
  }

  private head(abbreviations: Abbreviations): void {
    const { unit, offsetSize } = this;
    const attributes = abbreviations.get(this.varint());
    if (attributes === undefined) return;
    let stringBase = offsetSize === 8 ? 16 : 8;
    let indexed = -1;
    for (let i = 0; i < attributes.length; i += 3) {
      const form = attributes[i + 1];
      this.value = attributes[i + 2];
      this.form(form);
      switch (attributes[i]) {
        case AT_NAME:
          unit.name = this.name ?? '';
          indexed = this.index;
          break;
        case AT_LANGUAGE:
          unit.go = this.value === LANGUAGE_GO;
          break;
        case AT_STMT_LIST:
          unit.line = this.value;
          break;
        case AT_ADDR_BASE:
          unit.addresses = this.value - 8;
          break;
        case AT_RANGES:
          if (this.version < 5) unit.ranges = this.value;
          else if (form === FORM_SEC_OFFSET && unit.rangeLists < 0) unit.rangeLists = this.value;
          break;
        case AT_RNGLISTS_BASE:
          unit.rangeLists = this.value - 12;
          break;
        case AT_LOCLISTS_BASE:
          unit.locationLists = this.value - 12;
          break;
        case AT_STR_OFFSETS_BASE:
          stringBase = this.value;
          break;
      }
    }
    if (unit.name !== '' || indexed < 0) return;
    const offsets = this.stringOffsets()?.reader;
    const from = this.strings()?.reader;
    if (offsets === undefined || from === undefined) return;
    const offset = offsets.uptr(stringBase + indexed * offsetSize, offsetSize);
    if (offset < from.length) unit.name = from.cstring(offset);
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.r.u8(this.p++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** Reads past an attribute of a form (DWARF 5, 7.5.6). */
  private form(form: number): void {
    const { r, offsetSize } = this;
    this.name = null;
    this.index = -1;
    switch (form) {
      case FORM_INDIRECT:
        return this.form(this.varint());
      case FORM_STRING: {
        const end = r.bytes.indexOf(0, this.p);
        if (end < 0) throw new FormatError('a string of the debug information does not end');
        this.name = utf8(r.bytes, this.p, end);
        this.p = end + 1;
        return;
      }
      case FORM_STRP:
      case FORM_LINE_STRP: {
        const from = (form === FORM_STRP ? this.strings : this.lineStrings)()?.reader;
        const offset = r.uptr(this.p, offsetSize);
        if (from !== undefined && offset < from.length) this.name = from.cstring(offset);
        this.p += offsetSize;
        return;
      }
      case FORM_SEC_OFFSET:
      case FORM_REF_ADDR:
      case FORM_STRP_SUP:
        this.value = r.uptr(this.p, offsetSize);
        this.p += offsetSize;
        return;
      case FORM_ADDR:
        this.p += this.addressSize;
        return;
      case FORM_DATA1:
      case FORM_REF1:
      case FORM_FLAG:
      case FORM_STRX1:
      case FORM_ADDRX1:
        this.value = r.u8(this.p);
        if (form === FORM_STRX1) this.index = this.value;
        this.p += 1;
        return;
      case FORM_DATA2:
      case FORM_REF2:
      case FORM_STRX2:
      case FORM_ADDRX2:
        this.value = r.u16(this.p);
        if (form === FORM_STRX2) this.index = this.value;
        this.p += 2;
        return;
      case FORM_STRX3:
      case FORM_ADDRX3:
        if (form === FORM_STRX3) this.index = r.u16(this.p) + r.u8(this.p + 2) * 65536;
        this.p += 3;
        return;
      case FORM_DATA4:
      case FORM_REF4:
      case FORM_STRX4:
      case FORM_ADDRX4:
        this.value = r.u32(this.p);
        if (form === FORM_STRX4) this.index = this.value;
        this.p += 4;
        return;
      case FORM_DATA8:
      case FORM_REF8:
      case FORM_REF_SIG8:
        this.value = r.u64(this.p);
        this.p += 8;
        return;
      case FORM_DATA16:
        this.p += 16;
        return;
      case FORM_SDATA:
      case FORM_UDATA:
      case FORM_REF_UDATA:
      case FORM_STRX:
      case FORM_ADDRX:
      case FORM_LOCLISTX:
      case FORM_RNGLISTX:
        this.value = this.varint();
        if (form === FORM_STRX) this.index = this.value;
        return;
      case FORM_BLOCK1:
        this.p += 1 + r.u8(this.p);
        return;
      case FORM_BLOCK2:
        this.p += 2 + r.u16(this.p);
        return;
      case FORM_BLOCK4:
        this.p += 4 + r.u32(this.p);
        return;
      case FORM_BLOCK:
      case FORM_EXPRLOC: {
        const size = this.varint();
        this.p += size;
        return;
      }
      case FORM_FLAG_PRESENT:
      case FORM_IMPLICIT_CONST:
        return;
      default:
        throw new FormatError(`debug information has the unknown form ${form}`);
    }
  }
}

const FORM_ADDR = 0x01;
const FORM_BLOCK2 = 0x03;
const FORM_BLOCK4 = 0x04;
const FORM_DATA2 = 0x05;
const FORM_DATA4 = 0x06;
const FORM_DATA8 = 0x07;
const FORM_STRING = 0x08;
const FORM_BLOCK = 0x09;
const FORM_BLOCK1 = 0x0a;
const FORM_DATA1 = 0x0b;
const FORM_FLAG = 0x0c;
const FORM_SDATA = 0x0d;
const FORM_STRP = 0x0e;
const FORM_UDATA = 0x0f;
const FORM_REF_ADDR = 0x10;
const FORM_REF1 = 0x11;
const FORM_REF2 = 0x12;
const FORM_REF4 = 0x13;
const FORM_REF8 = 0x14;
const FORM_REF_UDATA = 0x15;
const FORM_INDIRECT = 0x16;
const FORM_SEC_OFFSET = 0x17;
const FORM_EXPRLOC = 0x18;
const FORM_FLAG_PRESENT = 0x19;
const FORM_STRX = 0x1a;
const FORM_ADDRX = 0x1b;
const FORM_STRP_SUP = 0x1d;
const FORM_DATA16 = 0x1e;
const FORM_LINE_STRP = 0x1f;
const FORM_REF_SIG8 = 0x20;
const FORM_IMPLICIT_CONST = 0x21;
const FORM_LOCLISTX = 0x22;
const FORM_RNGLISTX = 0x23;
const FORM_STRX1 = 0x25;
const FORM_STRX2 = 0x26;
const FORM_STRX3 = 0x27;
const FORM_STRX4 = 0x28;
const FORM_ADDRX1 = 0x29;
const FORM_ADDRX2 = 0x2a;
const FORM_ADDRX3 = 0x2b;
const FORM_ADDRX4 = 0x2c;
