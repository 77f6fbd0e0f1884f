/** The most bytes that are kept of one client, and of all together. */
const [OF_ONE, OF_ALL] = [1 << 22, 1 << 26];

/** Bounds what is kept of clients whose second server is slow. */
export class Budget {
  #used = 0;

  /** Bytes that are kept now. */
  get used(): number {
    return this.#used;
  }

  /** One client may keep at most this much. */
  share(): Share {
    return new Share(
      (bytes) => this.#used + bytes <= OF_ALL,
      (bytes) => {
        this.#used += bytes;
      },
    );
  }
}

/** The memory that is kept of one client. */
export class Share {
  readonly #fits: (bytes: number) => boolean;
  readonly #add: (bytes: number) => void;
  #used = 0;

  constructor(fits: (bytes: number) => boolean, add: (bytes: number) => void) {
    this.#fits = fits;
    this.#add = add;
  }

  /** Keeps `bytes` more. Returns false, and keeps none, when that would be too many. */
  take(bytes: number): boolean {
    if (this.#used + bytes > OF_ONE || !this.#fits(bytes)) return false;
    this.#used += bytes;
    this.#add(bytes);
    return true;
  }

  /** `bytes` are kept no longer. */
  give(bytes: number): void {
    this.#used -= bytes;
    this.#add(-bytes);
  }

  /** Nothing is kept any more. */
  giveAll(): void {
    this.give(this.#used);
  }
}
