import { deepEqual } from 'node:assert/strict';
import { failingLogin, framed } from '../../src/compat/wire.js';
import { loadDialect } from '../../src/dialect/load.js';
import type { Dialect } from '../../src/protocol/dialect.js';
import { Client } from '../harness/client.js';
import { until } from '../harness/deadline.js';
import type { Site } from '../harness/site.js';
import type { Event } from './recording.js';

/**
 * Does what a recording's clients did, each connection on the next node of the site, and rejects at the first
 * byte that is not as recorded. The nodes must not slow failed logins down: one after each request tells that
 * it was handled.
 */
export async function replay(events: readonly Event[], dialect: string, site: Site): Promise<void> {
  const run = new Run(loadDialect(dialect), site);
  for (const [index, event] of events.entries()) {
    const next = events[index + 1];
    await run.do(event, next === undefined || next.do !== 'receive').catch((error) => {
      throw new Error(`event ${index} (${event.do}): ${error.message}`);
    });
  }
  await run.leave();
}

class Run {
  readonly #site: Site;
  readonly #barrier: Buffer;
  readonly #passed: Buffer;
  readonly #clients = new Map<number, Client>();
  /** Which connection a user has come on. */
  readonly #users = new Map<number, number>();
  #sender = 0;

  constructor(dialect: Dialect, site: Site) {
    this.#site = site;
    this.#barrier = framed(dialect.framing.in, Buffer.from(failingLogin(dialect)));
    this.#passed = framed(dialect.framing.out, dialect.replies.write('login', 'invalid') ?? Buffer.alloc(0));
  }

  /** @param last nothing more comes for the request before */
  async do(event: Event, last: boolean): Promise<void> {
    const client = await this.#client(event.connection);
    if (event.do === 'close') return this.#close(event.connection, client);
    if (event.do === 'send') {
      this.#sender = event.connection;
      await client.send(event.bytes);
    } else await expect(client, event.bytes);
    if (last) await this.#settle();
  }

  /** Closes what the recording left open: a site may be there for the next one. */
  async leave(): Promise<void> {
    for (const [connection, client] of this.#clients) await this.#close(connection, client);
  }

  async #settle(): Promise<void> {
    const client = await this.#client(this.#sender);
    await client.send(this.#barrier);
    await expect(client, this.#passed);
    for (const client of this.#clients.values()) deepEqual(String(client.unread), '', 'nothing more came');
    const online = await this.#site.database.online();
    for (const id of this.#users.keys()) if (!online.includes(id)) this.#users.delete(id);
    for (const id of online) if (!this.#users.has(id)) this.#users.set(id, this.#sender);
  }

  /** Closes a connection, and waits until its users are offline: nothing on the wire tells. */
  async #close(connection: number, client: Client): Promise<void> {
    await client.close();
    this.#clients.delete(connection);
    const gone = [...this.#users].filter(([, at]) => at === connection).map(([id]) => id);
    const offline = async () => !(await this.#site.database.online()).some((id) => gone.includes(id));
    await until(offline, `users ${gone} to be offline`);
    for (const id of gone) this.#users.delete(id);
  }

  async #client(connection: number): Promise<Client> {
    const open = this.#clients.get(connection);
    if (open !== undefined) return open;
    const client = await Client.connect(this.#site.node(connection % this.#site.nodes.length).port);
    this.#clients.set(connection, client);
    return client;
  }
}

/** Takes the next bytes; they must be exactly these. */
async function expect(client: Client, bytes: Buffer): Promise<void> {
  const decided = (unread: Buffer) =>
    unread.length >= bytes.length || !bytes.subarray(0, unread.length).equals(unread);
  await client.takeWhen(decided, String(bytes)).then((came) => {
    deepEqual(String(came.subarray(0, bytes.length)), String(bytes));
    client.putBack(came.subarray(bytes.length));
  });
}
