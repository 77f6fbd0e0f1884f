import { setTimeout as delay } from 'node:timers/promises';
import { chat, document, FIRST_USER } from '../load/message.js';
import { each } from '../load/scenario.js';
import { ids, seedUsers } from '../load/seed.js';
import type { Storage } from '../load/storage.js';
import type { SoakServer } from './server.js';
import { SoakUser } from './user.js';

/** An hour of a user: so many messages, some of them to its group, some no messages at all, and so many leaves. */
const MESSAGES = 120;
const TO_GROUP = 0.1;
const BAD = 0.01;
const LEAVES = 4;
/** A user is away for at most this time, in ms: messages that come meanwhile are stored. */
const AWAY = 3000;
const GROUP_SIZE = 20;
/** How often work is handed out, in ms. */
const PORTION = 20;

const BAD_DOCUMENT = Buffer.from('{"msgid":6,"id":[[[{"a":1,"toid":\0');

/** The users of a soak. */
export class Crowd {
  messages = 0;
  leaves = 0;
  readonly #users: readonly SoakUser[];
  readonly #away = new Set<Promise<void>>();
  #failure: unknown;

  private constructor(port: number, count: number) {
    const onEnd = (error: Error) => {
      this.#failure ??= error;
    };
    this.#users = ids(count).map((id) => new SoakUser(port, id, onEnd));
  }

  /** Makes `count` accounts, each in a group, and logs them in. */
  static async gather({ port, storage }: SoakServer, count: number): Promise<Crowd> {
    await seedUsers(storage, count);
    await seedGroups(storage, count);
    const crowd = new Crowd(port, count);
    await each(crowd.#users, (user) => user.come());
    return crowd;
  }

  /** How many bytes all users have got. */
  get heard(): number {
    return this.#users.reduce((sum, { heard }) => sum + heard, 0);
  }

  /**
   * Does the work of so many hours in so many seconds, and calls `onPercent` after each hundredth of it.
   * Rejects when the server ends a connection or a login fails.
   */
  async work(hours: number, seconds: number, onPercent: (percent: number) => void): Promise<void> {
    const users = this.#users.length;
    const since = performance.now();
    let percent = 0;
    for (let part = 0; part < 1; ) {
      await delay(PORTION);
      part = Math.min(1, (performance.now() - since) / 1000 / seconds);
      for (const due = part * hours * MESSAGES * users; this.messages < due; this.messages++) this.#talk();
      for (const due = part * hours * LEAVES * users; this.leaves < due; this.leaves++) this.#part();
      if (this.#failure !== undefined) throw this.#failure;
      while (percent < Math.floor(part * 100)) onPercent(++percent);
    }
    await Promise.all(this.#away);
  }

  #talk(): void {
    const user = this.#someone();
    const draw = Math.random();
    if (draw < BAD) user.say(BAD_DOCUMENT);
    else if (draw < BAD + TO_GROUP) user.say(groupChat(user.id));
    else user.say(chat(user.id, FIRST_USER + Math.floor(Math.random() * this.#users.length)));
  }

  #part(): void {
    const user = this.#someone();
    const time = Math.random() * AWAY;
    const away = Math.random() < 0.5 ? user.relog(time) : user.reconnect(time);
    const back = away.catch((error: unknown) => {
      this.#failure ??= error;
    });
    this.#away.add(back);
    void back.then(() => this.#away.delete(back));
  }

  /** A user who is online. */
  #someone(): SoakUser {
    for (;;) {
      const user = this.#users[Math.floor(Math.random() * this.#users.length)];
      if (user?.isHere) return user;
    }
  }
}

async function seedGroups(storage: Storage, users: number): Promise<void> {
  const groups = Array.from(
    { length: Math.ceil(users / GROUP_SIZE) },
    (_, n) => `(${n + 1}, 'g${n + 1}', '')`,
  );
  await storage.run(`insert into allgroup (id, groupname, groupdesc) values ${groups.join(', ')}`);
  const members = ids(users).map((id) => `(${groupOf(id)}, ${id}, 'normal')`);
  await storage.run(`insert into groupuser (groupid, userid, grouprole) values ${members.join(', ')}`);
}

function groupOf(id: number): number {
  return Math.floor((id - FIRST_USER) / GROUP_SIZE) + 1;
}

function groupChat(id: number): Buffer {
  const [msg, name, time] = ['hello, are you all there?', `user${id}`, '2024-02-22 18:01:23'];
  return document({ groupid: groupOf(id), id, msg, msgid: 10, name, time });
}
