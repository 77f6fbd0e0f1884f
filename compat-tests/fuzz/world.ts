import { until } from '../harness/deadline.js';
import type { Site } from '../harness/site.js';
import type { Document } from '../harness/user.js';
import type { Peer } from './peer.js';
import type { Random } from './random.js';

/** A group as it must be: its members and their roles. */
export interface Group {
  readonly id: number;
  readonly name: string;
  readonly desc: string;
  readonly members: Map<number, 'creator' | 'normal'>;
}

/** The deeds of a session, and what must be true because of them. */
export class World {
  readonly site: Site;
  readonly random: Random;
  readonly peers = new Set<Peer>();
  /** User id -> name. All have the same password. */
  readonly names = new Map<number, string>();
  /** User id -> where it is logged in. */
  readonly online = new Map<number, Peer>();
  readonly friends = new Map<number, Set<number>>();
  readonly groups: Group[] = [];
  /** User id -> the messages that are stored for it, oldest first. */
  readonly stored = new Map<number, Document[]>();
  /** The numbers of messages to users whose connection was reset: they may be lost, or come twice, or late. */
  readonly uncertain = new Set<number>();
  /** The last deeds, for the report of a failure. */
  readonly history: string[] = [];
  #messages = 0;

  constructor(site: Site, random: Random) {
    this.site = site;
    this.random = random;
  }

  /** Makes these the only accounts of the site. */
  async begin(users: number): Promise<void> {
    for (let id = 1; id <= users; id++) this.names.set(id, `u${id}`);
    const user = [...this.names].map(([id, name]) => ({ id, name, password: 'pw', state: 'offline' }));
    await this.site.database.seed({ user });
  }

  note(what: string): void {
    this.history.push(what);
  }

  /** A number that no other message of the session has. */
  nextMessage(): number {
    return ++this.#messages;
  }

  /** The users who are not logged in. */
  get offline(): number[] {
    return [...this.names.keys()].filter((id) => !this.online.has(id));
  }

  entered(id: number, peer: Peer): void {
    this.online.set(id, peer);
    peer.users.add(id);
    this.stored.delete(id);
  }

  left(id: number): void {
    this.online.get(id)?.users.delete(id);
    this.online.delete(id);
  }

  gone(peer: Peer): void {
    for (const id of [...peer.users]) this.left(id);
    this.peers.delete(peer);
  }

  /** For nobody nothing is stored (DIFFERENCES 21). */
  store(id: number, message: Document): void {
    if (!this.names.has(id)) return;
    this.stored.set(id, [...(this.stored.get(id) ?? []), message]);
  }

  /** Waits until the database has set offline who left: another node lets them in only then. */
  async leftInDatabase(ids: Iterable<number>): Promise<void> {
    const left = new Set(ids);
    await until(
      async () => !(await this.site.database.online()).some((id) => left.has(id)),
      `users ${[...left]} to be offline`,
    );
  }

  /** The stored messages in the database, by user. */
  async storedInDatabase(): Promise<Map<number, Document[]>> {
    const stored = new Map<number, Document[]>();
    for (const { userid, message } of (await this.site.database.rows()).offlinemessage) {
      const id = Number(userid);
      const document: Document = JSON.parse(String(message));
      if (!this.uncertain.has(document.n)) stored.set(id, [...(stored.get(id) ?? []), document]);
    }
    return stored;
  }

  /** The chat messages that a connection has got since the last call. */
  heard(peer: Peer): Document[] {
    return peer.take().filter(({ n }) => !this.uncertain.has(n));
  }
}
