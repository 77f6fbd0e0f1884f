import { readAbilities } from '../src/client/abilities.js';
import type { Document } from '../src/client/core/document.js';
import type { Friend } from '../src/client/core/received.js';
import type { Fields, Result, Speech } from '../src/client/core/speech.js';
import type { Model } from './model.js';

/** How often requests for friendship are asked for, in ms: the server does not tell of them by itself. */
const REQUESTS_EVERY = 60_000;

/** How a request ended, where the connection may have been lost meanwhile. */
export type Ended = Result | 'lost';

/** The parts of its session that More needs. */
export interface MoreHost {
  readonly model: Model;
  readonly speech: Speech;
  /** Asks for something. Resolves with the reply; undefined when the connection was lost. */
  ask(verb: string, fields: Fields): Promise<Document | undefined>;
  /** Reads friends and groups anew. */
  refresh(): Promise<boolean>;
  /** The model has changed. */
  changed(): void;
}

/** Everything that the original cannot do: the server names its verbs, and only those are shown. */
export class More {
  private readonly host: MoreHost;

  constructor(host: MoreHost) {
    this.host = host;
    window.setInterval(() => {
      if (document.visibilityState === 'visible') void this.readRequests();
    }, REQUESTS_EVERY);
  }

  /**
   * Asks what the server can do, and to be told which friends come and go, and what others take back. After each login: it
   * holds for a connection.
   */
  async learn(): Promise<void> {
    const { model, speech, changed } = this.host;
    if (!speech.has('abilities') || speech.replyTo('abilities') === undefined) return;
    const reply = await this.host.ask('abilities', { tell: ['friends', 'recalled'] });
    if (reply === undefined || speech.resultOf(reply, 'abilities') !== 'ok') return;
    const { can } = readAbilities(speech.field(reply, 'abilities', 'ok', 'can'), 0);
    model.can = new Set([...can].filter((verb) => speech.has(verb)));
    changed();
    void this.readRequests();
  }

  /** Whether the server does something, and says how it ended. */
  has(verb: string, answeredBy = verb): boolean {
    return this.host.model.can.has(verb) && this.host.speech.replyTo(answeredBy) !== undefined;
  }

  /** The user with this number, or exactly this name; undefined when there is none, or it cannot be said. */
  async lookUp(whom: { readonly toid: number } | { readonly toname: string }): Promise<Friend | undefined> {
    const { model, speech } = this.host;
    const reply = await this.host.ask('lookUp', { id: model.me?.id ?? 0, ...whom });
    return reply !== undefined && speech.resultOf(reply, 'lookUp') === 'ok'
      ? speech.readWho(reply)
      : undefined;
  }

  /** Asks who wants to be a friend. */
  async readRequests(): Promise<void> {
    const { model, speech } = this.host;
    if (model.me === undefined || model.line !== 'open' || !this.has('friendRequests')) return;
    const reply = await this.host.ask('friendRequests', { id: model.me.id });
    if (reply === undefined || speech.resultOf(reply, 'friendRequests') !== 'ok') return;
    model.requests = speech.readFriends(speech.field(reply, 'friendRequests', 'ok', 'friends'));
    this.host.changed();
  }

  /** Agrees that somebody who has asked becomes a friend, or does not. */
  async answer(friendid: number, verb: 'acceptFriend' | 'refuseFriend'): Promise<Ended> {
    const { model } = this.host;
    const ended = await this.do(verb, { friendid });
    if (ended !== 'ok') {
      void this.readRequests();
      return ended;
    }
    model.requests = model.requests.filter(({ id }) => id !== friendid);
    this.host.changed();
    if (verb === 'acceptFriend') await this.host.refresh();
    return 'ok';
  }

  /** Asks who is in a group now. */
  async readMembers(groupid: number): Promise<void> {
    const { model, speech } = this.host;
    if (model.me === undefined || !this.has('memberList')) return;
    const reply = await this.host.ask('memberList', { id: model.me.id, groupid });
    if (reply === undefined || speech.resultOf(reply, 'memberList') !== 'ok') return;
    const [group] = speech.readGroups(speech.field(reply, 'memberList', 'ok', 'groups'));
    if (group?.id !== groupid) return;
    model.groups = model.groups.map((other) => (other.id === groupid ? group : other));
    this.host.changed();
  }

  /** Changes friends or groups, and reads them anew. Resolves with how that ended. */
  async change(verb: string, fields: Fields): Promise<Ended> {
    const ended = await this.do(verb, fields);
    if (ended === 'ok') await this.host.refresh();
    return ended;
  }

  /** Asks for something that changes something. Resolves with how it ended. */
  async do(verb: string, fields: Fields): Promise<Ended> {
    const { model, speech } = this.host;
    if (model.me === undefined) return 'lost';
    const reply = await this.host.ask(verb, { ...fields, id: model.me.id });
    return reply === undefined ? 'lost' : speech.resultOf(reply, verb);
  }
}
