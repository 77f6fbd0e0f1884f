import type { Dialect } from '../protocol/dialect.js';
import type { Account } from './account.js';
import { Wrong } from './finding.js';
import { Person } from './person.js';
import type { Place } from './replay/party.js';
import { Speaker } from './speaker.js';
import type { Target } from './target.js';
import { Words } from './words-of.js';

/** The password of all accounts that the tool makes. */
export const PASSWORD = 'compat-pw';

/** How many times a name that is taken is followed by another one. */
const TRIES = 5;

/** The server as one case has it: accounts of its own, and connections that are closed behind it. */
export class World {
  readonly target: Target;
  readonly dialect: Dialect;
  readonly words: Words;
  readonly #spare: Account[];
  readonly #open: Speaker[] = [];
  readonly #people: Person[] = [];
  readonly #name: () => string;

  /**
   * @param spare accounts that nobody uses, without friends, groups and stored messages; those that are left are put back
   * @param name makes names that nobody has
   */
  constructor(target: Target, spare: Account[], name: () => string) {
    this.target = target;
    this.dialect = target.dialect;
    this.words = new Words(target.dialect);
    this.#spare = spare;
    this.#name = name;
  }

  /** A connection on which nobody has logged in. */
  async stranger(place: Place = this.target.place): Promise<Speaker> {
    const speaker = await Speaker.connect(place, this.dialect, this.target.limits, this.target.habits);
    this.#open.push(speaker);
    return speaker;
  }

  /** The server's answer to a login as nobody. */
  get refusal(): string {
    return this.target.habits.refusal ?? this.words.reply('login', 'invalid');
  }

  /** A name that no account has. */
  freshName(): string {
    return this.#name();
  }

  /** An account that is not logged in anywhere. Unless a person() logs in with it, nobody uses it again. */
  async account(): Promise<Account> {
    return this.#spare.pop() ?? (await this.register());
  }

  /** A new account. */
  async register(password = PASSWORD): Promise<Account> {
    const speaker = await this.stranger();
    for (let tries = 0; tries < TRIES; tries++) {
      const name = this.#name();
      const text = await speaker.askText('register', { name, password });
      const id = this.words.registered(text);
      if (id === undefined) continue;
      speaker.client.reset();
      return { id, name, password };
    }
    throw new Wrong({ shows: { en: 'nobody can register', zh: '无法注册新账号' } });
  }

  /** Somebody who is logged in. */
  async person(place: Place = this.target.place, account?: Account): Promise<Person> {
    const who = account ?? (await this.account());
    const speaker = await this.stranger(place);
    const person = new Person(who, speaker);
    const text = await person.logIn();
    this.#people.push(person);
    if (!this.words.isLoggedIn(text))
      throw new Wrong({
        got: text,
        shows: {
          en: 'a new account cannot log in with the right password',
          zh: '新注册的账号用正确的密码登录不了',
        },
      });
    return person;
  }

  /** `count` people who are logged in, by ascending ids. */
  async people(count: number): Promise<Person[]> {
    const accounts: Account[] = [];
    while (accounts.length < count) accounts.push(await this.account());
    const people: Person[] = [];
    for (const account of accounts.sort((a, b) => a.id - b.id))
      people.push(await this.person(undefined, account));
    return people;
  }

  /** A group that somebody makes, and these others join. Returns its id, as the lists of a login tell it. */
  async group(
    creator: Person,
    others: readonly Person[] = [],
    groupname = this.#name(),
    groupdesc = 'of chat-compat',
  ): Promise<number> {
    await creator.tell('createGroup', { groupname, groupdesc });
    await creator.settle();
    await creator.logOut();
    const reply = await creator.logIn();
    const groupid = this.words.groupNamed(reply, groupname);
    if (groupid === undefined)
      throw new Wrong({
        got: reply,
        shows: { en: 'a group that was made is not in its creator’s list', zh: '建好的群不在群主的群列表里' },
      });
    for (const other of others) {
      await other.tell('joinGroup', { groupid });
      await other.settle();
    }
    return groupid;
  }

  /** Somebody's connection has ended: resolves when the server knows, so that the next login works. */
  async gone(account: Account): Promise<void> {
    const probe = await this.stranger();
    const person = new Person(account, probe);
    const end = Date.now() + this.target.limits.answer;
    while (!this.words.isLoggedIn(await person.logIn())) {
      if (Date.now() > end)
        throw new Wrong({
          shows: { en: `${account.id} stays online for ever`, zh: `用户 ${account.id} 一直显示在线` },
        });
    }
    await person.logOut();
    await person.close();
  }

  /** Logs everybody out, and closes all connections. Accounts that are as new are used again. */
  async leave(): Promise<void> {
    // Several connections may have had one account, one after the other.
    const again = new Map(this.#people.map(({ account }) => [account.id, account]));
    for (const person of this.#people) {
      const isClean = person.speaker.client.ended ? person.isClean : await left(person);
      if (!isClean) again.delete(person.id);
    }
    this.#spare.push(...again.values());
    this.abandon();
  }

  /** Closes all connections at once. */
  abandon(): void {
    for (const { client } of this.#open) client.reset();
  }
}

async function left(person: Person): Promise<boolean> {
  try {
    await person.logOut();
    return person.isClean;
  } catch {
    return false;
  }
}
