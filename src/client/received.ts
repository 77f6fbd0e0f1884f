import type { Document } from './document.js';
import { itemOf, numberOf, textOf } from './foreign.js';

/** A chat message that came. */
export interface ChatMessage {
  /** Who sent it; NaN and '' for what a sender left out. */
  readonly from: { readonly id: number; readonly name: string };
  /** The group it was sent to; undefined for one that was sent to the user alone. */
  readonly group: number | undefined;
  readonly text: string;
  /** The sender's local time, as it wrote it. */
  readonly time: string;
  /** The message as it came, with fields that are not listed here. */
  readonly document: Document;
}

export interface Friend {
  readonly id: number;
  readonly name: string;
  readonly online: boolean;
}

export interface Member extends Friend {
  readonly role: string;
}

export interface Group {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly members: readonly Member[];
}

/** What a login brings (PROTOCOL.md section 5). */
export interface Login {
  readonly id: number;
  readonly name: string;
  readonly friends: readonly Friend[];
  readonly groups: readonly Group[];
  /** Messages that were stored for the user. More may follow as messages of their own (DIFFERENCES 13). */
  readonly stored: readonly ChatMessage[];
  /** The reply as it came. */
  readonly document: Document;
}

/** Whether a document is a chat message: msgid 6 or 10. */
export function isChat({ msgid }: Document): boolean {
  return msgid === 6 || msgid === 10;
}

export function readChat(document: Document): ChatMessage {
  const { groupid, id, msg, msgid, name, time } = document;
  const group = msgid === 10 ? numberOf(groupid) : undefined;
  return {
    from: { id: numberOf(id), name: textOf(name) },
    group,
    text: textOf(msg),
    time: textOf(time),
    document,
  };
}

/** Reads the reply to a login that succeeded. Items of its lists that are no JSON objects are left out. */
export function readLogin(document: Document): Login {
  const { id, name, friends, groups, offlinemsg } = document;
  return {
    id: numberOf(id),
    name: textOf(name),
    friends: items(friends).map(readFriend),
    groups: items(groups).map(readGroup),
    stored: items(offlinemsg).map(readChat),
    document,
  };
}

function readFriend({ id, name, state }: Document): Friend {
  return { id: numberOf(id), name: textOf(name), online: state === 'online' };
}

function readGroup({ id, groupname, groupdesc, users }: Document): Group {
  const members = items(users).map((user) => ({ ...readFriend(user), role: textOf(user.role) }));
  return { id: numberOf(id), name: textOf(groupname), description: textOf(groupdesc), members };
}

/** The objects in a list. */
function items(list: unknown): Document[] {
  if (!Array.isArray(list)) return [];
  return list.map(itemOf).filter((item) => item !== undefined);
}
