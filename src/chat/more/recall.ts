import type { Recalled } from '../../bus/wire.js';
import { parse } from '../../json/parse.js';
import type { Connection } from '../../net/connection.js';
import { unexpected } from '../../net/guard.js';
import { readInt, SEQ } from '../../protocol/fields.js';
import { type Message, MOST_SEQ } from '../../protocol/message.js';
import { RECALLED } from '../../protocol/verbs.js';
import { ofGroup, ofUsers } from '../../store/history.js';
import { type NumberedMessage, StoreUnavailable } from '../../store/store.js';
import { answer } from '../answer.js';
import type { Chat } from '../chat.js';
import { userWhoSent } from '../identity.js';
import { Refused } from '../refused.js';
import { wholeOf } from './history.js';
import { sessionOf } from './numbered.js';
import { tellIfWanted } from './wishes.js';

/** The verb of a sender who takes a message back. */
export const recallVerbs = { recall };

/** At most 10,000 receivers are in one frame to the other nodes. */
const TOGETHER = 10_000;

/**
 * A user takes a message back that it has sent with a number, within a settable time:
 *
 * 1. Its copies that are still stored are removed, and its row in the history.
 * 2. Receivers who are logged in, and whose clients have asked for it, are told. The client decides what to do with it.
 * 3. The notices come last, and then the recall is noted: an interrupted one can be asked for again.
 */
async function recall(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const { numbers, store, options } = chat;
  const { account } = connection;
  if (options.recall === 0) throw new Refused('messages are not taken back here');
  const userid = userWhoSent(chat, connection, message);
  const seq = wholeOf(message, 'number', 1, MOST_SEQ);
  const session = sessionOf(chat, connection, userid);
  const found = await numbers.find(session, seq, account);
  if (found === 'open') return answer(chat, connection, message, 'recall', 'unavailable');
  checkMay(found, options.recall);
  const { toid, groupid, state, sent } = found;
  const members = async () => (await store.memberIds(groupid)).map(({ id }) => id);
  const receivers = groupid === 0 ? [toid] : (await members()).filter((id) => id !== userid);
  const recalled = { userid, seq, sent, groupid, receivers };
  // A message that has left for its user is not stored.
  if (state !== 'here' && !(await store.removeCopies(receivers, partOf(seq), isIt(chat, recalled))))
    throw new Refused('too many stored messages have this number in them');
  await forget(chat, recalled, false);
  if (!tellAll(chat, recalled)) return answer(chat, connection, message, 'recall', 'unavailable');
  numbers.recalled(found, account);
  answer(chat, connection, message, 'recall', 'ok');
}

/** Throws Refused unless a message can be taken back. */
function checkMay(found: NumberedMessage | 'new' | 'old', seconds: number): asserts found is NumberedMessage {
  if (found === 'new') throw new Refused('no such message');
  if (found === 'old' || Date.now() / 1000 - found.sent > seconds)
    throw new Refused('the message is too old to be taken back');
  if (found.toid === 0 && found.groupid === 0) throw new Refused('the message has been taken back already');
}

/** Another node says that a user has taken a message back. Never throws. */
export function hearRecalled(chat: Chat, recalled: Recalled): void {
  tell(chat, recalled);
  forget(chat, recalled, true).catch((error) => {
    // The node that has spoken removes the rows that the database has by now.
    if (!(error instanceof StoreUnavailable)) unexpected(error, 'a message that was taken back');
  });
}

/** Tells the users of this node and of all others. False when the others cannot be told now. */
function tellAll(chat: Chat, recalled: Recalled): boolean {
  for (let from = 0; from < recalled.receivers.length; from += TOGETHER) {
    const receivers = recalled.receivers.slice(from, from + TOGETHER);
    if (!chat.bus.tellRecalled({ ...recalled, receivers })) return false;
  }
  tell(chat, recalled);
  return true;
}

function tell({ dialect, presence }: Chat, { userid, seq, groupid, receivers }: Recalled): void {
  const about = { id: userid, seq, ...(groupid !== 0 && { groupid }) };
  const notice = dialect.replies.write(RECALLED, 'ok', about);
  if (notice === undefined) return;
  for (const id of receivers) tellIfWanted(presence.get(id), 'recalled', notice);
}

async function forget(chat: Chat, recalled: Recalled, onlyWaiting: boolean): Promise<void> {
  const { userid, seq, sent, groupid, receivers } = recalled;
  const of = groupid === 0 ? ofUsers(userid, receivers[0] ?? userid) : ofGroup(groupid);
  await chat.history?.recall(of, sent, { userid, seq }, isIt(chat, recalled), onlyWaiting);
}

/** The text that a document with this number contains, as it is written and stored. */
function partOf(seq: number): string {
  return `"${SEQ}":${seq}`;
}

/** Says of a document whether it is the message, or a part of it. */
function isIt({ dialect }: Chat, { userid, seq }: Recalled): (text: string) => boolean {
  const written = [...dialect.requests.values()].filter(
    ({ verb }) => verb === 'chat' || verb === 'groupChat',
  );
  const names = written.flatMap(({ fields }) => fields.ints.id.names);
  return (text) => {
    try {
      const document = parse(Buffer.from(text));
      if (!(document instanceof Map) || document.get(SEQ) !== BigInt(seq)) return false;
      return readInt(document, names) === userid;
    } catch {
      return false;
    }
  };
}
