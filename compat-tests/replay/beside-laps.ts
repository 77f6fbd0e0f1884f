import { until } from '../harness/deadline.js';
import type { Document, User } from '../harness/user.js';
import { confirming, heard, confirm as sayHad } from '../more/confirming.js';

/** Users that no recording has: two that are there all the time, and one that comes and goes. */
export const [ONE, TWO, THREE] = [900_001, 900_002, 900_003];

/** The two users beside a recording. */
export interface Pair {
  readonly one: User;
  readonly two: User;
  /** The number of the next message of the first. */
  seq(): number;
  /** The answer to a user, with `errno` 0; `msgid` is the number of the answer if it is not the next one. */
  ask(user: User, request: Document, msgid?: number): Promise<Document>;
  /** The next document of this kind; notices of friends come at any time. */
  next(user: User, msgid: number): Promise<Document>;
  /** A connection that nobody is logged in on. */
  connect(): Promise<User>;
  /** A request of this number was answered with `errno` 0. */
  answered(msgid: number): void;
}

/** The laps: all that the original does not have (PROTOCOL.md section 9). Each leaves things as they were. */
export const LAPS = { people, friends, requests, groups, history, confirm } as const satisfies Readonly<
  Record<string, (pair: Pair) => Promise<void>>
>;

export type Lap = keyof typeof LAPS;

/** A message is written, heard, taken back, and that is heard as well. */
export async function recall(pair: Pair): Promise<void> {
  const seq = await write(pair, 'a word');
  await pair.ask(pair.one, { id: ONE, msgid: 123, number: seq });
  await pair.next(pair.two, 125);
}

async function write(pair: Pair, msg: string): Promise<number> {
  const seq = pair.seq();
  await pair.ask(pair.one, { id: ONE, msg, msgid: 6, seq, toid: TWO }, 119);
  await pair.next(pair.two, 6);
  return seq;
}

/** A heartbeat, who somebody is, another password and the old one again. */
async function people({ one, ask }: Pair): Promise<void> {
  await ask(one, { msgid: 103 });
  await ask(one, { id: ONE, msgid: 115, toid: TWO });
  await ask(one, { id: ONE, msgid: 117, newpassword: 'other', password: 'pw' });
  await ask(one, { id: ONE, msgid: 117, newpassword: 'pw', password: 'other' });
}

/** A friend is deleted, and is one again. */
async function friends({ one, ask }: Pair): Promise<void> {
  await ask(one, { friendid: TWO, id: ONE, msgid: 105 });
  await ask(one, { friendid: TWO, id: ONE, msgid: 7, seq: 1 }, 127);
}

/** The same where who is asked agrees: at first not. */
async function requests({ one, two, ask }: Pair): Promise<void> {
  await ask(one, { friendid: TWO, id: ONE, msgid: 105 });
  await ask(two, { friendid: ONE, id: TWO, msgid: 105 });
  for (const answer of [145, 143]) {
    await ask(one, { friendid: TWO, id: ONE, msgid: 7, seq: 1 }, 127);
    await ask(two, { id: TWO, msgid: 141 });
    await ask(two, { friendid: ONE, id: TWO, msgid: answer });
  }
}

/** A group from its creation to its end. */
async function groups({ one, two, ask, next, seq }: Pair): Promise<void> {
  const described = { groupdesc: '', groupname: 'beside' };
  const { groupid } = await ask(one, { ...described, id: ONE, msgid: 8, seq: 1 }, 128);
  await ask(two, { groupid, id: TWO, msgid: 9, seq: 1 }, 129);
  await ask(two, { groupid, id: TWO, msgid: 111 });
  await ask(one, { groupid, groupname: 'renamed', id: ONE, msgid: 113 });
  await ask(one, { groupid, id: ONE, msg: 'to all', msgid: 10, seq: seq() }, 119);
  await next(two, 10);
  await ask(two, { groupid, id: TWO, msgid: 107 });
  await ask(one, { groupid, id: ONE, msgid: 109 });
}

/** A message is found a moment after it was heard. */
async function history(pair: Pair): Promise<void> {
  const { two, ask } = pair;
  const text = `word ${await write(pair, 'the one before')}`;
  await write(pair, text);
  for (const page of [{ msgid: 131 }, { msgid: 133, text }])
    await until(async () => {
      const { messages } = await ask(two, { id: TWO, toid: ONE, ...page });
      return messages.some(({ document }: Document) => document.msg === text);
    }, `${page.msgid} to find the message`);
}

/** Somebody comes who says what has arrived, hears a message and goes. */
async function confirm({ one, next, seq, connect, answered }: Pair): Promise<void> {
  const three = await connect();
  await confirming(three, THREE);
  await sayHad(three);
  await one.say({ id: ONE, msg: 'hello', msgid: 6, seq: seq(), toid: THREE });
  const { msgid } = await heard(three);
  if (msgid !== 6) throw new Error(`${msgid} in place of a message`);
  await three.say({ bytes: three.had, end: true, msgid: 151 });
  await next(one, 119);
  await three.rest();
  await three.close();
  answered(151);
}
