import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../fuzz/random.js';
import type { Tables } from '../harness/tables.js';
import { Ledger } from './ledger.js';
import { NUMBERED_GROUP } from './numbered.js';
import { NumberedReceiver } from './numbered-receiver.js';
import { NumberedSender } from './numbered-sender.js';
import type { CampaignOptions } from './options.js';
import type { Scene } from './person.js';
import { Receiver } from './receiver.js';
import { Sender } from './sender.js';

/** The first id of those who read. Those who write have ids from 1. */
const FIRST_RECEIVER = 101;
/** The first id of those who also log in at originals. */
const FIRST_GUEST = 501;
/** A user who needs longer for a step is given up, in ms. */
const PATIENCE = 60_000;
/** The first id of those who come by the page for browsers. */
const FIRST_PAGE = 301;
/** The first ids of those who read messages with numbers, and of those who write them. */
const [FIRST_NUMBERED, FIRST_NUMBERING] = [701, 751];
/** How many messages with a number each of them writes, per second. */
const NUMBERED_RATE = 20;
/** After so many ms without anything new, waiting for it is over. */
const SILENCE = 8000;

const from = (first: number, count: number) => Array.from({ length: count }, (_, n) => first + n);

/** The ids of those who take part: who writes, who reads, who of them are guests, and the readers of each group. */
export interface Cast {
  readonly senders: readonly number[];
  readonly receivers: readonly number[];
  readonly guests: ReadonlySet<number>;
  /** The users of either kind who come by the page for browsers. */
  readonly pages: ReadonlySet<number>;
  readonly groups: ReadonlyMap<number, readonly number[]>;
  /** Users of ChatClient: who reads messages with numbers, and who writes them. */
  readonly numbered: readonly number[];
  readonly numbering: readonly number[];
}

export function cast({ senders, receivers, guests, pages, numbered }: CampaignOptions): Cast {
  const own = from(FIRST_RECEIVER, receivers);
  const readers = from(FIRST_PAGE, pages);
  const others = from(FIRST_GUEST, guests);
  const all = [...own, ...readers, ...others];
  const groups = new Map([
    [1, [...own.slice(0, Math.ceil(own.length / 2)), ...readers, ...others]],
    [2, all.filter((id) => id % 3 === 0)],
  ]);
  return {
    senders: from(1, senders),
    receivers: all,
    guests: new Set(others),
    pages: new Set(pages > 0 ? [...readers, ...from(1, senders).slice(-Math.ceil(senders / 3))] : []),
    groups,
    numbered: from(FIRST_NUMBERED, numbered),
    numbering: from(FIRST_NUMBERING, Math.ceil(numbered / 2)),
  };
}

/** The rows of their accounts and groups. */
export function rows({ senders, receivers, groups, numbered, numbering }: Cast): Partial<Tables> {
  const user = [...senders, ...receivers, ...numbered, ...numbering].map((id) => ({
    id,
    name: `u${id}`,
    password: 'pw',
    state: 'offline',
  }));
  const members = new Map([...groups].map(([id, readers]) => [id, [...senders, ...readers]]));
  members.set(NUMBERED_GROUP, [...numbering, ...numbered]);
  const allgroup = [...members.keys()].map((id) => ({ id, groupname: `g${id}`, groupdesc: '' }));
  const groupuser = [...members].flatMap(([groupid, ids]) =>
    ids.map((userid) => ({ groupid, userid, grouprole: 'normal' })),
  );
  return { user, allgroup, groupuser };
}

/** Everyone who takes part. */
export class Crowd {
  readonly ledger: Ledger;
  readonly senders: readonly Sender[];
  readonly receivers: readonly Receiver[];
  readonly numberedSenders: readonly NumberedSender[];
  readonly #numbered: readonly NumberedReceiver[];

  constructor(cast: Cast, places: Pick<Scene, 'nodes' | 'originals'>, random: Random, rate: number) {
    const { guests, pages, numbered } = cast;
    const drops = new Set(numbered.filter((_, n) => n % 2 === 0));
    this.ledger = new Ledger((receiver, sender) => {
      if (numbered.includes(receiver)) return drops.has(receiver) ? 'numbered' : 'undropped';
      if (guests.has(receiver)) return 'guests';
      if (!pages.has(receiver)) return 'own';
      return pages.has(sender) ? 'named' : 'pages';
    });
    const scene: Scene = { ...cast, ...places, ledger: this.ledger };
    const each = rate / cast.senders.length;
    this.senders = cast.senders.map((id) => new Sender(id, scene, random.fork(), each));
    this.receivers = cast.receivers.map((id) => new Receiver(id, scene, random.fork()));
    this.#numbered = numbered.map((id) => new NumberedReceiver(id, scene, random.fork(), drops.has(id)));
    this.numberedSenders = cast.numbering.map(
      (id) => new NumberedSender(id, scene, random.fork(), NUMBERED_RATE),
    );
  }

  /** Begins to write, come and go. */
  begin(): void {
    for (const receiver of this.#readers) receiver.scatter();
    for (const sender of this.#writers) sender.write();
  }

  /**
   * Stops to write; all come online and read, and when that does not bring everything, log in once more.
   */
  async settle(): Promise<void> {
    for (const receiver of this.#readers) receiver.gather();
    await Promise.all(this.#writers.map((sender) => sender.pause(PATIENCE)));
    await this.#quiet();
    if (this.ledger.outstanding === 0) return;
    this.ledger.secondTry();
    await Promise.race([Promise.all(this.#readers.map((receiver) => receiver.relog())), delay(PATIENCE)]);
    await this.#quiet();
    this.ledger.giveUp();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#writers, ...this.#readers].map((person) => person.stop()));
  }

  get #readers(): readonly (Receiver | NumberedReceiver)[] {
    return [...this.receivers, ...this.#numbered];
  }

  get #writers(): readonly (Sender | NumberedSender)[] {
    return [...this.senders, ...this.numberedSenders];
  }

  /** Waits until everything has come that must, or nothing has for a while though all are here. */
  async #quiet(): Promise<void> {
    const { ledger } = this;
    const latest = performance.now() + PATIENCE;
    let [heard, since] = [ledger.heardCount, performance.now()];
    while (performance.now() < latest) {
      const allHere = this.#readers.every(({ isHere }) => isHere);
      if (ledger.outstanding === 0 && allHere) return;
      await delay(50);
      if (ledger.heardCount > heard || !allHere) [heard, since] = [ledger.heardCount, performance.now()];
      if (performance.now() - since > SILENCE) return;
    }
  }
}
