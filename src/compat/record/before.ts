import type { Spoken } from '../../client/core/dialect.js';
import { type Document, readDocument } from '../../client/core/document.js';
import type { Login } from '../../client/core/received.js';
import { Speech } from '../../client/core/speech.js';
import type { Dialect } from '../../protocol/dialect.js';
import type { Step } from '../replay/scenario.js';
import type { Cell } from '../tables/tables.js';
import { Words } from '../words-of.js';
import { type Asked, fieldOf, intOf, requestsIn } from './requests.js';

type Row = Record<string, Cell>;
type Rows = Record<'user' | 'friend' | 'allgroup' | 'groupuser' | 'offlinemessage', Row[]>;

/** The password of an account that nobody has logged in to. */
const UNKNOWN = 'not recorded';

/** No longer name can be registered anywhere. */
const LONGEST_NAME = 50;

/**
 * The rows that there must have been before a session, as far as its logins tell: accounts, friends and groups, less what
 * the session itself has made of them.
 */
export function rowsBefore(steps: readonly Step[], dialect: Dialect): Rows {
  const seen = new Seen(dialect);
  for (const step of steps) {
    if (step.do === 'send') for (const asked of requestsIn(step.bytes, dialect)) seen.ask(step.conn, asked);
    if (!('received' in step)) continue;
    for (const [conn, items] of Object.entries(step.received))
      for (const item of items) if (item !== 'EOF') seen.answer(conn, String(item));
  }
  return seen.rows();
}

class Seen {
  readonly #rows: Rows = { user: [], friend: [], allgroup: [], groupuser: [], offlinemessage: [] };
  readonly #users = new Map<number, Row>();
  readonly #words: Words;
  readonly #speech: Speech;
  /** The registrations and logins of each connection that are not answered yet. */
  readonly #open = new Map<string, Asked[]>();
  readonly #loggedIn = new Set<number>();
  /** All that the session makes: ids of accounts, names, groups by their names, `id:id` of friends and of members. */
  readonly #made = new Set<number>();
  readonly #names = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #groups = new Set<string>();
  readonly #befriended = new Set<string>();
  readonly #joined = new Set<string>();

  constructor(dialect: Dialect) {
    this.#words = new Words(dialect);
    this.#speech = new Speech(dialect.spoken as Spoken);
  }

  ask(conn: string, asked: Asked): void {
    const [id, friend, group] = (['id', 'friendid', 'groupid'] as const).map((field) => intOf(asked, field));
    switch (asked.request.verb) {
      case 'login':
      case 'register':
        this.#open.set(conn, [...(this.#open.get(conn) ?? []), asked]);
        return;
      case 'addFriend':
        this.#befriended.add(`${id}:${friend}`).add(`${friend}:${id}`);
        return;
      case 'createGroup':
        this.#groups.add(fieldOf(asked, 'groupname'));
        return;
      case 'joinGroup':
        this.#joined.add(`${group}:${id}`);
    }
  }

  answer(conn: string, text: string): void {
    const document = readDocument(text);
    const [asked, ...rest] = this.#open.get(conn) ?? [];
    if (document === undefined || asked === undefined || !this.#answers(asked, document)) return;
    this.#open.set(conn, rest);
    if (asked.request.verb === 'login') {
      if (this.#words.isLoggedIn(text)) this.#logIn(asked, this.#speech.readLogin(document));
      return;
    }
    const id = this.#words.registered(text);
    const name = fieldOf(asked, 'name');
    if (id === undefined) this.#refused.add(name);
    else {
      this.#made.add(id);
      this.#names.add(name);
    }
  }

  /** A name that was refused, and that nobody takes later, was somebody's. */
  rows(): Rows {
    const known = [...this.#users.values()].map(({ name }) => name);
    const taken = [...this.#refused].filter(
      (name) => name !== '' && name.length <= LONGEST_NAME && !this.#names.has(name) && !known.includes(name),
    );
    const others = taken.map((name, at) => ({ id: -1 - at, name, password: UNKNOWN, state: 'offline' }));
    return { ...this.#rows, user: [...this.#users.values(), ...others] };
  }

  #answers({ request }: Asked, document: Document): boolean {
    return this.#speech.replyTo(request.verb) === this.#speech.numberOf(document);
  }

  #logIn(asked: Asked, { id, name, friends, groups, stored }: Login): void {
    if (this.#loggedIn.has(id)) return;
    this.#loggedIn.add(id);
    if (this.#made.has(id)) return;
    this.#user(id, name).password = fieldOf(asked, 'password');
    for (const friend of friends) {
      if (this.#befriended.has(`${id}:${friend.id}`) || this.#made.has(friend.id)) continue;
      this.#user(friend.id, friend.name);
      this.#rows.friend.push({ userid: id, friendid: friend.id });
    }
    for (const group of groups) {
      const isKnown = this.#rows.allgroup.some((row) => row.id === group.id);
      if (isKnown || this.#groups.has(group.name)) continue;
      this.#rows.allgroup.push({ id: group.id, groupname: group.name, groupdesc: group.description });
      for (const member of group.members) {
        if (this.#made.has(member.id) || this.#joined.has(`${group.id}:${member.id}`)) continue;
        this.#user(member.id, member.name);
        this.#rows.groupuser.push({ groupid: group.id, userid: member.id, grouprole: member.role });
      }
    }
    for (const { document } of stored)
      this.#rows.offlinemessage.push({ userid: id, message: JSON.stringify(document) });
  }

  #user(id: number, name: string): Row {
    const row = this.#users.get(id) ?? { id, name, password: UNKNOWN, state: 'offline' };
    this.#users.set(id, row);
    return row;
  }
}
