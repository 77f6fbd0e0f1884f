import type { ChatClient } from './chat-client.js';
import type { Document } from './core/document.js';
import { type Addressed, cut, type Line, nameAndMore, readId } from './line.js';
import {
  type Ask,
  accept,
  dissolve,
  enterGroup,
  groupHistory,
  groupSearch,
  history,
  leave,
  makeFriend,
  makeGroup,
  members,
  password,
  recall,
  refuse,
  rename,
  requests,
  search,
  unfriend,
  who,
} from './more-commands.js';
import { friendList, groupList } from './screen.js';
import type { CommandName, Words } from './words.js';

export interface Command {
  /** The original does not have it: `help` tells it only to a person at a keyboard. */
  readonly extra?: true;
  /** Sends the request of the line; undefined when the line cannot be read. */
  readonly send?: (line: Line, client: ChatClient) => Promise<void> | undefined;
  /**
   * The same for what the server answers; resolves with what to show. Where there is `send` as well, that is for a script,
   * and for a server that does not know the answer.
   */
  readonly ask?: Ask;
  /** The parts of the last login's reply that are shown. */
  readonly show?: (login: Document, words: Words) => string;
  /** Where it leads: back to the menu, or out. */
  readonly leads?: 'menu' | 'out';
  /** The words to a person behind it. */
  readonly hint?: 'ofLastLogin' | 'newGroup' | 'noSuchUser' | 'noSuchGroup';
  /**
   * The kind of its receiver. The server does not answer: without a look a person who mistypes an id would never
   * know.
   */
  readonly to?: Addressed['kind'];
}

/** The commands of a logged in user, in the order `help` lists them. */
const COMMANDS: Record<CommandName, Command> = {
  loginout: { send: (_line, client) => client.logout(), leads: 'menu' },
  addgroup: { send: addGroup, ask: enterGroup, hint: 'noSuchGroup' },
  groupchat: { send: groupChat, to: 'group' },
  creategroup: { send: createGroup, ask: makeGroup, hint: 'newGroup' },
  addfriend: { send: addFriend, ask: makeFriend, hint: 'noSuchUser' },
  chat: { send: oneChat, to: 'user' },
  recall: { extra: true, ask: recall },
  friends: { extra: true, show: friendList, hint: 'ofLastLogin' },
  groups: { extra: true, show: groupList, hint: 'ofLastLogin' },
  deletefriend: { extra: true, ask: unfriend },
  requests: { extra: true, ask: requests },
  accept: { extra: true, ask: accept },
  refuse: { extra: true, ask: refuse },
  members: { extra: true, ask: members },
  leavegroup: { extra: true, ask: leave },
  renamegroup: { extra: true, ask: rename },
  dissolvegroup: { extra: true, ask: dissolve },
  who: { extra: true, ask: who },
  history: { extra: true, ask: history },
  grouphistory: { extra: true, ask: groupHistory },
  search: { extra: true, ask: search },
  groupsearch: { extra: true, ask: groupSearch },
  password: { extra: true, ask: password },
  quit: { extra: true, leads: 'out' },
  help: {},
};

export const commands: ReadonlyMap<string, Command> = new Map(Object.entries(COMMANDS));

/** The text of `help`: the original's commands, for a person also the others. */
export function helpText(words: Words, forPerson: boolean): string {
  const told = Object.entries(words.commands).filter(([name]) => forPerson || !commands.get(name)?.extra);
  const rows = told.map(([name, help]) => `${name} : ${help}\n`);
  return `${words.helpTitle}\n${rows.join('')}`;
}

/** How a line of a command is written; '' for one that there is not. */
export function formOf(name: string, words: Words): string {
  return new Map<string, string>(Object.entries(words.commands)).get(name) ?? '';
}

/** The receiver of a line; undefined for nobody. */
export function addressed(command: Command, { rest }: Line): Addressed | undefined {
  const id = readId(cut(rest)[0]);
  return command.to === undefined || id === undefined ? undefined : { kind: command.to, id };
}

/** The message of a line, with its receiver; undefined when it cannot be read, or writes to nobody. */
export function writtenBy(command: Command, line: Line): { to: Addressed; text: string } | undefined {
  const to = addressed(command, line);
  const text = cut(line.rest)[1];
  return to === undefined || text === undefined ? undefined : { to, text };
}

function oneChat(line: Line, client: ChatClient): Promise<void> | undefined {
  const written = writtenBy(COMMANDS.chat, line);
  return written && client.chat(written.to.id, written.text);
}

function groupChat(line: Line, client: ChatClient): Promise<void> | undefined {
  const written = writtenBy(COMMANDS.groupchat, line);
  return written && client.groupChat(written.to.id, written.text);
}

function createGroup(line: Line, client: ChatClient): Promise<void> | undefined {
  const [name, description] = nameAndMore(line);
  return description === undefined ? undefined : client.createGroup(name, description);
}

function addFriend({ rest }: Line, client: ChatClient): Promise<void> | undefined {
  const id = readId(rest);
  return id === undefined ? undefined : client.addFriend(id);
}

function addGroup({ rest }: Line, client: ChatClient): Promise<void> | undefined {
  const id = readId(rest);
  return id === undefined ? undefined : client.joinGroup(id);
}
