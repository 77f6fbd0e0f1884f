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

interface Entry extends Sent {
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
  private readonly entries = new Map<number, Entry>();
  private bytes = 0;
  private round = 0;

  /** Keeps a message that is being published. */
  add(key: number, { userid, message, home }: Sent): void {
    const same = this.entries.get(key);
    if (same !== undefined) this.remove(key, same);
    // A copy: the message may be a small part of a large buffer, which is not to be kept with it.
    const kept = same?.message ?? Buffer.from(message);
    const [copies, unanswered] = [(same?.copies ?? 0) + 1, (same?.unanswered ?? 0) + 1];
    this.entries.set(key, { userid, message: kept, home, round: this.round, copies, unanswered });
    this.bytes += kept.length;
    if (this.entries.size > MAX_COUNT || this.bytes > MAX_BYTES) this.removeOldest();
  }

  /** Redis has answered: somebody received the message or nobody. */
  answered(key: number, received: boolean): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    entry.unanswered--;
    if (!received) this.taken(key);
  }

  /** A receipt. */
  taken(key: number): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    entry.copies--;
    if (entry.copies === 0) this.remove(key, entry);
  }

  /** Begins a new round, and forgets what was published so many rounds ago. */
  nextRound(rounds: number): void {
    this.round++;
    for (const [key, entry] of this.entries) {
      if (entry.round > this.round - rounds) break;
      this.remove(key, entry);
    }
  }

  /**
   * Removes what was published to these nodes, which have died. Returns, in order, what they had received
   * alone: that to which Redis has not answered was published after their death.
   */
  takeFrom(nodes: ReadonlySet<string>): Sent[] {
    const lost: Sent[] = [];
    for (const [key, entry] of this.entries) {
      if (!nodes.has(entry.home)) continue;
      this.remove(key, entry);
      for (let i = entry.unanswered; i < entry.copies; i++) lost.push(entry);
    }
    return lost;
  }

  private remove(key: number, entry: Entry): void {
    this.entries.delete(key);
    this.bytes -= entry.message.length;
  }

  private removeOldest(): void {
    for (const [key, entry] of this.entries) {
      this.remove(key, entry);
      return;
    }
  }
}
