import { Cutter } from '../../src/learn/cutter.js';
import { FRAMES } from '../../src/net/frames.js';
import type { Dialect, Framing } from '../../src/protocol/dialect.js';
import type { IntField, TextField } from '../../src/protocol/fields.js';
import type { Verb } from '../../src/protocol/verbs.js';
import { Client } from '../harness/client.js';
import type { Server } from '../harness/server.js';
import type { Document } from '../harness/user.js';

export type Fields = Readonly<Partial<Record<IntField, number> & Record<TextField, string>>>;

/** A client of any dialect: says requests under the dialect's numbers and names, hears documents as they are. */
export class Speaker {
  readonly #client: Client;
  readonly #dialect: Dialect;
  readonly #cutter = new Cutter();
  readonly #heard: Document[] = [];

  private constructor(client: Client, dialect: Dialect) {
    this.#client = client;
    this.#dialect = dialect;
  }

  static async connect(server: Pick<Server, 'port'>, dialect: Dialect): Promise<Speaker> {
    return new Speaker(await Client.connect(server.port), dialect);
  }

  /** Says a request, and returns the next document that comes. */
  async ask(verb: Verb, values: Fields): Promise<Document> {
    await this.#client.send(framed(this.#dialect.framing.in, request(this.#dialect, verb, values)));
    while (this.#heard.length === 0) {
      const bytes = await this.#client.takeWhen((unread) => unread.length > 0, `an answer to ${verb}`);
      this.#heard.push(...this.#cutter.push(bytes));
    }
    return this.#heard.shift() as Document;
  }

  /** Logs in as the user of that id or name, whichever the dialect's logins bring. */
  login(id: number, name: string, password: string): Promise<Document> {
    const login = [...this.#dialect.requests.values()].find(({ verb }) => verb === 'login');
    return this.ask('login', login?.byName ? { name, password } : { id, password });
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

function request({ requests }: Dialect, verb: Verb, values: Fields): Buffer {
  const found = [...requests].find(([, request]) => request.verb === verb);
  if (found === undefined) throw new Error(`the dialect has no ${verb}`);
  const [number, { fields }] = found;
  const names = { ...fields.ints, ...fields.texts };
  const members = Object.entries({ msgid: number, ...values }).map(([field, value]) => [
    names[field as keyof typeof names].names[0] ?? field,
    value,
  ]);
  return Buffer.from(JSON.stringify(Object.fromEntries(members)));
}

/** A document with what stands around it. */
export function framed(framing: Framing, document: Buffer): Buffer {
  return Buffer.concat(FRAMES[framing]?.(document) ?? [document]);
}
