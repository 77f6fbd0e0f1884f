import { type Log, SEEN } from './log.js';

/**
 * A service that has failed is back after this time without a failure, in ms: a missing right may fail some calls
 * only.
 */
const STEADY = 1000;
/** Between two questions to a service that is away, in ms. */
const PAUSE = 500;

/** Whether a service answers: logs when it goes away, with the cause, and when it is back, after how long. */
export class Health {
  /** As it is called in a sentence: `the database`. */
  readonly name: string;
  private readonly log: Log;
  private since = 0;
  /** When it went away, in ms since 1970. */
  private sinceDate = 0;
  private lastFailure = 0;
  private cause: string | undefined;
  /** How often it has gone away. */
  losses = 0;

  constructor(name: string, log: Log) {
    this.name = name;
    this.log = log;
  }

  /** Why the service is away; undefined while it answers. */
  get problem(): string | undefined {
    return this.cause;
  }

  /** Since when it is away, in ms since 1970; undefined while it answers. */
  get awaySince(): number | undefined {
    return this.cause === undefined ? undefined : this.sinceDate;
  }

  /** The service could not be asked. The first time since it worked, that is logged at once. */
  failed(reason: string): void {
    this.lastFailure = performance.now();
    if (this.cause !== undefined) return;
    this.cause = reason;
    this.losses++;
    this.since = this.lastFailure;
    this.sinceDate = Date.now();
    this.log.warn({ reason }, `${this.name} is away`);
  }

  /** The service has answered. */
  worked(): void {
    if (this.cause !== undefined && performance.now() - this.lastFailure >= STEADY) this.back();
  }

  /** The service is known to be back. */
  back(): void {
    if (this.cause === undefined) return;
    this.cause = undefined;
    const seconds = Math.round((performance.now() - this.since) / 100) / 10;
    this.log.info({ seconds, [SEEN]: true }, `${this.name} is back`);
  }

  /** While the service is away, asks it again and again, so that its return is seen though nobody needs it. */
  probe(ask: () => Promise<unknown>): void {
    let asking = false;
    const again = () => {
      if (this.cause === undefined || asking) return;
      asking = true;
      const done = () => {
        asking = false;
      };
      ask().then(done, done);
    };
    setInterval(again, PAUSE).unref();
  }
}
