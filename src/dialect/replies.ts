import { dump, quote } from '../json/dump.js';
import { parse } from '../json/parse.js';
import { SEQ } from '../protocol/fields.js';
import { type Field, layOut } from '../protocol/layout.js';
import type { Message } from '../protocol/message.js';
import { REPLY_FIELDS, type Replies, type ReplyField, type Values } from '../protocol/replies.js';
import { ACK, FRIEND_STATE, RECALLED, REPLIES, RESULTS, type Reply, type Result } from '../protocol/verbs.js';
import type { DialectFile, ResultFile } from './file.js';
import { itemsOf, listText } from './items.js';

interface About {
  readonly values: Values;
  readonly message: Message | undefined;
}

/** Replies that nobody asks for: they cannot fail. */
const UNASKED: ReadonlySet<Reply> = new Set([
  'friendsAfterLogin',
  'groupsAfterLogin',
  'takenOver',
  RECALLED,
  FRIEND_STATE,
]);
/** These name a message by its number. */
const NUMBERED: ReadonlySet<Reply> = new Set([ACK, RECALLED]);

type Text = (about: About) => string | undefined;
type Writers = Readonly<Record<Result, (about: About) => string>>;

/** Lays out every reply of a dialect, once. */
export function repliesOf(file: DialectFile): Replies {
  const writers = new Map<Reply, Writers>();
  for (const reply of REPLIES) {
    const number = file.replies?.[reply];
    if (number != null) writers.set(reply, writersOf(file, reply, number));
  }
  return {
    has: (reply) => writers.has(reply),
    write: (reply, result, values = {}, message = undefined) => {
      const write = writers.get(reply)?.[result];
      return write && tells(file, reply, values) ? Buffer.from(write({ values, message })) : undefined;
    },
    countsMembers: file.lists?.users === 'count',
    storedThatFit: storedThatFit(file),
  };
}

function storedThatFit(file: DialectFile): Replies['storedThatFit'] {
  const key = replyName(file, 'login', 'ok', 'offlinemsg') ?? '';
  const { stored } = itemsOf(file);
  // A list that is there when it is empty, too, is counted with the rest of the reply.
  const list = isThereEmpty(file, 'login', 'offlinemsg') ? 0 : Buffer.byteLength(`,${quote(key)}:[]`);
  return (messages, empty, most) => {
    // The first one has no comma.
    let size = empty + list - 1;
    const count = messages.findIndex((message) => {
      size += Buffer.byteLength(stored(message)) + 1;
      return size > most;
    });
    return count < 0 ? messages.length : count;
  };
}

/** Whether there is anything to tell: a list of its own after a login may be empty. */
function tells(file: DialectFile, reply: Reply, { friends = [], groups = [] }: Values): boolean {
  if (reply === 'friendsAfterLogin') return friends.length > 0 || isThereEmpty(file, reply, 'friends');
  return reply !== 'groupsAfterLogin' || groups.length > 0 || isThereEmpty(file, reply, 'groups');
}

/** The name of a field in a reply with this result; null when the reply has no such field. */
export function replyName(file: DialectFile, reply: Reply, result: Result, field: ReplyField): string | null {
  const own = file.verbs?.[reply];
  const names = {
    ...file.replyFields,
    ...own?.replyFields,
    ...file.results?.[result]?.replyFields,
    ...own?.results?.[result]?.replyFields,
  };
  return names[field] === undefined ? field : names[field];
}

function writersOf(file: DialectFile, reply: Reply, number: number): Writers {
  const values = valueTexts(file, reply);
  const told = ([field, text]: [string, ValueText]) => [field, (about: About) => text(about.values)];
  const texts: Partial<Record<ReplyField, Text>> = Object.fromEntries(Object.entries(values).map(told));
  const type = { name: file.typeKey ?? 'msgid', text: constant(number) };
  const writer = (result: Result) => {
    const { errno, errmsg, constants = {}, echo: echoes = {} } = resultOf(file, reply, result);
    const all = {
      ...texts,
      errno: constant(UNASKED.has(reply) ? undefined : errno),
      errmsg: message(errmsg ?? undefined),
    };
    const fields = REPLY_FIELDS.flatMap((field): Field<About>[] => {
      const [name, text] = [replyName(file, reply, result, field), all[field]];
      return name === null || text === undefined ? [] : [{ name, text }];
    });
    const more = Object.entries(constants).map(([name, value]) => ({ name, text: constant(value) }));
    const sentBack = Object.entries(echoes).map(([name, from]) => ({ name, text: echo(from) }));
    if (NUMBERED.has(reply))
      sentBack.push({ name: SEQ, text: (about) => values.seq(about.values) ?? echo(SEQ)(about) });
    return layOut([...fields, type, ...more, ...sentBack]);
  };
  return Object.fromEntries(RESULTS.map((result) => [result, writer(result)])) as Writers;
}

/** A result of one request; its own fields count before those that are given for all requests. */
function resultOf({ results, verbs }: DialectFile, reply: Reply, result: Result): ResultFile {
  return { ...results?.[result], ...verbs?.[reply]?.results?.[result] };
}

/** The same text in every reply, as nlohmann's dump() writes it; undefined for none. */
function constant(value: unknown): () => string | undefined {
  const text = value === undefined ? undefined : dump(parse(Buffer.from(JSON.stringify(value))));
  return () => text;
}

/**
 * Values that a text names in braces are put there: the id in `your id is {id}`. One that the reply does not have is
 * empty.
 */
const NAMED = /\{(id|name|groupid|reason)\}/g;

function message(text: string | undefined): Text {
  if (text === undefined || text.search(NAMED) < 0) return constant(text);
  return ({ values }) =>
    quote(
      text.replace(NAMED, (_, field: 'id' | 'name' | 'groupid' | 'reason') => String(values[field] ?? '')),
    );
}

/** The value that a field of the request has. */
function echo(name: string): Text {
  return ({ message }) => {
    const value = message?.raw(name);
    return value === undefined ? undefined : dump(value);
  };
}

type ValueText = (values: Values) => string | undefined;
export type ListName = 'friends' | 'groups' | 'offlinemsg';

/** The JSON texts of a reply's values, under the names of the original; undefined for a value that it does not have. */
function valueTexts(file: DialectFile, reply: Reply): Record<keyof Values, ValueText> {
  const items = itemsOf(file);
  const list = <Item>(name: ListName, text: (item: Item) => string) => {
    const always = isThereEmpty(file, reply, name);
    return (listed: readonly Item[] | undefined) =>
      listed === undefined || (listed.length === 0 && !always) ? undefined : listText(listed, text);
  };
  const friends = list('friends', items.friend);
  const groups = list('groups', items.group);
  const offlinemsg = list('offlinemsg', items.stored);
  return {
    id: ({ id }) => id?.toString(),
    name: ({ name }) => (name === undefined ? undefined : quote(name)),
    groupid: ({ groupid }) => groupid?.toString(),
    reason: () => undefined,
    state: ({ state }) =>
      state === 'online' || state === 'offline' ? items.state(state) : state && quote(state),
    can: ({ can }) => can && listText(can, quote),
    heartbeat: ({ heartbeat }) => heartbeat?.toString(),
    seq: ({ seq }) => seq?.toString(),
    last: ({ last }) => last?.toString(),
    bytes: ({ bytes }) => bytes?.toString(),
    messages: ({ messages }) => messages && listText(messages, items.kept),
    next: ({ next }) => next?.toString(),
    friends: (values) => friends(values.friends),
    groups: (values) => groups(values.groups),
    offlinemsg: (values) => offlinemsg(values.offlinemsg),
  };
}

/** The lists that the reply to a request is about: it has them, also when they are empty. */
const ASKED_FOR: Partial<Record<Reply, ListName>> = { friendList: 'friends', groupList: 'groups' };

/** Whether a list stands in a reply even if nothing is in it. */
function isThereEmpty({ emptyLists }: DialectFile, reply: Reply, list: ListName): boolean {
  if (ASKED_FOR[reply] === list) return true;
  return emptyLists === 'present' || (Array.isArray(emptyLists) && emptyLists.includes(list));
}
