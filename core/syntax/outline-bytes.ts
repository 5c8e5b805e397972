/** Outlines as bytes: kept beside the declarations of a package, they save scanning its sources. */
import { type ByteReader, type ByteWriter, Damaged } from '../source/bytes.ts';
import type { Directive } from './ast.ts';
import { Keyword, type Outline, type OutlineUnit } from './outline.ts';

/** What of a unit's description is a bit. */
const enum Bit {
  Ptr = 1,
  Alias = 2,
  Types = 4,
  Body = 8,
}

const keywords = [Keyword.Func, Keyword.Type, Keyword.Var, Keyword.Const, Keyword.Import];

export function writeOutline(w: ByteWriter, o: Outline): void {
  w.uint(o.clause);
  w.uint(o.name - o.clause);
  w.uint(o.nameEnd - o.name);
  w.string(o.pkgName);
  w.uint(o.directives.length);
  for (const { offset, end, text } of o.directives) {
    w.uint(offset);
    w.uint(end - offset);
    w.string(text);
  }
  w.uint(o.units.length);
  let last = 0;
  for (const u of o.units) {
    w.byte(keywords.indexOf(u.keyword));
    w.byte(
      (u.ptr ? Bit.Ptr : 0) | (u.alias ? Bit.Alias : 0) | (u.types ? Bit.Types : 0) | (u.body >= 0 ? Bit.Body : 0),
    );
    w.uint(u.start - last);
    w.uint(u.end - u.start);
    last = u.end;
    w.uint(u.directives);
    if (u.keyword !== Keyword.Func) {
      w.uint(u.names.length);
      for (const name of u.names) w.string(name);
      continue;
    }
    if (u.body >= 0) w.uint(u.body - u.start);
    w.string(u.name);
    w.uint(u.nameAt - u.start);
    w.string(u.recv);
  }
}

export function readOutline(r: ByteReader): Outline {
  const clause = r.uint();
  const name = clause + r.uint();
  const nameEnd = name + r.uint();
  const pkgName = r.string();
  const directives: Directive[] = [];
  for (let n = r.count(); n > 0; n--) {
    const offset = r.uint();
    directives.push({ offset, end: offset + r.uint(), text: r.string() });
  }
  const units: OutlineUnit[] = [];
  let last = 0;
  for (let n = r.count(); n > 0; n--) {
    const keyword = keywords[r.byte()];
    if (keyword === undefined) throw new Damaged('keyword');
    const bits = r.byte();
    const start = last + r.uint();
    const end = start + r.uint();
    last = end;
    const unit: OutlineUnit = {
      keyword,
      start,
      end,
      body: -1,
      name: '',
      nameAt: 0,
      recv: '',
      ptr: (bits & Bit.Ptr) !== 0,
      names: [],
      alias: (bits & Bit.Alias) !== 0,
      types: (bits & Bit.Types) !== 0,
      directives: r.uint(),
    };
    if (keyword === Keyword.Func) {
      if ((bits & Bit.Body) !== 0) unit.body = start + r.uint();
      unit.name = r.string();
      unit.nameAt = start + r.uint();
      unit.recv = r.string();
    } else for (let m = r.count(); m > 0; m--) unit.names.push(r.string());
    units.push(unit);
  }
  return { clause, name, nameEnd, pkgName, units, directives };
}
