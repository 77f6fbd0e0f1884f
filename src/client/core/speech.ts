import {
  chatNames,
  itemName,
  nameIn,
  namesIn,
  ORIGINAL,
  replyName,
  resultIn,
  type Spoken,
} from './dialect.js';
import type { Document } from './document.js';
import { itemOf, numberOf, textOf } from './foreign.js';
import type {
  ChatMessage,
  Friend,
  Group,
  HistoryPage,
  KeptMessage,
  Login,
  Member,
  Recalled,
} from './received.js';

/** How a request ended. */
export type Result = 'ok' | 'invalid' | 'inUse' | 'refused' | 'unavailable';

/** The likeliest first: several may look the same. */
const REFUSALS = {
  login: ['invalid', 'inUse', 'unavailable', 'refused'],
  other: ['refused', 'unavailable', 'invalid', 'inUse'],
} as const;

/** The fields of a client's request, by their names. */
export type Fields = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Reads and writes the documents of one dialect. Knows no connection, and no module of Node: a browser has it too. */
export class Speech {
  readonly spoken: Spoken;
  private readonly typeKey: string;

  constructor(spoken: Spoken = ORIGINAL) {
    this.spoken = spoken;
    this.typeKey = spoken.typeKey ?? 'msgid';
  }

  /** Whether the dialect has such a request. */
  has(verb: string): boolean {
    return this.spoken.requests[verb] != null;
  }

  /** The number of the reply to a request; undefined: it is not answered. */
  replyTo(verb: string): number | undefined {
    return this.spoken.replies[verb] ?? undefined;
  }

  /** The number of a document: its kind. */
  numberOf(document: Document): number {
    return numberOf(document[this.typeKey]);
  }

  /** Whether users are meant by their names in this request. */
  byName(verb: string): boolean {
    return this.spoken.verbs?.[verb]?.by === 'name';
  }

  /** A request, with its fields under their names here. */
  request(verb: string, fields: Fields): Document {
    const named = Object.entries(fields).map(([field, value]) => [nameIn(this.spoken, verb, field), value]);
    return { ...Object.fromEntries(named), [this.typeKey]: this.spoken.requests[verb] };
  }

  /** A chat to a user or a group; `more` are fields that only clients read. */
  chat(message: Outgoing, more: Fields = {}): Document {
    const { from, text, time, to } = message;
    const verb = to.kind === 'group' ? 'groupChat' : 'chat';
    const about = {
      [chatNames(this.spoken, 'msg')[0] ?? 'msg']: text,
      [chatNames(this.spoken, 'time')[0] ?? 'time']: time,
      [chatNames(this.spoken, 'name')[0] ?? 'name']: from.name,
    };
    const target =
      to.kind === 'group'
        ? { groupid: to.id }
        : this.byName(verb)
          ? { toname: to.name, ...(to.id !== undefined && { toid: to.id }) }
          : { toid: to.id ?? 0 };
    return { ...more, ...about, ...this.request(verb, { id: from.id, ...target }) };
  }

  /** The chat in a document that came; undefined where it is none. */
  readChat(document: Document): ChatMessage | undefined {
    const number = this.numberOf(document);
    const verb = (['groupChat', 'chat'] as const).find((each) => this.passedOn(each) === number);
    return verb && this.asChat(document, verb);
  }

  private asChat(document: Document, verb: 'chat' | 'groupChat'): ChatMessage {
    const first = (names: readonly string[]) =>
      names.map((name) => document[name]).find((value) => value !== undefined);
    return {
      from: {
        id: numberOf(first(namesIn(this.spoken, verb, 'id'))),
        name: textOf(first(chatNames(this.spoken, 'name'))),
      },
      group: verb === 'groupChat' ? numberOf(first(namesIn(this.spoken, verb, 'groupid'))) : undefined,
      text: textOf(first(chatNames(this.spoken, 'msg'))),
      time: textOf(first(chatNames(this.spoken, 'time'))),
      document,
    };
  }

  /** How a reply says that its request ended. */
  resultOf(document: Document, reply: string): Result {
    if (this.says(document, reply, 'ok')) return 'ok';
    const refusals = REFUSALS[reply === 'login' ? 'login' : 'other'];
    const likely = refusals.filter((result) => this.says(document, reply, result));
    return likely.find((result) => this.names(document, reply, result)) ?? likely[0] ?? 'refused';
  }

  /** The server's own words of a refusal; '' for none. */
  reasonIn(document: Document, reply: string): string {
    return textOf(this.field(document, reply, 'refused', 'errmsg'));
  }

  /** A field of a reply that went well. */
  field(document: Document, reply: string, result: string, field: string): unknown {
    const name = replyName(this.spoken, reply, result, field);
    return name === null ? undefined : document[name];
  }

  /** Reads the reply to a login that succeeded. Items of its lists that are no JSON objects are left out. */
  readLogin(document: Document, reply = 'login'): Login {
    const field = (name: string) => this.field(document, reply, 'ok', name);
    return {
      id: numberOf(field('id')),
      name: textOf(field('name')),
      friends: this.readFriends(field('friends')),
      groups: this.readGroups(field('groups')),
      stored: items(field('offlinemsg')).map((item) => this.readChat(item) ?? this.asChat(item, 'chat')),
      document,
    };
  }

  /** The message that somebody has taken back, by a document; undefined for any other document. */
  readRecalled(document: Document): Recalled | undefined {
    if (this.numberOf(document) !== this.replyTo('recalled')) return undefined;
    const field = (name: string) => this.field(document, 'recalled', 'ok', name);
    const group = field('groupid');
    return {
      from: numberOf(field('id')),
      seq: numberOf(document.seq),
      group: group === undefined ? undefined : numberOf(group),
    };
  }

  /** The friend that has come or gone, by a document; undefined for any other document. */
  readFriendState(document: Document): { readonly id: number; readonly online: boolean } | undefined {
    if (this.numberOf(document) !== this.replyTo('friendState')) return undefined;
    const field = (name: string) => this.field(document, 'friendState', 'ok', name);
    return { id: numberOf(field('id')), online: field('state') === (this.spoken.states?.online ?? 'online') };
  }

  /** Reads the answer to the question who somebody is. */
  readWho(document: Document): Friend {
    const field = (name: string) => this.field(document, 'lookUp', 'ok', name);
    const online = this.spoken.states?.online ?? 'online';
    return { id: numberOf(field('id')), name: textOf(field('name')), online: field('state') === online };
  }

  /** Reads a page of the history, or of a search. */
  readHistory(document: Document, reply: 'history' | 'search'): HistoryPage {
    const next = numberOf(this.field(document, reply, 'ok', 'next'));
    const messages = items(this.field(document, reply, 'ok', 'messages')).map((item): KeptMessage => {
      const kept = itemOf(item.document) ?? {};
      const message = this.readChat(kept) ?? this.asChat(kept, 'chat');
      return { number: numberOf(item.number), at: numberOf(item.time), message };
    });
    return { messages, next: Number.isSafeInteger(next) ? next : undefined };
  }

  readFriends(list: unknown): Friend[] {
    return items(list).map((item) => this.readPerson(item, this.spoken.friend));
  }

  readGroups(list: unknown): Group[] {
    return items(list).map((item) => this.readGroup(item));
  }

  private readPerson(item: Document, fields: Spoken['friend']): Friend {
    const value = (field: string) => item[itemName(fields, field) ?? ''];
    const online = this.spoken.states?.online ?? 'online';
    return { id: numberOf(value('id')), name: textOf(value('name')), online: value('state') === online };
  }

  private readGroup(item: Document): Group {
    const value = (field: string) => item[itemName(this.spoken.group, field) ?? ''];
    const role = itemName(this.spoken.member, 'role') ?? '';
    const members = items(value('users')).map(
      (user): Member => ({ ...this.readPerson(user, this.spoken.member), role: textOf(user[role]) }),
    );
    return {
      id: numberOf(value('id')),
      name: textOf(value('groupname')),
      description: textOf(value('groupdesc')),
      members,
    };
  }

  private passedOn(verb: 'chat' | 'groupChat'): number | undefined {
    return this.spoken.verbs?.[verb]?.passedOn?.number ?? this.spoken.requests[verb] ?? undefined;
  }

  private says(document: Document, reply: string, result: Result): boolean {
    const { errno } = resultIn(this.spoken, reply, result);
    const said = this.field(document, reply, result, 'errno');
    return errno === undefined ? said === undefined : said === errno;
  }

  private names(document: Document, reply: string, result: Result): boolean {
    const { errmsg } = resultIn(this.spoken, reply, result);
    return errmsg != null && this.field(document, reply, result, 'errmsg') === errmsg;
  }
}

/** A chat that is to be sent. */
export interface Outgoing {
  readonly from: { readonly id: number; readonly name: string };
  /** A user needs an id, or a name in dialects that send by name. */
  readonly to:
    | { readonly kind: 'user'; readonly id: number | undefined; readonly name: string }
    | { readonly kind: 'group'; readonly id: number };
  readonly text: string;
  readonly time: string;
}

/** The objects in a list. */
function items(list: unknown): Document[] {
  if (!Array.isArray(list)) return [];
  return list.map(itemOf).filter((item) => item !== undefined);
}
