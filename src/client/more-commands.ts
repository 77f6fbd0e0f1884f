import type { ChatClient, Conversation } from './chat-client.js';
import type { KeptMessage } from './core/received.js';
import { cut, type Line, nameAndMore, readId } from './line.js';
import type { OwnMessages } from './own-messages.js';
import { keptLines, memberLines, personLine, shownText } from './screen.js';
import type { Words } from './words.js';

/** Asks the server for what a line says, and resolves with what to show; undefined when the line cannot be read. */
export type Ask = (
  line: Line,
  client: ChatClient,
  words: Words,
  /** Asks the person for something that is not to be seen. */
  secret: (prompt: string) => Promise<string>,
  /** The messages of the person. */
  own: OwnMessages,
) => Promise<string> | undefined;

/*
 * The commands that the original's server does not answer, or does not know. Each gives undefined for a line that
 * cannot be read.
 */

/** Asks for something about the id that the line has. */
function withId(
  ask: (id: number, client: ChatClient) => Promise<unknown>,
  tell: (id: number, words: Words) => string,
): Ask {
  return ({ rest }, client, words) => {
    const id = readId(rest);
    return id === undefined ? undefined : ask(id, client).then(() => tell(id, words));
  };
}

export const makeFriend: Ask = ({ rest }, client, words) => {
  const id = readId(rest);
  if (id === undefined) return undefined;
  return client.makeFriend(id).then(async () => {
    const isAsked = (await client.abilities()).has('friendRequests');
    return isAsked ? words.friendAsked(id) : words.friendMade(id);
  });
};

/** The users who have asked to be friends. */
export const requests: Ask = (_line, client, words) =>
  client
    .friendRequests()
    .then((people) => (people.length === 0 ? words.noRequests : people.map(personLine).join('\n')));

export const accept = withId(
  (id, client) => client.acceptFriend(id),
  (id, words) => words.friendMade(id),
);

export const refuse = withId(
  (id, client) => client.refuseFriend(id),
  (id, words) => words.friendRefused(id),
);

export const unfriend = withId(
  (id, client) => client.deleteFriend(id),
  (id, words) => words.friendDeleted(id),
);

export const enterGroup = withId(
  (id, client) => client.enterGroup(id),
  (id, words) => words.groupEntered(id),
);

export const leave = withId(
  (id, client) => client.leaveGroup(id),
  (id, words) => words.groupLeft(id),
);

export const dissolve = withId(
  (id, client) => client.dissolveGroup(id),
  (id, words) => words.groupDissolved(id),
);

export const makeGroup: Ask = (line, client, words) => {
  const [name, description] = nameAndMore(line);
  if (description === undefined) return undefined;
  return client.makeGroup(name, description).then((id) => words.groupMade(id));
};

export const rename: Ask = ({ rest }, client, words) => {
  const [group, name] = cut(rest);
  const id = readId(group);
  if (id === undefined || !name) return undefined;
  return client.renameGroup(id, name).then(() => words.groupRenamed(id, name));
};

export const members: Ask = ({ rest }, client) => {
  const id = readId(rest);
  return id === undefined ? undefined : client.group(id).then((group) => memberLines(group));
};

/** A number is an id; what else there is, a name. */
export const who: Ask = ({ rest }, client) =>
  client.lookUp(rest === '' ? undefined : (readId(rest) ?? rest)).then((person) => personLine(person));

/** Takes back what was written last; said again, what was written before that. */
export const recall: Ask = async (_line, client, words, _secret, own) => {
  await own.answered();
  const { last } = own;
  if (last?.seq === undefined) return words.nothingToRecall;
  await client.recall(last.seq);
  own.recalled(last);
  return words.recalled(shownText(last.text));
};

/** At most this many messages are shown at once. */
const SHOWN = 20;

/** A search goes on at most this often before the messages found so far are shown. */
const ROUNDS = 25;

/** The newest messages of a conversation, or those before a number. */
function scrollBack(command: string, of: (id: number) => Conversation): Ask {
  return ({ rest }, client, words) => {
    const [whose, from] = cut(rest);
    const [id, before] = [readId(whose), from === undefined ? undefined : readId(from)];
    if (id === undefined || (from !== undefined && before === undefined)) return undefined;
    const range = { most: SHOWN, ...(before !== undefined && { before }) };
    return client.history(of(id), range).then(({ messages, next }) => {
      const more = next === undefined ? [] : [words.moreBefore(`${command}:${id}:${next}`)];
      return messages.length === 0 ? words.noMessages : [...more, ...keptLines(messages, words)].join('\n');
    });
  };
}

export const history = scrollBack('history', (user) => ({ user }));
export const groupHistory = scrollBack('grouphistory', (group) => ({ group }));

/** The messages with a text in them, the oldest first, as a person reads. */
function searchIn(of: (id: number) => Conversation): Ask {
  return ({ rest }, client, words) => {
    const [whose, text] = cut(rest);
    const id = readId(whose);
    if (id === undefined || !text) return undefined;
    return found(client, of(id), text).then((messages) =>
      messages.length === 0 ? words.noMessages : keptLines(messages, words).join('\n'),
    );
  };
}

export const search = searchIn((user) => ({ user }));
export const groupSearch = searchIn((group) => ({ group }));

async function found(client: ChatClient, of: Conversation, text: string): Promise<KeptMessage[]> {
  const messages: KeptMessage[] = [];
  let before: number | undefined;
  for (let round = 0; round < ROUNDS && messages.length < SHOWN; round++) {
    const most = SHOWN - messages.length;
    const page = await client.search(of, text, { most, ...(before !== undefined && { before }) });
    messages.push(...page.messages);
    before = page.next;
    if (before === undefined) break;
  }
  return messages.reverse();
}

export const password: Ask = async (_line, client, words, secret) => {
  const old = await secret(words.oldPassword);
  const wanted = await secret(words.newPassword);
  await client.changePassword(old, wanted);
  return words.passwordChanged;
};
