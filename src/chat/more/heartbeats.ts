import { guarded } from '../../net/guard.js';

/** How often all connections are looked at, in ms. */
const LOOK = 1000;

/** A client that sends nothing for three intervals is gone. */
const MISSED = 3;

/** A connection whose client sends heartbeats. */
export interface Beating {
  /** For how long it has sent nothing, in ms. */
  readonly idleFor: number;
  /** Whether the connection is not read from now, as its client must wait. */
  readonly isPaused: boolean;
  sendAway(reason: string): void;
}

/**
 * Clients that have sent a heartbeat once, and so will go on. A client that stops for three intervals is gone,
 * whatever the network says, and is taken offline. A client that has never sent one may be silent for ever.
 */
export class Heartbeats {
  /**
   * Whether each was late at the last look. Only a client that is late twice is gone: before the first look this
   * process may have been frozen, and not have read what the client sent.
   */
  private readonly late = new Map<Beating, boolean>();
  /** Nobody is looked at before somebody has sent one. */
  private timer: NodeJS.Timeout | undefined;
  private readonly longest: number;

  /** @param interval in seconds; 0 to let everybody be silent */
  constructor(interval: number) {
    this.longest = interval * 1000 * MISSED;
  }

  /** It has sent a heartbeat. */
  add(connection: Beating): void {
    if (this.longest === 0) return;
    this.late.set(connection, false);
    this.timer ??= setInterval(guarded('a look at heartbeats', this.look.bind(this)), LOOK).unref();
  }

  /** It is gone. */
  forget(connection: Beating): void {
    this.late.delete(connection);
  }

  /** Ends the connections whose heartbeat has stopped. */
  look(): void {
    for (const [connection, wasLate] of this.late) {
      const isLate = connection.idleFor > this.longest && !connection.isPaused;
      if (isLate && wasLate) connection.sendAway('its heartbeat has stopped');
      else this.late.set(connection, isLate);
    }
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.timer);
  }
}
