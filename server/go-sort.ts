/**
 * Go's sort.Slice: pattern-defeating quicksort (Go 1.19 on). It is not stable but deterministic, so a listing that Go
 * sorts by a key with duplicates is reproduced only by taking the same steps.
 */

// the bounds of pdqsort_func, choosePivot and partialInsertionSort
const INSERTION = 12;
const NINTHER = 50;
const MAX_SWAPS = 12;
const PARTIAL_STEPS = 5;

const enum Hint {
  Unknown,
  Increasing,
  Decreasing,
}

/** Sorts indices in place by `less`, which is asked about two elements, not positions. */
export function goSort(items: Uint32Array, less: (a: number, b: number) => boolean): void {
  new Sorter(items, less).sort(0, items.length, 32 - Math.clz32(items.length));
}

class Sorter {
  constructor(
    private readonly items: Uint32Array,
    private readonly lessThan: (a: number, b: number) => boolean,
  ) {}

  private less(i: number, j: number): boolean {
    return this.lessThan(this.items[i], this.items[j]);
  }
  private swap(i: number, j: number): void {
    const { items } = this;
    const item = items[i];
    items[i] = items[j];
    items[j] = item;
  }

  /** Sorts [a, b); after `limit` bad pivots by heap. */
  sort(a: number, b: number, limit: number): void {
    let balanced = true;
    let partitioned = true;
    for (;;) {
      const length = b - a;
      if (length <= INSERTION) return this.insertion(a, b);
      if (limit === 0) return this.heap(a, b);
      if (!balanced) {
        this.scatter(a, b);
        limit--;
      }
      let [pivot, hint] = this.choosePivot(a, b);
      if (hint === Hint.Decreasing) {
        for (let i = a, j = b - 1; i < j; i++, j--) this.swap(i, j);
        pivot = b - 1 - (pivot - a);
        hint = Hint.Increasing;
      }
      if (balanced && partitioned && hint === Hint.Increasing && this.nearlySorted(a, b)) return;
      // equal to the largest of what is sorted already: everything equal goes to the left
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.partitionEqual(a, b, pivot);
        continue;
      }
      const [mid, already] = this.partition(a, b, pivot);
      partitioned = already;
      const [left, right] = [mid - a, b - mid];
      const enough = Math.floor(length / 8);
      if (left < right) {
        balanced = left >= enough;
        this.sort(a, mid, limit);
        a = mid + 1;
      } else {
        balanced = right >= enough;
        this.sort(mid + 1, b, limit);
        b = mid;
      }
    }
  }

  private insertion(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.less(j, j - 1); j--) this.swap(j, j - 1);
  }

  private heap(first: number, b: number): void {
    const n = b - first;
    const sift = (root: number, end: number) => {
      for (let child = 2 * root + 1; child < end; child = 2 * root + 1) {
        if (child + 1 < end && this.less(first + child, first + child + 1)) child++;
        if (!this.less(first + root, first + child)) return;
        this.swap(first + root, first + child);
        root = child;
      }
    };
    for (let i = Math.floor((n - 1) / 2); i >= 0; i--) sift(i, n);
    for (let i = n - 1; i >= 0; i--) {
      this.swap(first, first + i);
      sift(0, i);
    }
  }

  /** Puts what is less than the pivot before it, the rest behind: where it is then, and whether all lay so already. */
  private partition(a: number, b: number, pivot: number): [mid: number, already: boolean] {
    this.swap(a, pivot);
    let i = a + 1;
    let j = b - 1;
    for (let first = true; ; first = false) {
      while (i <= j && this.less(i, a)) i++;
      while (i <= j && !this.less(j, a)) j--;
      if (i > j) {
        this.swap(j, a);
        return [j, first];
      }
      this.swap(i++, j--);
    }
  }

  /** Puts what equals the pivot first, in a range where nothing is less: where the rest begins. */
  private partitionEqual(a: number, b: number, pivot: number): number {
    this.swap(a, pivot);
    let i = a + 1;
    let j = b - 1;
    for (;;) {
      while (i <= j && !this.less(a, i)) i++;
      while (i <= j && this.less(a, j)) j--;
      if (i > j) return i;
      this.swap(i++, j--);
    }
  }

  /** Mends up to five neighbours in the wrong order; whether all is sorted then. */
  private nearlySorted(a: number, b: number): boolean {
    let i = a + 1;
    for (let step = 0; step < PARTIAL_STEPS; step++) {
      while (i < b && !this.less(i, i - 1)) i++;
      if (i === b) return true;
      if (b - a < NINTHER) return false;
      this.swap(i, i - 1);
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1);
      if (b - i >= 2) for (let j = i + 1; j < b && this.less(j, j - 1); j++) this.swap(j, j - 1);
    }
    return false;
  }

  /** Swaps three elements of the middle with others, chosen by a xorshift of 64 bits that begins with the length. */
  private scatter(a: number, b: number): void {
    const length = b - a;
    if (length < 8) return;
    let random = BigInt(length);
    const modulus = 2 ** (32 - Math.clz32(length));
    const middle = a + Math.floor(length / 4) * 2 - 1;
    for (let at = middle; at <= middle + 2; at++) {
      random ^= BigInt.asUintN(64, random << 13n);
      random ^= random >> 7n;
      random ^= BigInt.asUintN(64, random << 17n);
      let other = Number(random & BigInt(modulus - 1));
      if (other >= length) other -= length;
      this.swap(at, a + other);
    }
  }

  /** Of three quarters, in longer ranges of three neighbours each, the median. */
  private choosePivot(a: number, b: number): [number, Hint] {
    const length = b - a;
    const quarter = Math.floor(length / 4);
    let swaps = 0;
    const median = (x: number, y: number, z: number): number => {
      if (this.less(y, x)) {
        swaps++;
        [x, y] = [y, x];
      }
      if (this.less(z, y)) {
        swaps++;
        y = z;
      }
      if (this.less(y, x)) {
        swaps++;
        y = x;
      }
      return y;
    };
    let [i, j, k] = [a + quarter, a + quarter * 2, a + quarter * 3];
    if (length >= 8) {
      if (length >= NINTHER) {
        i = median(i - 1, i, i + 1);
        j = median(j - 1, j, j + 1);
        k = median(k - 1, k, k + 1);
      }
      j = median(i, j, k);
    }
    return [j, swaps === 0 ? Hint.Increasing : swaps === MAX_SWAPS ? Hint.Decreasing : Hint.Unknown];
  }
}
