import { printable } from '../text/printable.js';
import type { Document } from './document.js';
import { itemOf, textOf } from './foreign.js';

export const MENU = `========================
1. login
2. register
3. quit
========================`;

/** A line for the screen, as a template tag. What others wrote does nothing to the terminal; a tab is a tab. */
function line(parts: TemplateStringsArray, ...values: unknown[]): string {
  const shown = values.map((value) => textOf(value).split('\t').map(shownWhole).join('\t'));
  return String.raw({ raw: parts }, ...shown);
}

function shownWhole(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY);
}

/** Lines of a list whose items are JSON texts. An item that is no object is shown as it is. */
function lines(list: unknown, show: (item: Document) => string[]): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((value) => {
    const item = itemOf(value);
    return item ? show(item) : [line`${value}`];
  });
}

/** A chat message, one-to-one (msgid 6) or from a group. */
export function chatLine(message: Document): string {
  const { groupid, id, msg, msgid, name, time } = message;
  const said = line`${time} [${id}]${name} said: ${msg}`;
  return msgid === 6 ? said : line`群消息[${groupid}]:${said}`;
}

/** The friends of a login's reply. */
export function friendList(reply: Document): string {
  return [
    '----------------------friend list---------------------',
    ...lines(reply.friends, (friend) => [line`${friend.id} ${friend.name} ${friend.state}`]),
  ].join('\n');
}

/** The groups of a login's reply, with members. */
export function groupList(reply: Document): string {
  return [
    '----------------------group list----------------------',
    ...lines(reply.groups, (group) => [
      line`${group.id} ${group.groupname} ${group.groupdesc}`,
      ...lines(group.users, (user) => [line`${user.id} ${user.name} ${user.state} ${user.role}`]),
    ]),
  ].join('\n');
}

/** What a successful login shows, without its stored messages: the user, friends, groups. */
export function loginScreen(reply: Document): string {
  return [
    '======================login user======================',
    line`current login user => id:${reply.id} name:${reply.name}`,
    friendList(reply),
    groupList(reply),
    '======================================================',
  ].join('\n');
}

/** The stored messages of a login's reply, a line each. */
export function storedLines(reply: Document): string[] {
  return lines(reply.offlinemsg, (message) => [chatLine(message)]);
}

/** The server's words for a refusal, in quotes as the original prints them. */
export function refusal(reply: Document): string {
  return line`${JSON.stringify(reply.errmsg)}`;
}

/** The answer to a registration that failed. Only a name that is taken comes without the server's own words. */
export function registerRefusal(reply: Document): string {
  return reply.errmsg === undefined ? 'name is already exist, register error!' : refusal(reply);
}
