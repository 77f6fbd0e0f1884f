import type { Database } from '../harness/database.js';
import type { Site } from '../harness/site.js';
import { type Document, User } from '../harness/user.js';

type Rows = Awaited<ReturnType<Database['rows']>>;

/** Users that no recording has. */
const [ONE, TWO] = [900_001, 900_002];
const OURS = [ONE, TWO];

/**
 * Two users beside a recording who use what the original does not have: both are told who of all users of the recording
 * comes and goes, and one takes back what it writes to the other.
 */
export class Beside {
  /** How many messages were taken back, and how many notices came of friends. */
  recalled = 0;
  notices = 0;
  readonly #one: User;
  readonly #two: User;
  #isOver = false;
  #work: Promise<void> = Promise.resolve();

  private constructor(one: User, two: User) {
    this.#one = one;
    this.#two = two;
  }

  /** The rows before a recording, with these users. */
  static among(rows: Rows): Rows {
    const user = OURS.map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' }));
    const friends = [...rows.user.map(({ id }) => Number(id)), ...OURS];
    const friend = OURS.flatMap((userid) =>
      friends.filter((friendid) => friendid !== userid).map((friendid) => ({ userid, friendid })),
    );
    return { ...rows, user: [...rows.user, ...user], friend: [...rows.friend, ...friend] };
  }

  /** The rows without these users. */
  static without(rows: Rows): Rows {
    const isOther = (id: unknown) => !OURS.includes(Number(id));
    return {
      ...rows,
      user: rows.user.filter(({ id }) => isOther(id)),
      friend: rows.friend.filter(({ userid }) => isOther(userid)),
    };
  }

  /** They have come, and know of each other. They go on until `stop`. */
  static async start(site: Site): Promise<Beside> {
    const last = site.nodes[1] ?? site.node(0);
    const beside = new Beside(await User.online(site.node(0), ONE), await User.online(last, TWO));
    for (const user of [beside.#one, beside.#two]) {
      await user.say({ msgid: 101, tell: ['friends', 'recalled'] });
      await beside.#next(user, 102);
    }
    await beside.#one.say({ id: ONE, msgid: 121 });
    const { last: seq } = await beside.#next(beside.#one, 122);
    await beside.#round(seq + 1);
    beside.#work = beside.#goOn(seq + 2);
    // What fails is told by `stop`.
    beside.#work.catch(() => {});
    return beside;
  }

  /** Ends it. Rejects when anything went wrong since the start. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#work;
    await Promise.all([this.#one.close(), this.#two.close()]);
  }

  async #goOn(first: number): Promise<void> {
    for (let seq = first; !this.#isOver; seq++) await this.#round(seq);
  }

  /** A message is written, heard, taken back, and that is heard as well. */
  async #round(seq: number): Promise<void> {
    await this.#one.say({ id: ONE, msg: 'a word', msgid: 6, seq, toid: TWO });
    await this.#next(this.#one, 119);
    await this.#next(this.#two, 6);
    await this.#one.say({ id: ONE, msgid: 123, number: seq });
    const { errno } = await this.#next(this.#one, 124);
    if (errno !== 0) throw new Error(`message ${seq} was not taken back: ${errno}`);
    await this.#next(this.#two, 125);
    this.recalled++;
  }

  /** The next document of this kind; notices of friends come at any time. */
  async #next(user: User, msgid: number): Promise<Document> {
    for (;;) {
      const document = await user.hear();
      if (document.msgid === msgid) return document;
      if (document.msgid !== 149) throw new Error(`${JSON.stringify(document)} instead of ${msgid}`);
      this.notices++;
    }
  }
}
