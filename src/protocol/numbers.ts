/**
 * What is more than the original has (PROTOCOL.md section 9): numbers from 101 on, which no fork uses. An answer has
 * the number behind its request's, and an answer to one of the original's requests 120 more than that.
 */
export const MORE = {
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
} as const;

/** How the original speaks (PROTOCOL.md section 5), with what is more. The page for browsers has it, too: no Node modules. */
export const ORIGINAL_SPOKEN = {
  requests: {
    login: 1,
    logout: 3,
    register: 4,
    chat: 6,
    addFriend: 7,
    createGroup: 8,
    joinGroup: 9,
    groupChat: 10,
    ...MORE.requests,
  },
  replies: { login: 2, register: 5, ...MORE.replies },
  typeKey: 'msgid',
  results: {
    ok: { errno: 0 },
    invalid: { errno: 1, errmsg: 'id or password is invalid!' },
    inUse: { errno: 2, errmsg: 'this account is using, input another!' },
    refused: { errno: 1 },
    unavailable: { errno: 3, errmsg: 'service is unavailable, try again later!' },
  },
} as const;
