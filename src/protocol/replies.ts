import type { HistoryRow } from '../store/history.js';
import type { Friend, Group, UserState } from '../store/store.js';
import type { Message } from './message.js';
import type { Reply, Result } from './verbs.js';

/** The values of a reply. One that is undefined is not in it. */
export interface Values {
  readonly id?: number;
  readonly name?: string;
  readonly groupid?: number;
  /** Why a request was refused: stands where the text of a dialect has `{reason}`. */
  readonly reason?: string;
  /** Of the answer to a message with `seq`: its outcome. */
  readonly state?: UserState | 'here' | 'elsewhere' | 'stored';
  /** The verbs that this server and dialect know. */
  readonly can?: readonly string[];
  /** How often a client that sends heartbeats is to send one, in seconds; 0: it may stop. */
  readonly heartbeat?: number;
  /** The number of the message that is meant: the field `seq` that it had. */
  readonly seq?: number;
  /** The highest `seq` of the user's messages. */
  readonly last?: number;
  /** So many bytes of the connection its client has: they do not come again. */
  readonly bytes?: number;
  /** Messages of a conversation. */
  readonly messages?: readonly HistoryRow[];
  /** Where a page goes on: the number of a message. */
  readonly next?: number;
  readonly friends?: readonly Friend[];
  readonly groups?: readonly Group[];
  /** Stored messages, each one JSON text, in order. */
  readonly offlinemsg?: readonly string[];
}

/** The fields that the server itself writes at the top level of its replies: how a request ended, and what of Values is told. */
export const REPLY_FIELDS = [
  'errno',
  'errmsg',
  'id',
  'name',
  'groupid',
  'state',
  'can',
  'heartbeat',
  'last',
  'bytes',
  'messages',
  'next',
  'friends',
  'groups',
  'offlinemsg',
] as const;
export type ReplyField = (typeof REPLY_FIELDS)[number];

/** The server's own documents: the bytes of nlohmann's dump(), with the names and numbers of a dialect. */
export interface Replies {
  /**
   * A reply.
   *
   * @param message the request, for what of it is sent back
   * @returns undefined when the dialect has no such reply, or is silent where there is nothing to tell
   */
  write(reply: Reply, result: Result, values?: Values, message?: Message): Buffer | undefined;

  /** Whether there is such a reply. */
  has(reply: Reply): boolean;

  /** Whether replies tell how many members a group has, in place of who they are. */
  readonly countsMembers: boolean;

  /**
   * How many of a user's stored messages, from the first one on, the reply to a login can carry.
   *
   * @param empty how long it is without any, in bytes
   * @param most how long it may be
   */
  storedThatFit(messages: readonly string[], empty: number, most: number): number;
}
