/** Between two questions to a service, in ms. */
const EVERY = 1000;

/** Asks each service now and then, so that its answers are timed and its end is seen though nobody needs it. */
export class Probes {
  /** How long the last answer of each service took, by its name. */
  readonly seconds = new Map<string, number>();

  /** @param ask a question that costs the service nothing; how it fails is somebody else's matter */
  add(name: string, ask: () => Promise<unknown>): void {
    let asking = false;
    const again = async () => {
      if (asking) return;
      asking = true;
      const start = performance.now();
      try {
        await ask();
        this.seconds.set(name, (performance.now() - start) / 1000);
      } catch {
        this.seconds.delete(name);
      }
      asking = false;
    };
    setInterval(() => void again(), EVERY).unref();
    void again();
  }
}
