/** Objects by id, for finding duplicates (types2 objset). */
import { type Obj, objId } from './object.ts';

export class ObjSet {
  private readonly map = new Map<string, Obj>();
  /** Adds the object unless there is one with its id, which is then returned. */
  insert(obj: Obj): Obj | null {
    const id = objId(obj.pkg, obj.name);
    const alt = this.map.get(id);
    if (alt !== undefined) return alt;
    this.map.set(id, obj);
    return null;
  }
}
