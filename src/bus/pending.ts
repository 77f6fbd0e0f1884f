import { type Linked, LinkedTable } from './linked-table.js';

/** How much is kept for receipts that do not come: messages, and their bytes. Then the oldest are forgotten. */
const MAX_COUNT = 100_000;
const MAX_BYTES = 67_108_864;

/** A message that was published to a node of ours. */
export interface Sent {
  readonly userid: number;
  readonly message: Buffer;
  /** The node. */
  readonly home: string;
}

interface Entry extends Sent, Linked<Entry> {
  /** The round it was published in. */
  readonly round: number;
  /** How many messages with the same bytes for the same user have no receipt. */
  copies: number;
  /** How many of them Redis has not answered yet. */
  unanswered: number;
}

/**
 * Messages that were published and of which no receipt has come yet, by their fingerprints, the oldest first.
 * A receipt may come before Redis answers the publisher.
 */
export class Pending {
  private readonly entries = new LinkedTable<Entry>();
  private bytes = 0;
  private round = 0;

  /** Keeps a message that is being published. */
  add(key: number, { userid, message, home }: Sent): void {
    const same = this.entries.get(key);
    if (same !== undefined) this.remove(same);
    this.entries.add({
      key,
      userid,
      // A copy: the message may be a small part of a large buffer, which is not to be kept with it.
      message: same?.message ?? Buffer.from(message),
      home,
      round: this.round,
      copies: (same?.copies ?? 0) + 1,
      unanswered: (same?.unanswered ?? 0) + 1,
      beside: undefined,
      older: undefined,
      newer: undefined,
    });
    this.bytes += message.length;
    const { oldest, size } = this.entries;
    if (oldest !== undefined && (size > MAX_COUNT || this.bytes > MAX_BYTES)) this.remove(oldest);
  }

  /** Redis has answered: somebody received the message or nobody. */
  answered(key: number, received: boolean): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    entry.unanswered--;
    if (!received) this.takeOne(entry);
  }

  /** A receipt. */
  taken(key: number): void {
    const entry = this.entries.get(key);
    if (entry !== undefined) this.takeOne(entry);
  }

  /** Begins a new round, and forgets what was published so many rounds ago. */
  nextRound(rounds: number): void {
    this.round++;
    let { oldest } = this.entries;
    while (oldest !== undefined && oldest.round <= this.round - rounds) {
      this.remove(oldest);
      oldest = this.entries.oldest;
    }
  }

  /**
   * Removes what was published to these nodes, which have died. Returns, in order, what they had received
   * alone: that to which Redis has not answered was published after their death.
   */
  takeFrom(nodes: ReadonlySet<string>): Sent[] {
    const lost: Sent[] = [];
    let entry = this.entries.oldest;
    while (entry !== undefined) {
      const { newer } = entry;
      if (nodes.has(entry.home)) {
        this.remove(entry);
        for (let i = entry.unanswered; i < entry.copies; i++) lost.push(entry);
      }
      entry = newer;
    }
    return lost;
  }

  private takeOne(entry: Entry): void {
    entry.copies--;
    if (entry.copies === 0) this.remove(entry);
  }

  private remove(entry: Entry): void {
    this.entries.remove(entry);
    this.bytes -= entry.message.length;
  }
}
