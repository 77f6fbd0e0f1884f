import { printable } from '../text/printable.js';
import type { Document } from './core/document.js';
import { itemOf, textOf } from './core/foreign.js';
import type { Friend, Group, KeptMessage } from './core/received.js';
import type { Words } from './words.js';

/** A line for the screen, as a template tag. Texts of others do nothing to the terminal; a tab is a tab. */
function line(parts: TemplateStringsArray, ...values: unknown[]): string {
  return String.raw({ raw: parts }, ...values.map(shown));
}

function shown(value: unknown): string {
  return textOf(value).split('\t').map(shownWhole).join('\t');
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
export function chatLine(message: Document, words: Words): string {
  const { groupid, id, msg, msgid, name, time } = message;
  const said = words.said(shown(time), shown(id), shown(name), shown(msg));
  return msgid === 6 ? said : words.groupMessage(shown(groupid)) + said;
}

/** The friends of a login's reply. */
export function friendList(reply: Document, words: Words): string {
  return [
    words.friendsTitle,
    ...lines(reply.friends, (friend) => [line`${friend.id} ${friend.name} ${friend.state}`]),
  ].join('\n');
}

/** The groups of a login's reply, with members. */
export function groupList(reply: Document, words: Words): string {
  return [
    words.groupsTitle,
    ...lines(reply.groups, (group) => [
      line`${group.id} ${group.groupname} ${group.groupdesc}`,
      ...lines(group.users, (user) => [line`${user.id} ${user.name} ${user.state} ${user.role}`]),
    ]),
  ].join('\n');
}

/** A group with its members, as a login shows it. */
export function memberLines(group: Group | undefined): string {
  if (group === undefined) return '';
  const { id, name, description, members } = group;
  return [
    line`${id} ${name} ${description}`,
    ...members.map((member) => line`${personLine(member)} ${member.role}`),
  ].join('\n');
}

/** Messages of the history, with their numbers. */
export function keptLines(messages: readonly KeptMessage[], words: Words): string[] {
  return messages.map(({ number, message }) => `#${number} ${chatLine(message.document, words)}`);
}

/** A user as a list of friends shows it. */
export function personLine({ id, name, online }: Friend): string {
  return line`${id} ${name} ${online ? 'online' : 'offline'}`;
}

/** A text that somebody has typed. */
export function shownText(text: string): string {
  return line`${text}`;
}

/** The screen of a successful login, without its stored messages: the user, friends, groups. */
export function loginScreen(reply: Document, words: Words): string {
  return [
    words.loginTitle,
    words.loggedIn(shown(reply.id), shown(reply.name)),
    friendList(reply, words),
    groupList(reply, words),
    words.loginEnd,
  ].join('\n');
}

/** The stored messages of a login's reply, a line each. */
export function storedLines(reply: Document, words: Words): string[] {
  return lines(reply.offlinemsg, (message) => [chatLine(message, words)]);
}

/** The server's words for a refusal, in quotes as the original prints them. */
export function refusal(reply: Document, words: Words): string {
  return words.refusals.get(textOf(reply.errmsg)) ?? line`${JSON.stringify(reply.errmsg)}`;
}

/** The answer to a registration that failed. Only a name that is taken comes without the server's own words. */
export function registerRefusal(reply: Document, words: Words): string {
  return reply.errmsg === undefined ? words.nameTaken : refusal(reply, words);
}
