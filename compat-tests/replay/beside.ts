import { MORE } from '../../src/protocol/numbers.js';
import type { Database } from '../harness/database.js';
import type { Site } from '../harness/site.js';
import { type Document, User } from '../harness/user.js';
import { LAPS, type Lap, ONE, type Pair, recall, THREE, TWO } from './beside-laps.js';
import type { Scenario } from './scenario.js';

type Rows = Awaited<ReturnType<Database['rows']>>;

const OURS = [ONE, TWO, THREE];

/** The numbers of what was answered with `errno` 0, beside all recordings so far. */
const answered = new Set<number>();

/** The numbers of requests beside which no recording was played, of all that the original does not have. */
export function unplayed(): number[] {
  const { requests, replies } = MORE;
  const notices = [replies.recalled, replies.friendState];
  return [...Object.values(requests), ...notices].filter((msgid) => !answered.has(msgid));
}

/**
 * A group of the recording would get an id behind those of ours. Where it lists a group's members, MySQL has them in
 * another order when other groups have members, too: so it is for an original.
 */
function hasGroups({ steps }: Scenario): boolean {
  const sent = steps.map((step) => ('bytes' in step ? step.bytes : ''));
  const received = steps.flatMap((step) => ('received' in step ? Object.values(step.received).flat() : []));
  return [...sent, ...received].some((bytes) => /"groups"|"msgid":\s*8\b/.test(`${bytes}`));
}

/** Makes these laps beside recordings on one site. */
export function beside(...laps: readonly Lap[]): (scenario: Scenario) => Beside {
  const made = new Map<Lap, number>();
  return (scenario) =>
    new Beside(
      laps.filter((lap) => lap !== 'groups' || !hasGroups(scenario)),
      made,
    );
}

/**
 * Two users beside a recording who use what the original does not have: both are told who of all users of the recording
 * comes and goes, and one takes back what it writes to the other. Between that they make a lap at a time.
 */
export class Beside {
  /** How many messages were taken back. */
  recalled = 0;
  readonly #laps: readonly Lap[];
  readonly #made: Map<Lap, number>;
  #isOver = false;
  #users: readonly User[] = [];
  #work: Promise<void> = Promise.resolve();

  /** @param made how often each was made beside other recordings */
  constructor(laps: readonly Lap[], made: Map<Lap, number>) {
    this.#laps = laps;
    this.#made = made;
  }

  /** The rows before a recording, with these users. */
  among(rows: Rows): Rows {
    const user = OURS.map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' }));
    const friends = [...rows.user.map(({ id }) => Number(id)), ONE, TWO];
    const friend = [ONE, TWO].flatMap((userid) =>
      friends.filter((friendid) => friendid !== userid).map((friendid) => ({ userid, friendid })),
    );
    // Groups of these users get ids behind this one.
    const group = { id: ONE, groupname: 'theirs', groupdesc: '' };
    return {
      ...rows,
      user: [...rows.user, ...user],
      friend: [...rows.friend, ...friend],
      allgroup: this.#laps.includes('groups') ? [...rows.allgroup, group] : rows.allgroup,
    };
  }

  /** The rows without these users. */
  readonly without = (rows: Rows): Rows => {
    const isOther = (id: unknown) => !OURS.includes(Number(id));
    return {
      user: rows.user.filter(({ id }) => isOther(id)),
      friend: rows.friend.filter(({ userid }) => isOther(userid)),
      allgroup: rows.allgroup.filter(({ id }) => Number(id) < ONE),
      groupuser: rows.groupuser.filter(({ userid }) => isOther(userid)),
      offlinemessage: rows.offlinemessage.filter(({ userid }) => isOther(userid)),
    };
  };

  /** They come, and know of each other. They go on until `stop`, and make one lap in any case. */
  async start(site: Site): Promise<void> {
    const first = site.node(0);
    const [one, two] = [await User.online(first, ONE), await User.online(site.nodes[1] ?? first, TWO)];
    this.#users = [one, two];
    for (const user of this.#users) await this.#ask(user, { msgid: 101, tell: ['friends', 'recalled'] });
    const { last } = await this.#ask(one, { id: ONE, msgid: 121 });
    let seq = last;
    const pair: Pair = {
      one,
      two,
      seq: () => ++seq,
      ask: (user, request, msgid) => this.#ask(user, request, msgid),
      next: (user, msgid) => this.#next(user, msgid),
      connect: () => User.connect(first),
      answered: (msgid) => void answered.add(msgid),
    };
    await this.#recall(pair);
    this.#work = this.#goOn(pair);
    // `stop` tells of a failure.
    this.#work.catch(() => {});
  }

  /** Ends it. Rejects when anything went wrong since the start. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#work;
    await Promise.all(this.#users.map((user) => user.close()));
  }

  async #goOn(pair: Pair): Promise<void> {
    do {
      const lap = this.#leastMade();
      await LAPS[lap](pair);
      this.#made.set(lap, (this.#made.get(lap) ?? 0) + 1);
      await this.#recall(pair);
    } while (!this.#isOver);
  }

  /** However few of them a recording has time for, beside all of them each is made. */
  #leastMade(): Lap {
    const times = (lap: Lap) => this.#made.get(lap) ?? 0;
    const [lap] = [...this.#laps].sort((a, b) => times(a) - times(b));
    if (lap === undefined) throw new Error('there is nothing to do');
    return lap;
  }

  async #recall(pair: Pair): Promise<void> {
    await recall(pair);
    this.recalled++;
  }

  async #ask(user: User, request: Document, msgid = request.msgid + 1): Promise<Document> {
    await user.say(request);
    const answer = await this.#next(user, msgid);
    if (answer.errno !== 0) throw new Error(`${JSON.stringify(request)}: ${JSON.stringify(answer)}`);
    answered.add(request.msgid);
    return answer;
  }

  async #next(user: User, msgid: number): Promise<Document> {
    for (;;) {
      const document = await user.hear();
      if (document.errno === undefined) answered.add(document.msgid);
      if (document.msgid === msgid) return document;
      if (document.msgid !== MORE.replies.friendState)
        throw new Error(`${JSON.stringify(document)} instead of ${msgid}`);
    }
  }
}
