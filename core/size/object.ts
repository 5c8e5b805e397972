/** Claims for what is not linked yet: objects of C compilers, objects and packages of Go, archives of both. */
import type { ArchiveImage } from '../binary/archive.ts';
import { type ByteSource, FormatError, latin1 } from '../binary/bytes.ts';
import { openElf } from '../binary/elf.ts';
import { type GoObject, readGoObjects } from '../binary/goobj.ts';
import type { Image } from '../binary/image.ts';
import { packageOfSymbol } from '../names/symbol.ts';
import { claimSection } from './sections.ts';
import { symbolKind } from './data.ts';
import type { Claims, LedgerKind } from './ledger.ts';

/** Each member by what it is. Returns whether one of them is of Go. */
export function claimArchive(claims: Claims, image: ArchiveImage): boolean {
  let go = false;
  for (const { offset, size, name } of image.parts) claims.add(offset, size, { kind: 'header', symbol: name });
  for (const member of image.members) {
    const { offset, size } = member;
    claims.add(member.header, member.headerSize, { kind: 'header', symbol: 'member header' });
    const whole = (kind: LedgerKind, symbol: string) => claims.add(offset, size, { kind, symbol });
    if (member.name === '') whole('symbols', "the archive's index");
    else if (member.name === '__.PKGDEF') whole('symbols', 'export data');
    else {
      const inner: ByteSource = { size, read: (at, length) => image.source.read(offset + at, length) };
      let own = false;
      try {
        const magic = latin1(inner.read(0, Math.min(9, size)), 0, Math.min(9, size));
        if (magic === 'go object') {
          for (const object of readGoObjects(inner, '')) claimGoObject(claims, object, offset);
          own = true;
        } else if (magic.startsWith('\x7fELF')) own = claimObject(claims, openElf(inner), offset);
      } catch (error) {
        // a damaged member is a row of its own
        if (!(error instanceof FormatError)) throw error;
      }
      whole(own ? 'header' : 'foreign code', member.name);
      go ||= own;
    }
  }
  return go;
}

/** The symbols of an object that is `base` bytes into the file, section by section. Returns whether Go made it. */
export function claimObject(claims: Claims, image: Image, base: number): boolean {
  const symbols = image.symbols();
  let go = false;
  for (const part of image.parts) {
    const kind = part.kind === 'relocations' ? 'relocations' : part.kind === 'header' ? 'header' : 'symbols';
    claims.add(base + part.offset, part.size, { kind, symbol: part.name });
  }
  if (symbols !== null && symbols.sections !== undefined) {
    go = symbols.names.includes('runtime.text');
    for (let i = 0; i < symbols.names.length; i++) {
      const section = image.sections[symbols.sections[i]];
      const [addr, size, name] = [symbols.addrs[i], symbols.sizes[i], symbols.names[i]];
      if (section === undefined || section.fileSize === 0 || !(size > 0) || addr + size > section.fileSize) continue;
      const kind = symbolKind(name, String.fromCharCode(symbols.codes[i]).toUpperCase());
      if (kind === null) continue;
      const pkg = go ? packageOfSymbol(name) : '';
      const own: LedgerKind = kind === 'foreign code' && pkg !== '' ? 'code' : kind;
      claims.add(base + section.offset + addr, size, { kind: own, pkg, symbol: name });
    }
  }
  for (const section of image.sections) {
    claimSection(claims, section, base);
    if (!section.loaded) continue;
    const kind: LedgerKind = go
      ? section.exec
        ? 'padding'
        : section.write
          ? 'data'
          : 'read-only data'
      : section.exec
        ? 'foreign code'
        : 'foreign data';
    claims.add(base + section.offset, section.fileSize, { kind, symbol: section.name });
  }
  return go;
}

/** An object of Go's compiler: the bytes of each symbol, relocations, and the tables around them. */
export function claimGoObject(claims: Claims, object: GoObject, base: number): void {
  for (let i = 0; i < object.defined; i++) {
    const { offset, size } = object.dataRange(i);
    if (size === 0) continue;
    const name = object.names[i];
    const kind: LedgerKind =
      name === '' || /^go:(?:cu)?info\.|\$abstract$/.test(name)
        ? 'dwarf'
        : object.isFunction(i)
          ? 'code'
          : /^gclocals·|\.(?:stkobj|opendefer|arginfo\d|argliveinfo|args_stackmap)$/.test(name)
            ? 'funcdata'
            : (symbolKind(name, 'R') ?? 'read-only data');
    claims.add(base + offset, size, {
      kind,
      pkg: packageOfSymbol(name),
      symbol: name === '' ? 'debug information' : name,
    });
  }
  const { relocations, tables } = object.parts;
  claims.add(base + relocations.offset, relocations.size, { kind: 'relocations', symbol: 'relocations' });
  claims.add(base + tables.offset, tables.size, { kind: 'symbols', symbol: "the object's tables" });
}
