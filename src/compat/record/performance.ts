import type { Account } from '../account.js';
import { same, type Text, Wrong } from '../finding.js';
import type { Made } from '../replay/accounts.js';
import type { Received, Step } from '../replay/scenario.js';
import { spansIn, wholePart } from '../spans.js';
import type { Speaker } from '../speaker.js';
import type { World } from '../world.js';
import { Mapping } from './mapping.js';
import type { Recording } from './recording.js';
import { fieldOf, requestsIn } from './requests.js';

const OTHER: Text = { en: 'a client gets something else than was recorded', zh: '客户端收到的与录制的不同' };
const LOST: Text = {
  en: 'a client does not get what was recorded, or in another order',
  zh: '客户端没有收到录制的内容，或顺序不同',
};
const MORE: Text = { en: 'a client gets more than was recorded', zh: '客户端收到的比录制的多' };

/** A connection of the recording as it is done again. */
interface Party {
  readonly speaker: Speaker;
  /** The documents that have come and were not expected yet. */
  readonly came: string[];
  /** The registrations on this connection without an answer yet. */
  readonly registering: { readonly name: string; readonly password: string }[];
  /** The users who are logged in here. */
  readonly users: Set<number>;
}

/**
 * A recording of a session, done again. Unlike those of the original, whose clients waited for each other, one of people
 * has no order between what comes from two of them: each sender's own counts.
 */
export class Performance {
  readonly #world: World;
  readonly #mapping: Mapping;
  readonly #parties = new Map<string, Party>();
  readonly #accounts: Map<number, Account>;

  /** @param made what there must be before it */
  constructor(world: World, made: Made) {
    this.#world = world;
    this.#mapping = new Mapping(world.dialect, made);
    this.#accounts = new Map(made.accounts.map((account) => [account.id, account]));
  }

  /** Does all of it. Throws Wrong at the first document that is not as recorded. */
  async run({ steps }: Pick<Recording, 'steps'>): Promise<void> {
    for (const step of steps) await this.#do(step);
    for (const party of this.#parties.values()) await this.#settle(party, true);
  }

  async #do(step: Step): Promise<void> {
    if (step.do === 'connect') {
      const speaker = await this.#world.stranger();
      this.#parties.set(step.conn, { speaker, came: [], registering: [], users: new Set() });
    }
    if (step.do === 'send') await this.#send(this.#party(step.conn), step.bytes);
    if (!('received' in step)) return;
    if (step.do === 'close' || step.do === 'reset') await this.#leave(step.conn, step.do, step.received);
    else await this.#receive(step.received);
    if (step.do !== 'send' || !this.#isWhole(step.bytes)) return;
    const party = this.#parties.get(step.conn);
    if (party !== undefined) await this.#settle(party, false);
  }

  async #send({ speaker, registering }: Party, bytes: Buffer): Promise<void> {
    const asked = this.#mapping.asked(bytes);
    for (const one of requestsIn(asked, this.#world.dialect))
      if (one.request.verb === 'register')
        registering.push({ name: fieldOf(one, 'name'), password: fieldOf(one, 'password') });
    if (asked.length > 0) await speaker.send(asked);
  }

  async #receive(all: Received): Promise<void> {
    for (const [conn, items] of Object.entries(all)) {
      const party = this.#party(conn);
      for (const item of items) {
        if (item !== 'EOF') await this.#expect(party, String(item));
        else await this.#end(conn, party);
      }
    }
  }

  /** Takes the next document of the one who has sent this one. */
  async #expect(party: Party, recorded: string): Promise<void> {
    const from = this.#mapping.recordedSender(recorded);
    const isOfSame = (text: string) => this.#mapping.senderOf(text) === from;
    try {
      while (!party.came.some(isOfSame)) party.came.push(await party.speaker.hear('what was recorded'));
    } catch {
      const got = party.came.join('');
      throw new Wrong({ wanted: this.#mapping.shown(recorded), got, shows: LOST });
    }
    const [got = ''] = party.came.splice(party.came.findIndex(isOfSame), 1);
    if (!this.#mapping.isLike(recorded, got)) {
      same(got, this.#mapping.shown(recorded), OTHER);
      throw new Wrong({ wanted: recorded, got, shows: OTHER });
    }
    this.#note(party, got);
  }

  #note({ registering, users }: Party, got: string): void {
    const who = this.#mapping.isReplyTo('register', got) ? registering.shift() : undefined;
    const registered = this.#mapping.registered(got);
    if (who !== undefined && registered !== undefined)
      this.#accounts.set(registered, { id: registered, ...who });
    const user = this.#mapping.loggedIn(got);
    if (user !== undefined) users.add(user);
  }

  /** Waits until all that was said here was handled. At the end nothing may be left that was not expected. */
  async #settle({ speaker, came }: Party, isEnd: boolean): Promise<void> {
    came.push(...(await speaker.settle()));
    if (isEnd && came.length > 0) throw new Wrong({ wanted: '', got: came.join(''), shows: MORE });
  }

  /** Nothing that comes behind would be taken for the rest of a document. */
  #isWhole(bytes: Buffer): boolean {
    const framing = this.#world.dialect.framing.in;
    return spansIn(bytes, framing).length > 0 && wholePart(bytes, framing) === bytes.length;
  }

  async #end(conn: string, { speaker }: Party): Promise<void> {
    await speaker.client.end();
    this.#parties.delete(conn);
  }

  /** Leaves, and waits until the server has seen it: the accounts can be used again. */
  async #leave(conn: string, how: 'close' | 'reset', received: Received): Promise<void> {
    const party = this.#party(conn);
    await this.#settle(party, false);
    // Its own last answers may have come behind its end.
    await this.#receive(received);
    if (party.came.length > 0) throw new Wrong({ wanted: '', got: party.came.join(''), shows: MORE });
    await party.speaker.client[how]();
    this.#parties.delete(conn);
    // Where a login ends another one there is nothing to wait for.
    if (this.#world.dialect.takeover) return;
    const others = [...this.#parties.values()].flatMap(({ users }) => [...users]);
    for (const id of party.users) {
      const account = this.#accounts.get(id);
      if (account !== undefined && !others.includes(id)) await this.#world.gone(account);
    }
  }

  #party(conn: string): Party {
    const party = this.#parties.get(conn);
    if (party === undefined) throw new Error(`there is no connection ${conn}`);
    return party;
  }
}
