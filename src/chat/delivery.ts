import type { Bus } from '../bus/bus.js';
import type { Member } from '../store/store.js';
import type { Mailbox } from './mailbox.js';
import type { Arrival, Sessions } from './sessions.js';

/** Brings a message to its user: here, on another node, or stored. The one place that decides it. */
export class Delivery {
  private readonly sessions: Sessions;
  private readonly bus: Bus;
  private readonly mailbox: Mailbox;

  constructor(sessions: Sessions, bus: Bus, mailbox: Mailbox) {
    this.sessions = sessions;
    this.bus = bus;
    this.mailbox = mailbox;
  }

  /**
   * Delivers to a user wherever it is, without asking the database (DIFFERENCES 9).
   * Returns nothing when the user is here; else a promise, never rejected, for when it is published or stored.
   */
  deliver(userid: number, message: Buffer): void | Promise<void> {
    if (!this.here(userid, message)) return this.elsewhere(userid, message);
  }

  /** Delivers to members of a group; those who are offline and not here get it stored. Returns as deliver does. */
  deliverAll(members: readonly Member[], message: Buffer): void | Promise<void> {
    const waits: Promise<void>[] = [];
    for (const { id, state } of members) {
      if (this.here(id, message)) continue;
      waits.push(state === 'online' ? this.elsewhere(id, message) : this.store(id, message));
    }
    if (waits.length > 0) return Promise.all(waits).then(() => {});
  }

  /** Takes a message that was published for a user of this node (PROTOCOL.md section 6). */
  receive(userid: number, arrival: Arrival): void {
    const { message, taken } = arrival;
    // What does not leave is stored by the owner of the connection, and so it is taken all the same.
    if (this.sessions.get(userid)?.send(message, userid, taken)) return;
    if (!this.sessions.hold(userid, arrival)) void this.store(userid, message).then(taken);
  }

  /** Stores a message for a user who is nowhere. */
  store(userid: number, message: Buffer): Promise<void> {
    return this.mailbox.add(userid, message);
  }

  private here(userid: number, message: Buffer): boolean {
    return this.sessions.get(userid)?.send(message, userid) ?? false;
  }

  /** Publishes, and stores what nobody received (DIFFERENCES 9). */
  private async elsewhere(userid: number, message: Buffer): Promise<void> {
    if ((await this.bus.publish(userid, message)) > 0) return;
    // The user may have come here while the bus was asked.
    if (!this.here(userid, message)) await this.store(userid, message);
  }
}
