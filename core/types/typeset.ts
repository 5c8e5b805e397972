import type { FuncObj } from './object.ts';
import type { Term } from './type.ts';

/** The type set of an interface (types2's _TypeSet): all its methods, and the terms that restrict it. */
export interface TypeSet {
  /** All methods, embedded ones included, sorted by id. */
  methods: FuncObj[];
  /** Type terms; null stands for the universe of all types. */
  terms: Term[] | null;
  /** Invariant: when set, `terms` is null. */
  comparable: boolean;
}
