import type { History } from '../../history/history.js';
import type { Connection } from '../../net/connection.js';
import type { Message } from '../../protocol/message.js';
import {
  type Conversation,
  folded,
  type HistoryRange,
  LEAST_TEXT,
  MOST_PAGE,
  MOST_TEXT,
  ofGroup,
  ofUsers,
} from '../../store/history.js';
import { answer } from '../answer.js';
import type { Chat } from '../chat.js';
import { intOf, userWhoSent } from '../identity.js';
import { Refused } from '../refused.js';
import { roleOf } from './groups.js';

/** The verbs that are there with `--history` only. */
export const historyVerbs = {
  history: historyPage,
  search: searchHistory,
};

/** How many messages a page has unless another number is asked for. */
const USUAL_PAGE = 50;

/** The highest number of a message, and the latest time. */
const [MOST_NUMBER, MOST_TIME] = [4_294_967_295, 8_640_000_000_000_000];

/**
 * Answers with a page of a conversation: the newest messages, those before a number, or those since one. `next` goes on
 * in the same direction, and is not there where nothing follows.
 */
async function historyPage(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const history = historyOf(chat);
  const range = await rangeOf(chat, connection, message);
  const isSince = message.raw('since') !== undefined;
  if (isSince && message.raw('before') !== undefined) throw new Refused('either before or since');
  const { rows: messages, next } = await history.page({ ...range, newest: !isSince });
  answer(chat, connection, message, 'history', 'ok', { messages, ...(next !== undefined && { next }) });
}

/** Answers with messages that have a text in them, the newest first. `next` is to be asked for as `before`. */
async function searchHistory(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const history = historyOf(chat);
  const text = message.raw('text');
  if (typeof text !== 'string') throw new Refused('text is not a string');
  const { length } = [...folded(text)];
  if (length < LEAST_TEXT || text.length > MOST_TEXT)
    throw new Refused(`text has not ${LEAST_TEXT} to ${MOST_TEXT} characters`);
  const range = await rangeOf(chat, connection, message);
  const { rows: messages, next } = await history.search({ ...range, text });
  answer(chat, connection, message, 'search', 'ok', { messages, ...(next !== undefined && { next }) });
}

function historyOf({ history }: Chat): History {
  if (history === undefined) throw new Refused('this server keeps no history');
  return history;
}

/** The part of a conversation that a request asks for. Throws Refused, also when the sender is not in the group. */
async function rangeOf(chat: Chat, connection: Connection, message: Message): Promise<HistoryRange> {
  const self = userWhoSent(chat, connection, message);
  const range = {
    above: wholeOf(message, 'since', 0, MOST_NUMBER, 0),
    below: wholeOf(message, 'before', 1, MOST_NUMBER, MOST_NUMBER),
    from: wholeOf(message, 'from', 0, MOST_TIME, 0),
    until: wholeOf(message, 'until', 0, MOST_TIME, MOST_TIME),
    most: wholeOf(message, 'most', 1, MOST_PAGE, USUAL_PAGE),
  };
  return { ...range, ...(await conversationOf(chat, message, self)) };
}

async function conversationOf(
  chat: Chat,
  message: Message,
  self: number,
): Promise<Conversation & { readonly member: number | undefined }> {
  const [toid, groupid] = [intOf(message, 'toid'), intOf(message, 'groupid')];
  if ((toid === undefined) === (groupid === undefined)) throw new Refused('either toid or groupid');
  if (groupid === undefined) {
    // Or else it would be a group.
    if (toid === undefined || toid < 1 || self < 1) throw new Refused('no such user');
    return { ...ofUsers(self, toid), member: undefined };
  }
  await roleOf(chat, groupid, self);
  return { ...ofGroup(groupid), member: self };
}

/** A field that is a whole number. Throws Refused for another value, and where it is missing and must be there. */
export function wholeOf(
  message: Message,
  name: string,
  least: number,
  most: number,
  otherwise?: number,
): number {
  const value = message.raw(name);
  if (value === undefined && otherwise !== undefined) return otherwise;
  if (typeof value === 'bigint' && value >= least && value <= most) return Number(value);
  throw new Refused(`${name} is not a whole number from ${least} to ${most}`);
}
