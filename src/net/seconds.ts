/** Between two looks at the clock, in ms. */
const SECOND = 1000;

/** A clock that costs nothing to read, on the path of a message too: it goes on once a second. */
export class Seconds {
  /** In ms, on the scale of performance.now(); up to a second behind it. */
  now = performance.now();
  private readonly timer = setInterval(() => {
    this.now = performance.now();
  }, SECOND).unref();

  /** It stands still from now on. */
  stop(): void {
    clearInterval(this.timer);
  }
}
