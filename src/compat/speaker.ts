import { type Document, readDocument } from '../client/core/document.js';
import type { Dialect } from '../protocol/dialect.js';
import type { Verb } from '../protocol/verbs.js';
import { apart } from './apart.js';
import { Client } from './client.js';
import { tooLate, within } from './deadline.js';
import { documentsOf } from './documents.js';
import { BEHIND, LIMITS, type Limits } from './limits.js';
import type { Place } from './replay/party.js';
import { type Fields, failingLogin, framed, requestText, sentFraming } from './wire.js';

export type { Document };

/** At most so many bytes of an unfinished document are shown. */
const SHOWN = 100;

/** The properties of a server that are found out before it is tested. */
export interface Habits {
  /** It takes one read for one document: what is not answered is sent in reads of its own. */
  readonly oneRead?: boolean;
  /** Its answer to a login as nobody; the dialect's, unless given. */
  readonly refusal?: string;
}

/** A client of any dialect: says requests under the dialect's numbers and names, hears documents as they are. */
export class Speaker {
  readonly client: Client;
  readonly dialect: Dialect;
  readonly limits: Limits;
  readonly #cut: (bytes: Buffer) => string[];
  readonly #heard: string[] = [];
  readonly #place: Place;
  readonly #habits: Habits;
  #had = 0;
  #part = Buffer.alloc(0);
  /** All that was sent is known to be read. */
  #isRead = true;
  /** When it was first found that the server does not read, in milliseconds; undefined: it does. */
  #unreadSince: number | undefined;

  private constructor(client: Client, place: Place, dialect: Dialect, limits: Limits, habits: Habits) {
    this.#habits = habits;
    this.#place = place;
    this.client = client;
    this.dialect = dialect;
    this.limits = limits;
    this.#cut = documentsOf(dialect.framing.out, limits.most);
  }

  /** How many bytes of the connection it has taken. */
  get had(): number {
    return this.#had;
  }

  static async connect(
    place: Place,
    dialect: Dialect,
    limits: Limits = LIMITS,
    habits: Habits = {},
  ): Promise<Speaker> {
    const client = await Client.connect(place.port, place.host, limits);
    return new Speaker(client, place, dialect, limits, habits);
  }

  /** Sends bytes as they are, in one write. */
  async send(bytes: Buffer | string): Promise<void> {
    this.#isRead = false;
    await within(this.limits.answer, this.client.send(bytes), () => 'the server to read what was sent');
  }

  /** Says a request. Returns its text, without what stands around it. */
  async say(verb: Verb, values: Fields): Promise<string> {
    const text = requestText(this.dialect, verb, values);
    await this.send(this.frame(text));
    return text;
  }

  /** Says a request that is not answered, and waits until the server has read it by itself, as far as that can be known. */
  async tell(verb: Verb, values: Fields): Promise<string> {
    const text = await this.say(verb, values);
    await this.apart();
    return text;
  }

  /** A server that takes one read for one document gets what is sent next in a read of its own. */
  async apart(): Promise<void> {
    if (this.#habits.oneRead) await this.wasRead();
  }

  /**
   * Waits until the server has read what was sent, as far as that can be known. Rejects when it has read nothing for as
   * long as an answer may take: without that, a second would pass for each of a thousand messages to a server that hangs.
   */
  async wasRead(): Promise<void> {
    // Each look costs the system milliseconds.
    if (this.#isRead) return;
    this.#isRead = await apart(this.client.port, this.#place);
    if (this.#isRead) this.#unreadSince = undefined;
    else this.#unreadSince ??= performance.now();
    if (performance.now() - (this.#unreadSince ?? Number.POSITIVE_INFINITY) > this.limits.answer)
      throw tooLate(this.limits.answer, 'the server to read what was sent');
  }

  /** A document with what clients of the dialect put around it. */
  frame(text: string): Buffer {
    return framed(sentFraming(this.dialect), Buffer.from(text));
  }

  /** The text of the next document that comes. */
  async hear(what = 'a document'): Promise<string> {
    const end = this.#end();
    while (this.#heard.length === 0) {
      this.#notAfter(end, `the end of ${what}`);
      const bytes = await this.client.takeWhen((unread) => unread.length > 0, what);
      this.#had += bytes.length;
      this.#heard.push(...this.#cut(bytes));
      this.#part = Buffer.concat([this.#part, bytes.subarray(0, SHOWN - this.#part.length)]);
    }
    this.#part = Buffer.alloc(0);
    return this.#heard.shift() ?? '';
  }

  /** The first bytes that have come since the last document. */
  get part(): Buffer {
    return Buffer.concat([this.#part, this.client.unread.subarray(0, SHOWN)]).subarray(0, SHOWN);
  }

  /** The documents that come, to the first that is the last one. */
  async hearUntil(isLast: (text: string) => boolean, what: string): Promise<string[]> {
    const [end, heard] = [this.#end(), [] as string[]];
    for (;;) {
      const text = await this.hear(what);
      heard.push(text);
      if (isLast(text)) return heard;
      this.#notAfter(end, `${what}, behind ${heard.length} other documents`);
    }
  }

  #end(): number {
    return performance.now() + this.limits.answer * BEHIND;
  }

  #notAfter(end: number, what: string): void {
    if (performance.now() > end) throw tooLate(this.limits.answer * BEHIND, what);
  }

  /** Says a request, and returns the text of the next document that comes. */
  async askText(verb: Verb, values: Fields): Promise<string> {
    await this.say(verb, values);
    return await this.hear(`an answer to ${verb}`);
  }

  /** The same, read. Throws when the answer is no document. */
  async ask(verb: Verb, values: Fields): Promise<Document> {
    const text = await this.askText(verb, values);
    const document = readDocument(text);
    if (document === undefined) throw new Error(`the answer to ${verb} is no JSON object: ${text}`);
    return document;
  }

  /** Logs in as the user of that id or name, whichever the dialect's logins bring. */
  login(id: number, name: string, password: string): Promise<Document> {
    return this.ask('login', this.loginFields(id, name, password));
  }

  /** The content of a login's reply in the dialect. */
  loginFields(id: number, name: string, password: string): Fields {
    const login = [...this.dialect.requests.values()].find(({ verb }) => verb === 'login');
    return login?.byName ? { name, password } : { id, password };
  }

  /**
   * Waits until everything sent here was handled: a failed login is answered after all that was sent before it.
   * Returns what came meanwhile.
   */
  async settle(): Promise<string[]> {
    const passed = this.#habits.refusal ?? String(this.dialect.replies.write('login', 'invalid') ?? '');
    await this.apart();
    await this.send(this.frame(failingLogin(this.dialect)));
    const heard = await this.hearUntil((text) => text === passed, 'the answer to a failed login');
    this.#isRead = true;
    return heard.slice(0, -1);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
