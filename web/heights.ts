/** How high a row is taken to be before it was drawn, in pixels. */
const GUESS = 44;

/** The heights of rows of different heights, by their keys, and where each of them begins. */
export class Heights {
  private readonly known = new Map<number, number>();
  private tops: Float64Array = new Float64Array(1);

  /** Puts the rows in a line. Returns how high all of them are. */
  lay(keys: readonly number[]): number {
    const tops = new Float64Array(keys.length + 1);
    let top = 0;
    for (let n = 0; n < keys.length; n++) {
      top += this.known.get(keys[n] ?? 0) ?? GUESS;
      tops[n + 1] = top;
    }
    this.tops = tops;
    return top;
  }

  /** Where a row begins; that of the row behind the last one is the end. */
  top(n: number): number {
    return this.tops[Math.min(Math.max(0, n), this.tops.length - 1)] ?? 0;
  }

  /** The row at a height. */
  at(y: number): number {
    let [low, high] = [0, Math.max(0, this.tops.length - 2)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** A row was drawn, and is so high. Returns whether that is news. */
  measured(key: number, height: number): boolean {
    if (this.known.get(key) === height) return false;
    this.known.set(key, height);
    return true;
  }

  /** All rows may have other heights: their width has changed. */
  forget(): void {
    this.known.clear();
  }
}
