import { quote } from '../json/dump.js';
import type { Friend, Group, GroupUser } from '../store/store.js';
import { LOGIN_MSG_ACK, REG_MSG_ACK } from './msgid.js';

/*
 * The server's own messages, byte for byte as the original dumps them (PROTOCOL.md section 5): keys sorted,
 * and the items of `friends`, `groups` and `users` are strings that hold JSON.
 */

export const LOGIN_INVALID = failure(LOGIN_MSG_ACK, 1, 'id or password is invalid!');
export const LOGIN_IN_USE = failure(LOGIN_MSG_ACK, 2, 'this account is using, input another!');
/** DIFFERENCES 16. */
export const LOGIN_UNAVAILABLE = failure(LOGIN_MSG_ACK, 3, 'service is unavailable, try again later!');
export const REG_UNAVAILABLE = failure(REG_MSG_ACK, 3, 'service is unavailable, try again later!');
export const REG_REFUSED = Buffer.from(`{"errno":1,"msgid":${REG_MSG_ACK}}`);

/** The reply to a registration that gave the new account this id. */
export function registered(id: number): Buffer {
  return Buffer.from(`{"errno":0,"id":${id},"msgid":${REG_MSG_ACK}}`);
}

export interface LoginReply {
  readonly id: number;
  readonly name: string;
  readonly friends: readonly Friend[];
  readonly groups: readonly Group[];
  /** Stored messages, each one JSON text, in order. */
  readonly offlinemsg: readonly string[];
}

/** The reply to a login that went well. */
export function loggedIn({ id, name, friends, groups, offlinemsg }: LoginReply): Buffer {
  const members = [
    '"errno":0',
    ...array('friends', friends.map(friendText)),
    ...array('groups', groups.map(groupText)),
    `"id":${id}`,
    `"msgid":${LOGIN_MSG_ACK}`,
    `"name":${quote(name)}`,
    ...array('offlinemsg', offlinemsg),
  ];
  return Buffer.from(`{${members.join(',')}}`);
}

/** How many bytes one more message makes the `offlinemsg` of a reply longer, its comma included. */
export function offlinemsgCost(message: string): number {
  return Buffer.byteLength(quote(message)) + 1;
}

/** How many bytes the key and brackets of `offlinemsg` take, less the comma that the first message has not. */
export const OFFLINEMSG_FRAME = Buffer.byteLength(',"offlinemsg":[]') - 1;

function array(key: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`"${key}":[${texts.map(quote).join(',')}]`];
}

function friendText({ id, name, state }: Friend): string {
  return `{"id":${id},"name":${quote(name)},"state":"${state}"}`;
}

function groupUserText({ id, name, role, state }: GroupUser): string {
  return `{"id":${id},"name":${quote(name)},"role":${quote(role)},"state":"${state}"}`;
}

function groupText({ groupdesc, groupname, id, users }: Group): string {
  const texts = users.map(groupUserText).map(quote);
  return `{"groupdesc":${quote(groupdesc)},"groupname":${quote(groupname)},"id":${id},"users":[${texts.join(',')}]}`;
}

function failure(msgid: number, errno: number, errmsg: string): Buffer {
  return Buffer.from(`{"errmsg":${quote(errmsg)},"errno":${errno},"msgid":${msgid}}`);
}
