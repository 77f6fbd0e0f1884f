/** So deep costs nothing extra. */
const USUAL = 64;

/** Tells the arrays among the open objects and arrays: a byte for each depth. */
export class Nesting {
  private kinds = new Uint8Array(USUAL);

  /** Whether it has grown beyond the usual. */
  get large(): boolean {
    return this.kinds.length > USUAL;
  }

  set(depth: number, isArray: boolean): void {
    if (depth >= this.kinds.length) this.grow();
    this.kinds[depth] = isArray ? 1 : 0;
  }

  isArray(depth: number): boolean {
    return this.kinds[depth] === 1;
  }

  private grow(): void {
    const grown = new Uint8Array(2 * this.kinds.length);
    grown.set(this.kinds);
    this.kinds = grown;
  }
}
