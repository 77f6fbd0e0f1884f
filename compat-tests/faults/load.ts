import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterSite } from '../cluster/site.js';
import { until } from '../harness/deadline.js';
import { openMysql } from '../harness/mysql-database.js';
import type { User } from '../harness/user.js';

/** User 1 is on the first node, 2 on the second; 3 is offline. */
const SENDERS = [1, 2];
const RECEIVERS = [1, 2, 3];

/** Users of two nodes who write to each other, and to one who is offline, all the time. */
export class Load {
  readonly #site: ClusterSite;
  readonly #users: readonly User[];
  /** Messages as `from>to n`. */
  readonly #sent: string[] = [];
  readonly #heard = new Set<string>();
  readonly #work: Promise<unknown>[] = [];
  #ending = false;

  private constructor(site: ClusterSite, users: readonly User[]) {
    this.#site = site;
    this.#users = users;
    for (const [index, user] of users.entries()) {
      void this.#hear(user);
      this.#work.push(this.#send(user, SENDERS[index]!));
    }
  }

  /** Logs the users in, and begins. */
  static async start(site: ClusterSite): Promise<Load> {
    await site.accounts(...RECEIVERS);
    return new Load(site, [await site.online(0, 1), await site.online(1, 2)]);
  }

  /** How many messages were sent. */
  get count(): number {
    return this.#sent.length;
  }

  /** Ends. Resolves when each message was delivered or is stored, and everyone is offline. */
  async stop(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#work);
    const database = await openMysql(this.#site.mariadb.url('chat'));
    const isComplete = async () => {
      const { offlinemessage } = await database.rows();
      const stored = new Set(offlinemessage.map(({ message }) => JSON.parse(String(message)).msg));
      return this.#sent.every((text) => this.#heard.has(text) || stored.has(text));
    };
    await until(isComplete, `all of ${this.count} messages to be delivered or stored`);
    await Promise.all(this.#users.map((user) => user.close()));
    await until(async () => (await database.online()).length === 0, 'all to be offline');
    await database.close();
  }

  async #send(user: User, id: number): Promise<void> {
    for (let n = 0; !this.#ending; n++) {
      for (const to of RECEIVERS) {
        const text = `${id}>${to} ${n}`;
        this.#sent.push(text);
        await user.chat(id, to, text);
      }
      await delay(2);
    }
  }

  async #hear(user: User): Promise<void> {
    for (;;) {
      const document = await user.hear().catch(() => undefined);
      if (document === undefined) return;
      this.#heard.add(document.msg);
    }
  }
}
