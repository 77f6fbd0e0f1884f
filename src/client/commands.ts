import type { Document } from './screen.js';

/** Who is logged in. */
export interface User {
  readonly id: number;
  readonly name: string;
}

interface Command {
  readonly help: string;
  /** The message to send for what follows the command's colon; undefined when that cannot be read. */
  readonly message?: (rest: string, user: User) => Document | undefined;
}

/** The commands of a logged in user, in the order `help` lists them. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['loginout', { help: '注销，格式loginout', message: (_rest, { id }) => ({ id, msgid: 3 }) }],
  ['addgroup', { help: '加入群组，格式addgroup:groupid', message: addGroup }],
  ['groupchat', { help: '群聊，格式groupchat:groupid:message', message: groupChat }],
  ['creategroup', { help: '创建群组，格式creategroup:groupname:groupdesc', message: createGroup }],
  ['addfriend', { help: '添加好友，格式addfriend:friendid', message: addFriend }],
  ['chat', { help: '一对一聊天，格式chat:friendid:message', message: oneChat }],
  ['help', { help: '显示所有支持的命令，格式help' }],
]);

/** What `help` prints. */
export function helpText(): string {
  const rows = [...commands].map(([name, { help }]) => `${name} : ${help}\n`);
  return `show command list >>> \n${rows.join('')}`;
}

/** Cuts a text at its first colon. The second part is undefined when there is none. */
export function cut(text: string): [string, string | undefined] {
  const at = text.indexOf(':');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The id in a text: a whole number that fits the server's 32 bits, else undefined. */
export function readId(text: string): number | undefined {
  const id = /^\s*-?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  return id === (id | 0) ? id | 0 : undefined;
}

/** Local time as messages carry it, `YYYY-MM-DD HH:MM:SS`. */
export function timestamp(now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${date} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}

function oneChat(rest: string, { id, name }: User): Document | undefined {
  const [to, msg] = cut(rest);
  const toid = readId(to);
  if (toid === undefined || msg === undefined) return undefined;
  return { id, msg, msgid: 6, name, time: timestamp(), toid };
}

function groupChat(rest: string, { id, name }: User): Document | undefined {
  const [group, msg] = cut(rest);
  const groupid = readId(group);
  if (groupid === undefined || msg === undefined) return undefined;
  return { groupid, id, msg, msgid: 10, name, time: timestamp() };
}

function createGroup(rest: string, { id }: User): Document | undefined {
  const [groupname, groupdesc] = cut(rest);
  return groupdesc === undefined ? undefined : { groupdesc, groupname, id, msgid: 8 };
}

function addFriend(rest: string, { id }: User): Document | undefined {
  const friendid = readId(rest);
  return friendid === undefined ? undefined : { friendid, id, msgid: 7 };
}

function addGroup(rest: string, { id }: User): Document | undefined {
  const groupid = readId(rest);
  return groupid === undefined ? undefined : { groupid, id, msgid: 9 };
}
