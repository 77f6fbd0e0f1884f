/** The outcomes of the messages of one round. */
export interface Count {
  /** Deliveries that a sender may rely on: a later request on the same connection was answered. */
  accepted: number;
  /** Those of them that nobody ever got. */
  lost: number;
  twice: number;
  /** Behind a later one of the same sender, connection and kind. */
  inverted: number;
  /** Behind a later one of the other kind (one-to-one and group). */
  mixed: number;
  /** Behind a later one that the sender sent on another connection. */
  across: number;
  /** Seen only after all users had logged in once more. */
  late: number;
}

/**
 * Deliveries to users of ours, to those of them who log in at originals as well, and to pages for browsers: of what console
 * clients write, and of what pages write, whose messages have names (`mid`). Messages with a number (`seq`) to users of
 * ChatClient: to who drops what has come before, and to who shows all.
 */
export type Kind = 'own' | 'guests' | 'pages' | 'named' | 'numbered' | 'undropped';

/** The counts of one round. */
export type Counts = Readonly<Record<Kind, Count>>;

interface Entry {
  readonly round: Counts;
  readonly sender: number;
  readonly connection: number;
  readonly missing: Set<number>;
  readonly receivers: readonly number[];
  accepted: boolean;
  /** Nobody waits for it any more. */
  givenUp: boolean;
}

interface Last {
  readonly n: number;
  readonly connection: number;
}

/** How many rounds a message that was not accepted may still arrive. */
const UNSURE_FOR = 3;

/** Every message that was sent, and who has got it. */
export class Ledger {
  /** Sender -> number -> message. What all have got leaves at the end of a round. */
  readonly #entries = new Map<number, Map<number, Entry>>();
  readonly #numbers = new Map<number, number>();
  /** By receiver, sender and kind: what came last. */
  readonly #last = new Map<string, Last>();
  readonly #rounds: Counts[] = [];
  #round = newCounts();
  #isSecondTry = false;
  readonly #kindOf: (receiver: number, sender: number) => Kind;
  /** Accepted deliveries that have not come yet and are waited for. */
  outstanding = 0;
  /** Deliveries of any kind, for who waits for one. */
  heardCount = 0;

  constructor(kindOf: (receiver: number, sender: number) => Kind) {
    this.#kindOf = kindOf;
  }

  /** Begins a round: what is sent from now on counts for it. */
  begin(): Counts {
    this.#forget();
    this.#isSecondTry = false;
    this.#round = newCounts();
    this.#rounds.push(this.#round);
    return this.#round;
  }

  /** Notes a message before it is sent. Returns its number. */
  send(sender: number, connection: number, receivers: readonly number[]): number {
    const n = (this.#numbers.get(sender) ?? 0) + 1;
    this.#numbers.set(sender, n);
    const entry: Entry = {
      round: this.#round,
      sender,
      connection,
      missing: new Set(receivers),
      receivers,
      accepted: false,
      givenUp: false,
    };
    this.#of(sender).set(n, entry);
    return n;
  }

  /** The last number of a sender. */
  last(sender: number): number {
    return this.#numbers.get(sender) ?? 0;
  }

  /** Notes that the server has taken what a sender sent on a connection, up to a number. */
  accept(sender: number, connection: number, from: number, to: number): void {
    const entries = this.#of(sender);
    for (let n = from; n <= to; n++) {
      const entry = entries.get(n);
      if (entry === undefined || entry.accepted || entry.connection !== connection) continue;
      entry.accepted = true;
      for (const receiver of entry.receivers) this.#count(entry.round, receiver, sender).accepted++;
      this.outstanding += entry.missing.size;
    }
  }

  /** Notes what a receiver has got. */
  heard(receiver: number, sender: number, to: string, n: number): void {
    this.heardCount++;
    const entry = this.#of(sender).get(n);
    const count = this.#count(entry?.round ?? this.#round, receiver, sender);
    if (!entry?.missing.delete(receiver)) count.twice++;
    else {
      if (entry.accepted && !entry.givenUp) {
        this.outstanding--;
        if (this.#isSecondTry) count.late++;
      }
      this.#order(entry, count, `${receiver} ${sender}`, to.startsWith('g'), n);
    }
  }

  /** From now on what comes is late. */
  secondTry(): void {
    this.#isSecondTry = true;
  }

  /** Stops waiting for what has not come. It may come later all the same, and is not lost then. */
  giveUp(): void {
    if (this.outstanding > 0)
      for (const entry of this.#all()) if (entry.accepted && entry.missing.size > 0) entry.givenUp = true;
    this.outstanding = 0;
  }

  /** Counts what is lost for good. */
  close(): void {
    for (const { accepted, missing, round, sender } of this.#all())
      if (accepted) for (const receiver of missing) this.#count(round, receiver, sender).lost++;
  }

  /** Some of what is missing, as text. */
  examples(): string[] {
    return [...this.#entries].flatMap(([sender, entries]) =>
      [...entries]
        .filter(([, { accepted, missing }]) => accepted && missing.size > 0)
        .slice(0, 3)
        .map(([n, { missing }]) => `number ${n} of ${sender} to ${[...missing].slice(0, 5)}`),
    );
  }

  #order(entry: Entry, count: Count, pair: string, isGroup: boolean, n: number): void {
    const [kind, other] = isGroup ? ['g', 'o'] : ['o', 'g'];
    const last = this.#last.get(`${pair} ${kind}`);
    if (last === undefined || last.n < n) {
      this.#last.set(`${pair} ${kind}`, { n, connection: entry.connection });
    } else if (last.connection === entry.connection) count.inverted++;
    else count.across++;
    const beside = this.#last.get(`${pair} ${other}`);
    if (beside !== undefined && beside.n > n && beside.connection === entry.connection) count.mixed++;
  }

  #count(counts: Counts, receiver: number, sender: number): Count {
    return counts[this.#kindOf(receiver, sender)];
  }

  #of(sender: number): Map<number, Entry> {
    const entries = this.#entries.get(sender) ?? new Map<number, Entry>();
    this.#entries.set(sender, entries);
    return entries;
  }

  *#all(): Iterable<Entry> {
    for (const entries of this.#entries.values()) yield* entries.values();
  }

  /** Lets go of what all have got, and of what was never accepted and is old. */
  #forget(): void {
    const recent = new Set(this.#rounds.slice(-UNSURE_FOR));
    for (const entries of this.#entries.values())
      for (const [n, { missing, accepted, round }] of entries)
        if (accepted ? missing.size === 0 : !recent.has(round)) entries.delete(n);
  }
}

function newCount(): Count {
  return { accepted: 0, lost: 0, twice: 0, inverted: 0, mixed: 0, across: 0, late: 0 };
}

function newCounts(): Counts {
  const [own, guests, pages] = [newCount(), newCount(), newCount()];
  return { own, guests, pages, named: newCount(), numbered: newCount(), undropped: newCount() };
}
