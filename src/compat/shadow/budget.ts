/** The most bytes that are kept of one client, and of all together. */
const [OF_ONE, OF_ALL] = [1 << 22, 1 << 26];

/** Bounds what is kept of clients whose second server is slow. */
export class Budget {
  #used = 0;

  /** Bytes that are kept now. */
  get used(): number {
    return this.#used;
  }

  /** What one client may keep. */
  share(): Share {
    return new Share(
      (bytes) => this.#used + bytes <= OF_ALL,
      (bytes) => {
        this.#used += bytes;
      },
    );
  }
}

/** What is kept of one client. */
export class Share {
  readonly #fits: (bytes: number) => boolean;
  readonly #add: (bytes: number) => void;
  #used = 0;

  constructor(fits: (bytes: number) => boolean, add: (bytes: number) => void) {
    this.#fits = fits;
    this.#add = add;
  }

  /** Keeps so many more. Returns false, and keeps none, when that would be too many. */
  take(bytes: number): boolean {
    if (this.#used + bytes > OF_ONE || !this.#fits(bytes)) return false;
    this.#used += bytes;
    this.#add(bytes);
    return true;
  }

  /** So many are kept no longer. */
  give(bytes: number): void {
    this.#used -= bytes;
    this.#add(-bytes);
  }

  /** Nothing is kept any more. */
  giveAll(): void {
    this.give(this.#used);
  }
}
