import type { ChatClient } from './chat-client.js';
import type { Document } from './document.js';
import { cut, type Line, readId } from './line.js';
import { friendList, groupList } from './screen.js';

export interface Command {
  readonly help: string;
  /** The original does not have it: `help` tells it only to a person at a keyboard. */
  readonly extra?: true;
  /** Sends what the line asks for; undefined when the line cannot be read. */
  readonly send?: (line: Line, client: ChatClient) => Promise<void> | undefined;
  /** What is to be seen of the last login's reply. */
  readonly show?: (login: Document) => string;
  /** Where it leads: back to the menu, or out. */
  readonly leads?: 'menu' | 'out';
  /** What a person is told behind it. */
  readonly hint?: string;
}

const OF_LAST_LOGIN = 'as of your last login; loginout and log in again to see what is new';

/** The server does not answer: who mistypes an id would wait for something to happen. */
function untold(what: string, list: string): string {
  return `the server does not tell whether there is such a ${what}; if so, ${list} shows it after the next login`;
}

/** The commands of a logged in user, in the order `help` lists them. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['loginout', { help: '注销，格式loginout', send: (_line, client) => client.logout(), leads: 'menu' }],
  ['addgroup', { help: '加入群组，格式addgroup:groupid', send: addGroup, hint: untold('group', 'groups') }],
  ['groupchat', { help: '群聊，格式groupchat:groupid:message', send: groupChat }],
  [
    'creategroup',
    {
      help: '创建群组，格式creategroup:groupname:groupdesc',
      send: createGroup,
      hint: "to see the new group's id, loginout and log in again",
    },
  ],
  [
    'addfriend',
    { help: '添加好友，格式addfriend:friendid', send: addFriend, hint: untold('user', 'friends') },
  ],
  ['chat', { help: '一对一聊天，格式chat:friendid:message', send: oneChat }],
  ['friends', { help: '好友列表，格式friends', extra: true, show: friendList, hint: OF_LAST_LOGIN }],
  ['groups', { help: '群组列表，格式groups', extra: true, show: groupList, hint: OF_LAST_LOGIN }],
  ['quit', { help: '退出，格式quit', extra: true, leads: 'out' }],
  ['help', { help: '显示所有支持的命令，格式help' }],
]);

/** What `help` prints: the original's commands, for a person also the others. */
export function helpText(forPerson: boolean): string {
  const told = [...commands].filter(([, { extra }]) => forPerson || !extra);
  const rows = told.map(([name, { help }]) => `${name} : ${help}\n`);
  return `show command list >>> \n${rows.join('')}`;
}

function oneChat({ rest }: Line, client: ChatClient): Promise<void> | undefined {
  const [to, msg] = cut(rest);
  const id = readId(to);
  return id === undefined || msg === undefined ? undefined : client.chat(id, msg);
}

function groupChat({ rest }: Line, client: ChatClient): Promise<void> | undefined {
  const [to, msg] = cut(rest);
  const id = readId(to);
  return id === undefined || msg === undefined ? undefined : client.groupChat(id, msg);
}

/** A name may hold a full-width colon, where the line is one of ordinary colons. */
function createGroup({ rest, colon }: Line, client: ChatClient): Promise<void> | undefined {
  const [name, description] = colon === ':' && rest.includes(':') ? cut(rest, ':') : cut(rest);
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
