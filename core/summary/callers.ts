/**
 * Whether a package can have to do with a function of another one, seen from the function: by the names in the texts of
 * the packages that may mention it, and of those that may mention these. Where nobody does, nothing needs to be read.
 */
import type { CheckedPackage } from '../types/info.ts';
import { type FuncObj, isExported, type PackageObj } from '../types/object.ts';
import { TypeKind } from '../types/type.ts';
import { declaredFunc, Mentions } from './names.ts';

/** The package that is asked about, and those that it needs. */
export interface Surroundings {
  readonly own: PackageObj;
  readonly reachable: ReadonlySet<PackageObj>;
  checkedOf(pkg: PackageObj): CheckedPackage | null;
  /** Whether the function can be expanded, or nobody knows. */
  mayExpand(pkg: PackageObj, fn: FuncObj): boolean;
}

/** How many functions are looked at on the way. */
const maxCallers = 30;

/** Callers of methods are looked for in so many packages. */
const maxPackages = 12;

/**
 * Nothing that is compiled in the package, or expanded there, mentions the function: so it is not expanded there.
 * False when that cannot be told.
 */
export function isNowhereMentioned(s: Surroundings, wanted: FuncObj): boolean {
  return everyCaller(s, wanted, (pkg, by, isGeneric) => {
    if (pkg === s.own && !isGeneric) return 'unknown';
    // all methods of an instance are compiled where the instance is
    if (by.signature.recv !== null) return 'unknown';
    return isGeneric || s.mayExpand(pkg, by) ? 'further' : 'none';
  });
}

/**
 * The function's body is not in the package's export data: none of the bodies there mentions it. A method's may be there
 * without being mentioned. False when that cannot be told.
 */
export function isOutOfReach(s: Surroundings, wanted: FuncObj): boolean {
  if (wanted.signature.recv !== null) return false;
  return everyCaller(s, wanted, (pkg, by, isGeneric) => {
    if (!isGeneric && !s.mayExpand(pkg, by)) return 'none';
    // bodies of others are there when they are expanded here
    if (!isGeneric && pkg !== s.own && isNowhereMentioned(s, by)) return 'none';
    if (by.signature.recv !== null || (pkg === s.own && isExported(by.name))) return 'unknown';
    return 'further';
  });
}

/** Goes from the function to all that mention it, and on where `look` says so; false when something is unknown. */
function everyCaller(
  s: Surroundings,
  wanted: FuncObj,
  look: (pkg: PackageObj, by: FuncObj, isGeneric: boolean) => 'none' | 'further' | 'unknown',
): boolean {
  const work = [wanted];
  for (let i = 0; i < work.length; i++) {
    const obj = work[i];
    if (i >= maxCallers || obj.pkg === null) return false;
    const { recv } = obj.signature;
    if (recv !== null && !isOnlyCalledByName(s, obj)) return false;
    for (const pkg of s.reachable) {
      // methods are called without naming their package
      if (recv === null && pkg !== obj.pkg && !pkg.imports.includes(obj.pkg)) continue;
      const checked = s.checkedOf(pkg);
      if (checked === null) return false;
      const { functions, outside } = new Mentions(checked).of(obj.name, pkg === obj.pkg);
      if (outside && pkg === s.own) return false;
      for (const named of functions) {
        const by = declaredFunc(pkg, named);
        if (by === null) return false;
        if (by === obj) continue;
        const { typeParams, recvTypeParams } = by.signature;
        const found = look(pkg, by, typeParams.length + recvTypeParams.length > 0);
        if (found === 'unknown') return false;
        if (found === 'further' && !work.includes(by)) work.push(by);
      }
    }
  }
  return true;
}

/** Nobody embeds the method's type, and it has no wrapper of its own: its name stands where it is called. */
function isOnlyCalledByName(s: Surroundings, { signature }: FuncObj): boolean {
  if (s.reachable.size > maxPackages) return false;
  const type = signature.recv!.type!;
  if (type.kind !== TypeKind.Pointer || type.elem.kind !== TypeKind.Named || type.elem.targs.length > 0) return false;
  const { name } = type.elem.obj;
  if (type.elem.typeParams.length > 0) return false;
  const embedded = new RegExp(String.raw`(?:^|[{;=])[ \t]*\*?(?:\w+\.)?${name}[ \t]*(?:$|[\x60"/;}])`, 'm');
  for (const pkg of s.reachable) {
    const checked = s.checkedOf(pkg);
    if (checked === null) return false;
    for (const { source } of checked.files) if (source.text.includes(name) && embedded.test(source.text)) return false;
  }
  return true;
}
