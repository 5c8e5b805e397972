/** Making packages (types2's NewPackage). */
import { PackageObj } from './object.ts';
import { Scope } from './scope.ts';
import { universe } from './universe.ts';

/** An empty package whose scope lies in the universe. */
export function newPackage(path: string, name: string): PackageObj {
  return new PackageObj(path, name, new Scope(universe, null, null));
}
