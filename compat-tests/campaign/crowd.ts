import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../fuzz/random.js';
import type { Tables } from '../harness/tables.js';
import { Ledger } from './ledger.js';
import type { CampaignOptions } from './options.js';
import type { Scene } from './person.js';
import { Receiver } from './receiver.js';
import { Sender } from './sender.js';

/** The first id of those who read. Those who write have ids from 1. */
const FIRST_RECEIVER = 101;
/** The first id of those who also log in at originals. */
const FIRST_GUEST = 501;
/** Who may need longer for this is given up, in ms. */
const PATIENCE = 60_000;
/** The first id of those who come by the page for browsers. */
const FIRST_PAGE = 301;
/** After so many ms without anything new, waiting for it is over. */
const SILENCE = 8000;

const from = (first: number, count: number) => Array.from({ length: count }, (_, n) => first + n);

/** The ids of those who take part: who writes, who reads, who of them are guests, and the readers of each group. */
export interface Cast {
  readonly senders: readonly number[];
  readonly receivers: readonly number[];
  readonly guests: ReadonlySet<number>;
  /** Who comes by the page for browsers, of either. */
  readonly pages: ReadonlySet<number>;
  readonly groups: ReadonlyMap<number, readonly number[]>;
}

export function cast({ senders, receivers, guests, pages }: CampaignOptions): Cast {
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
  };
}

/** The rows of their accounts and groups. */
export function rows({ senders, receivers, groups }: Cast): Partial<Tables> {
  const user = [...senders, ...receivers].map((id) => ({
    id,
    name: `u${id}`,
    password: 'pw',
    state: 'offline',
  }));
  const allgroup = [...groups.keys()].map((id) => ({ id, groupname: `g${id}`, groupdesc: '' }));
  const groupuser = [...groups].flatMap(([groupid, members]) =>
    [...senders, ...members].map((userid) => ({ groupid, userid, grouprole: 'normal' })),
  );
  return { user, allgroup, groupuser };
}

/** Everyone who takes part. */
export class Crowd {
  readonly ledger: Ledger;
  readonly senders: readonly Sender[];
  readonly receivers: readonly Receiver[];

  constructor(cast: Cast, places: Pick<Scene, 'nodes' | 'originals'>, random: Random, rate: number) {
    const { guests, pages } = cast;
    this.ledger = new Ledger((receiver, sender) => {
      if (guests.has(receiver)) return 'guests';
      if (!pages.has(receiver)) return 'own';
      return pages.has(sender) ? 'named' : 'pages';
    });
    const scene: Scene = { ...cast, ...places, ledger: this.ledger };
    const each = rate / cast.senders.length;
    this.senders = cast.senders.map((id) => new Sender(id, scene, random.fork(), each));
    this.receivers = cast.receivers.map((id) => new Receiver(id, scene, random.fork()));
  }

  /** Begins to write, come and go. */
  begin(): void {
    for (const receiver of this.receivers) receiver.scatter();
    for (const sender of this.senders) sender.write();
  }

  /**
   * Stops to write; all come online and read, and when that does not bring everything, log in once more.
   */
  async settle(): Promise<void> {
    for (const receiver of this.receivers) receiver.gather();
    await Promise.all(this.senders.map((sender) => sender.pause(PATIENCE)));
    await this.#quiet();
    if (this.ledger.outstanding === 0) return;
    this.ledger.secondTry();
    await Promise.race([Promise.all(this.receivers.map((receiver) => receiver.relog())), delay(PATIENCE)]);
    await this.#quiet();
    this.ledger.giveUp();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.senders, ...this.receivers].map((person) => person.stop()));
  }

  /** Waits until everything has come that must, or nothing has for a while though all are here. */
  async #quiet(): Promise<void> {
    const { ledger } = this;
    const latest = performance.now() + PATIENCE;
    let [heard, since] = [ledger.heardCount, performance.now()];
    while (performance.now() < latest) {
      const allHere = this.receivers.every(({ isHere }) => isHere);
      if (ledger.outstanding === 0 && allHere) return;
      await delay(50);
      if (ledger.heardCount > heard || !allHere) [heard, since] = [ledger.heardCount, performance.now()];
      if (performance.now() - since > SILENCE) return;
    }
  }
}
