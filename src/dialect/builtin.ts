import { ORIGINAL_SPOKEN } from '../protocol/numbers.js';
import type { DialectFile } from './file.js';
import { MORE_NUMBERS } from './more.js';

/** PROTOCOL.md section 5, as a dialect file. Where it is silent a field has the name that it has there. */
const original: DialectFile = {
  ...ORIGINAL_SPOKEN,
  verbs: MORE_NUMBERS.verbs,
  framing: { in: 'none', out: 'none' },
  client: { buffer: 1024 },
  stored: 'inside',
  absentId: 'refused',
};

/** The numbers of the course's first half; about a quarter of all forks have kept them. */
const early: DialectFile = {
  requests: {
    login: 1,
    register: 3,
    chat: 5,
    addFriend: 6,
    createGroup: 7,
    joinGroup: 8,
    groupChat: 9,
    logout: 10,
  },
  replies: { login: 2, register: 4 },
  absentId: 'refused',
};

const distributed: DialectFile = {
  requests: {
    login: 1,
    logout: 3,
    register: 5,
    refresh: 7,
    chat: 9,
    addFriend: 10,
    createGroup: 11,
    joinGroup: 12,
    groupChat: 13,
  },
  replies: { login: 2, register: 6, refresh: 8 },
  typeKey: 'msgId',
  requestFields: { id: 'uid', toid: 'to', name: 'username', friendid: 'fid', groupid: 'gid' },
  replyFields: { id: 'uid', name: 'username', offlinemsg: 'offlinemsgs' },
  friend: { id: 'uid', name: 'username' },
  group: { id: 'gid', users: 'groupusers' },
  member: { id: 'uid', name: 'username', role: 'grouprole' },
  friendship: 'both ways',
  results: { refused: { errmsg: 'refused: taken, unknown or not allowed!' } },
  verbs: {
    chat: { requestFields: { id: 'from' } },
    register: {
      results: {
        ok: { constants: { sysmsg: 'register success' }, echo: { username: 'username' } },
        refused: { errmsg: 'register failed' },
      },
    },
  },
};

/** The dialects that need no file. `original` holds wherever another one is silent. */
export const BUILT_IN = { original, early, 'distributed-chat-servers': distributed } as const;
export type BuiltIn = keyof typeof BUILT_IN;

export function isBuiltIn(name: string): name is BuiltIn {
  return Object.hasOwn(BUILT_IN, name);
}
