import { BEYOND, RESULTS } from '../protocol/verbs.js';
import type { DialectFile, VerbFile } from './file.js';

/** Why it is refused, in words; `seq` tells which request it answers. */
const TOLD: VerbFile = {
  results: {
    ...Object.fromEntries(RESULTS.map((result) => [result, { echo: { seq: 'seq' } }])),
    refused: { errmsg: '{reason}', echo: { seq: 'seq' } },
  },
};

/**
 * What is more than the original has (PROTOCOL.md section 9): numbers from 101 on, which no fork uses. An answer has
 * the number behind its request's, and an answer to one of the original's requests 120 more than that.
 */
export const MORE_NUMBERS = {
  requests: {
    abilities: 101,
    heartbeat: 103,
    deleteFriend: 105,
    leaveGroup: 107,
    dissolveGroup: 109,
    memberList: 111,
    renameGroup: 113,
    lookUp: 115,
    changePassword: 117,
  },
  replies: {
    abilities: 102,
    heartbeat: 104,
    deleteFriend: 106,
    leaveGroup: 108,
    dissolveGroup: 110,
    memberList: 112,
    renameGroup: 114,
    lookUp: 116,
    changePassword: 118,
    friendAdded: 127,
    groupCreated: 128,
    groupJoined: 129,
  },
  verbs: {
    abilities: TOLD,
    deleteFriend: TOLD,
    leaveGroup: TOLD,
    dissolveGroup: TOLD,
    memberList: TOLD,
    renameGroup: TOLD,
    lookUp: TOLD,
    changePassword: TOLD,
    friendAdded: TOLD,
    groupCreated: TOLD,
    groupJoined: TOLD,
  },
} as const satisfies Pick<DialectFile, 'requests' | 'replies' | 'verbs'>;

/** Whether what a file says of a verb is only for clients that ask for more than those of forks do. */
export function isMore(key: keyof typeof MORE_NUMBERS, verb: string, said: unknown): boolean {
  if (BEYOND.has(verb)) return true;
  return key !== 'verbs' && verb === 'heartbeat' && said === MORE_NUMBERS[key].heartbeat;
}
