import { setTimeout as delay } from 'node:timers/promises';
import type { InProcessHub } from '../../src/bus/in-process.js';
import type { Medium, MediumEvents } from '../../src/bus/medium.js';

/** Silence after which nothing more is on its way, in ms: nodes gather answers for a few. */
const QUIET = 60;

/** The traffic through a medium. */
export interface Counts {
  /** Words said, to one node or to all, and messages published: what Redis is asked for. */
  readonly said: number;
  /** How often one was received: what Redis must deliver. */
  readonly heard: number;
  /** Bytes received. */
  readonly bytes: number;
  /** Channels subscribed to and left. */
  readonly channels: number;
}

/** Counts everything that goes between nodes of one process. */
export class Traffic {
  private said = 0;
  private heard = 0;
  private bytes = 0;
  private channels = 0;
  private readonly nodes: MediumEvents[] = [];

  /** A new node's medium. */
  medium(hub: InProcessHub): Medium {
    const medium = hub.medium();
    const count = (bytes: Buffer) => {
      this.heard++;
      this.bytes += bytes.length;
    };
    return {
      hasOriginals: medium.hasOriginals,
      start: (node, events) => {
        this.nodes.push(events);
        return medium.start(node, {
          ...events,
          received: (userid, message) => {
            count(message);
            events.received(userid, message);
          },
          heard: (bytes) => {
            count(bytes);
            events.heard(bytes);
          },
        });
      },
      subscribe: (userid) => {
        this.channels++;
        return medium.subscribe(userid);
      },
      unsubscribe: (userid) => {
        this.channels++;
        return medium.unsubscribe(userid);
      },
      publish: (userid, message) => {
        this.said++;
        return medium.publish(userid, message);
      },
      subscribers: (userid) => medium.subscribers(userid),
      tell: (node, bytes) => {
        this.said++;
        // On Redis a node hears itself, too.
        if (node === undefined) count(bytes);
        return medium.tell(node, bytes);
      },
      close: () => medium.close(),
    };
  }

  /** A beat of the medium at all nodes. */
  beat(): void {
    for (const events of this.nodes) events.beat([]);
  }

  /** The traffic that `work` causes, until nothing is on its way any more. */
  async of(work: () => unknown): Promise<Counts> {
    await this.quiet();
    const before = this.counts;
    await work();
    await this.quiet();
    const after = this.counts;
    return {
      said: after.said - before.said,
      heard: after.heard - before.heard,
      bytes: after.bytes - before.bytes,
      channels: after.channels - before.channels,
    };
  }

  private get counts(): Counts {
    const { said, heard, bytes, channels } = this;
    return { said, heard, bytes, channels };
  }

  private async quiet(): Promise<void> {
    for (let last = -1; last !== this.heard + this.said; ) {
      last = this.heard + this.said;
      await delay(QUIET);
    }
  }
}
