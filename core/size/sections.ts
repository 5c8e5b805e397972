/** Claims for sections by their names: what is neither code nor data of the program's own. */
import type { Section } from '../binary/image.ts';
import type { Claims, LedgerKind } from './ledger.ts';

/** Sections of a Wasm module that describe it to the engine. */
const WASM_TABLES = new Set(
  'type import function table memory global export start element producers go:buildid'.split(' '),
);

/** Code and data of a Wasm module, and what else is no custom section. */
const WASM_CONTENT = /^(?:code|data|data count|section \d+)$/;

/**
 * What a section is as a whole, for the bytes that nothing above tells. Read-only and writable data stay unknown.
 * `base` is where its file begins in the whole.
 */
export function claimSection(claims: Claims, section: Section, base = 0): void {
  const name = section.name.replace(/^__[A-Z_]+,/, '').replace(/^(?:__|\.)/, '');
  // PE: sections fill up to the file's alignment
  if (section.loaded && section.memSize > 0 && section.memSize < section.fileSize) {
    const rest = section.fileSize - section.memSize;
    claims.add(base + section.offset + section.memSize, rest, { kind: 'padding', symbol: 'end of section' });
  }
  const claim = (kind: LedgerKind) =>
    claims.add(base + section.offset, section.fileSize, { kind, symbol: section.name });
  if (/^z?debug_|^apple_|^gdb_index$|^gnu_debug/.test(name)) claim('dwarf');
  else if (/^(?:data\.rel\.ro\.)?(?:typelink|go\.type)$/.test(name)) claim('types');
  else if (/^(?:data\.rel\.ro\.)?(?:itablink)$/.test(name)) claim('itabs');
  else if (/^(?:data\.rel\.ro\.)?go[._]func$/.test(name)) claim('funcdata');
  else if (/gopclntab$/.test(name)) claim('pclntab');
  else if (/^(?:rela?[._]|rel\.|relr|reloc$)/.test(name)) claim('relocations');
  else if (/^(?:symtab|strtab|shstrtab|dynsym|dynstr|gnu\.version(?:_[rd])?|hash|gnu\.hash|name)$/.test(name))
    claim('symbols');
  else if (
    /^(?:interp|dynamic|note\b.*|got|got\.plt|plt(?:\.\w+)?|eh_frame|eh_frame_hdr|idata|xdata|pdata|edata|ctors|dtors|comment)$/.test(
      name,
    ) ||
    /^(?:symbol_stub1|stubs|stub_helper|nl_symbol_ptr|la_symbol_ptr|unwind_info|mod_init_func|go_fipsinfo)$/.test(
      name,
    ) ||
    /^(?:init|fini|init_array|fini_array|gcc_except_table|pdr|gnu\.attributes|MIPS\.\w+|ARM\.\w+|go\.fipsinfo|rsrc|tls|CRT)$/.test(
      name,
    )
  )
    claim('header');
  else if (/^go[._]module$/.test(name)) claim('data');
  else if (WASM_TABLES.has(name)) claim('header');
  else if (/^go[._]buildinfo$/.test(name)) claim('build info');
  // no part of the program, and none that a linker of Go writes: what others put beside it
  else if (!section.loaded && !WASM_CONTENT.test(section.name)) claim('foreign data');
}
