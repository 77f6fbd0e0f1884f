import { Bus } from '../../src/bus/bus.js';
import type { Medium } from '../../src/bus/medium.js';
import { Message } from '../../src/bus/message.js';

/** A node that is nothing but its bus: users come and go, and take every message at once. */
export class ScaleNode {
  private readonly bus: Bus;
  private readonly users = new Set<number>();

  constructor(medium: Medium) {
    this.bus = new Bus(medium);
  }

  start(): Promise<void> {
    return this.bus.start({
      receive: (userid, message) => {
        const isHere = this.users.has(userid) || message.origin === 'mark';
        if (isHere) message.settle(userid);
        return isHere;
      },
      receivePublished: () => {},
      isHere: (userid) => this.users.has(userid),
      returned: () => {},
      reachChanged: () => {},
      stored: () => {},
      taken: () => {},
      lostContest: () => {},
      recalled: () => {},
      banned: () => {},
      bans: () => [],
      mayBeStored: () => {},
    });
  }

  async login(userid: number): Promise<void> {
    this.users.add(userid);
    await this.bus.listen(userid);
    this.bus.own(userid);
  }

  async logout(userid: number): Promise<void> {
    this.users.delete(userid);
    await this.bus.forget([userid]);
  }

  /** Sends a message to users on other nodes. */
  send(userids: readonly number[], bytes: Buffer): void {
    const message = Message.received(bytes, () => {});
    const [userid] = userids;
    if (userids.length === 1 && userid !== undefined) this.bus.sendNow(userid, message);
    else this.bus.sendToAll(userids, message);
  }

  /** A message was stored for a user who is on no node. */
  stored(userid: number): void {
    this.bus.tellStored([userid]);
  }

  close(): Promise<void> {
    return this.bus.close(0);
  }
}
