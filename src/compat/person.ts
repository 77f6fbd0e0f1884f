import type { Verb } from '../protocol/verbs.js';
import type { Account } from './account.js';
import type { Limits } from './limits.js';
import type { Speaker } from './speaker.js';
import { type Fields, requestOf } from './wire.js';
import { Words } from './words-of.js';

/** The verbs that leave traces in an account: its next user would see them. */
const TRACES: ReadonlySet<Verb> = new Set(['addFriend', 'createGroup', 'joinGroup', 'friendAgree']);

/** Somebody with an account, on a connection of its own. */
export class Person {
  readonly account: Account;
  readonly speaker: Speaker;
  /** Nothing was done that the account's next user would see. */
  isClean = true;

  /** The last answer to a login, and the stored messages that came before it. */
  welcome = '';
  storedBefore: string[] = [];
  /** The words of the replies that it gets. */
  readonly words: Words;

  constructor(account: Account, speaker: Speaker) {
    this.words = new Words(speaker.dialect);
    this.account = account;
    this.speaker = speaker;
  }

  /** How long to wait for the server, and how much to keep. */
  get limits(): Limits {
    return this.speaker.limits;
  }

  get id(): number {
    return this.account.id;
  }

  /** Asks to be logged in. Returns the answer, whatever it is: what dialects send before it is in `storedBefore`. */
  async logIn(): Promise<string> {
    const { id, name, password } = this.account;
    await this.speaker.say('login', this.speaker.loginFields(id, name, password));
    const isAnswer = (text: string) => this.speaker.dialect.stored !== 'before' || !this.words.isChat(text);
    const heard = await this.speaker.hearUntil(isAnswer, 'an answer to login');
    this.storedBefore = heard.slice(0, -1);
    this.welcome = heard.at(-1) ?? '';
    return this.welcome;
  }

  /** Logs out, and waits until that was handled. Returns what came meanwhile. */
  async logOut(): Promise<string[]> {
    const { request, reply } = this.#logout();
    if (reply) await this.speaker.askText('logout', request);
    else await this.speaker.tell('logout', request);
    return await this.speaker.settle();
  }

  /** Says a request in its own name, which is not answered. Returns its text. */
  async tell(verb: Verb, fields: Fields): Promise<string> {
    this.#mark(verb);
    const text = await this.speaker.tell(verb, { id: this.id, ...fields });
    if (this.speaker.dialect.replies.has(verb)) await this.speaker.hear(`an answer to ${verb}`);
    return text;
  }

  /** The document of a chat message to a user, as the original's client writes it. */
  chatFields(to: Account, msg: string): Fields {
    const [, { byName }] = requestOf(this.speaker.dialect, 'chat');
    const whom = byName ? { toname: to.name } : { toid: to.id };
    return { id: this.id, name: this.account.name, msg, time: '2024-02-22 18:01:23', ...whom };
  }

  /** Writes to a user. Returns the text of the message. */
  chat(to: Account, msg: string): Promise<string> {
    return this.tell('chat', this.chatFields(to, msg));
  }

  /** Writes to a group. Returns the text of the message. */
  groupChat(groupid: number, msg: string): Promise<string> {
    return this.tell('groupChat', {
      groupid,
      name: this.account.name,
      msg,
      time: '2024-02-22 18:01:23',
    });
  }

  /** The text of the next document. */
  hear(what: string): Promise<string> {
    return this.speaker.hear(what);
  }

  /** Waits until everything said here was handled. Returns what came meanwhile. */
  settle(): Promise<string[]> {
    return this.speaker.settle();
  }

  /** Sends bytes as they are: whatever they do, the account is not used again. */
  async send(bytes: Buffer | string): Promise<void> {
    this.isClean = false;
    await this.speaker.send(bytes);
  }

  close(): Promise<void> {
    return this.speaker.close();
  }

  #logout(): { readonly request: Fields; readonly reply: boolean } {
    return { request: { id: this.id }, reply: this.speaker.dialect.replies.has('logout') };
  }

  #mark(verb: Verb): void {
    if (TRACES.has(verb)) this.isClean = false;
  }
}
