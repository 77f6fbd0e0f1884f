import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { ChatClient } from '../../src/index.js';
import { untilSilent } from '../harness/deadline.js';

/** The way of clients to several servers: each connection leads to the next one. All can be broken at once. */
export class Way {
  /** Where its connections lead, one after the other. */
  ports: readonly number[];
  readonly #listener: Server;
  readonly #ends = new Set<Socket>();
  #next = 0;

  private constructor(ports: readonly number[]) {
    this.ports = ports;
    this.#listener = createServer((client) => {
      const port = this.ports[this.#next++ % this.ports.length] ?? 0;
      this.#join(client, connect(port, '127.0.0.1'));
    });
  }

  static async to(...ports: number[]): Promise<Way> {
    const way = new Way(ports);
    await once(way.#listener.listen(0, '127.0.0.1'), 'listening');
    return way;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Ends all connections at once: what is on its way on them is lost. */
  break(): void {
    for (const end of this.#ends) end.destroy();
  }

  close(): void {
    this.#listener.close();
    this.break();
  }

  #join(client: Socket, server: Socket): void {
    for (const [end, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#ends.add(end);
      end.setNoDelay(true).on('error', () => {});
      end.on('close', () => {
        this.#ends.delete(end);
        other.destroy();
      });
      end.pipe(other);
    }
  }
}

/** A user of ChatClient that comes back whenever its connection is lost. */
async function resident(port: number, id: number): Promise<ChatClient> {
  const client = await ChatClient.connect({ host: '127.0.0.1', port, reconnect: true });
  await client.login(id, 'pw');
  return client;
}

/** A user who reads: the numbers of what it got from each sender, in order, also what came again. */
export class Listener {
  readonly heard = new Map<number, number[]>();
  #count = 0;
  readonly #client: ChatClient;

  private constructor(client: ChatClient) {
    this.#client = client;
  }

  /** @param once leaves out what comes again */
  static async online(port: number, id: number, once = false): Promise<Listener> {
    const client = await ChatClient.connect({ host: '127.0.0.1', port, once, reconnect: true });
    const listener = new Listener(client);
    client.on('message', ({ document }) => listener.#hear(document));
    client.on('back', (login) => {
      for (const { document } of login?.stored ?? []) listener.#hear(document);
    });
    for (const { document } of (await client.login(id, 'pw')).stored) listener.#hear(document);
    return listener;
  }

  /** The numbers from a sender, each at its first coming. */
  from(id: number): number[] {
    return [...new Set(this.heard.get(id))];
  }

  /** How many came again. */
  get repeated(): number {
    return [...this.heard.values()].reduce((sum, all) => sum + all.length - new Set(all).size, 0);
  }

  /** Resolves when it has so many different ones from each of these. Rejects when nothing comes any more. */
  async hearAll(ids: readonly number[], count: number): Promise<void> {
    const all = async () => ids.every((id) => this.from(id).length >= count);
    await untilSilent(all, () => this.#count, `${count} messages of each of ${ids}`);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #hear({ id, seq }: { readonly id?: unknown; readonly seq?: unknown }): void {
    this.#count++;
    const all = this.heard.get(Number(id)) ?? [];
    this.heard.set(Number(id), all);
    all.push(Number(seq));
  }
}

/** How much longer than usual the tests write, with as many more faults: CHAT_NUMBERED_TIMES. */
export const TIMES = Number(process.env.CHAT_NUMBERED_TIMES ?? 1);

/** The faults that happen while users write. */
export interface Plan {
  /** The port that the writers connect to. */
  readonly port: number;
  readonly writers: readonly number[];
  /** Each message is for one of these, in turn. */
  readonly readers: readonly number[];
  /** How many messages each of them writes. */
  readonly count: number;
  /** The number of faults, at equal distances of what is answered. */
  readonly faults: number;
  fault(n: number): unknown;
}

/** Writes numbered messages while things break. Resolves with how often each answer came, once all are answered. */
export async function writeThrough(plan: Plan): Promise<Record<string, number>> {
  const { port, writers, readers, count, faults } = plan;
  const answers: Record<string, number> = {};
  const all = writers.length * count;
  let answered = 0;
  let fault = 0;
  // One fault at a time: what was killed is there again before the next.
  let broken: Promise<unknown> = Promise.resolve();
  const note = (fate: string) => {
    answers[fate] = (answers[fate] ?? 0) + 1;
    answered++;
    if (fault === faults || answered < ((fault + 1) * all) / (faults + 1)) return;
    const n = fault++;
    broken = broken.then(() => plan.fault(n));
  };
  const clients = await Promise.all(writers.map((id) => resident(port, id)));
  const sent = clients.flatMap((client) =>
    Array.from({ length: count }, (_, n) => {
      const reader = readers[n % readers.length] ?? 0;
      return client.send(reader, `${n}`).then(note);
    }),
  );
  await Promise.all(sent);
  await broken;
  await Promise.all(clients.map((client) => client.close()));
  return answers;
}

/** The numbers of the messages of each writer that are for a reader. */
export function expected({ readers, count }: Plan, reader: number): number[] {
  const numbers = Array.from({ length: count }, (_, n) => n + 1);
  return numbers.filter((n) => readers[(n - 1) % readers.length] === reader);
}
