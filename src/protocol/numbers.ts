/**
 * The verbs that the original does not have, each with the number of its request (PROTOCOL.md section 9): from 101 on,
 * which no fork uses, two apart. Its answer has the next number. The lists of verbs, the numbers of replies and how these
 * are written are made of this table. Heartbeats are here for their number only: forks have them, too.
 */
export const MORE_REQUESTS = {
  abilities: 101,
  heartbeat: 103,
  deleteFriend: 105,
  leaveGroup: 107,
  dissolveGroup: 109,
  memberList: 111,
  renameGroup: 113,
  lookUp: 115,
  changePassword: 117,
  resume: 121,
  recall: 123,
  history: 131,
  search: 133,
  friendRequests: 141,
  acceptFriend: 143,
  refuseFriend: 145,
  confirm: 151,
} as const;

/**
 * Answers to requests that the original does not answer, for clients that want one: these have a field `seq`. Each has
 * the number of its request and 120.
 */
export const WANTED_REPLIES = { friendAdded: 127, groupCreated: 128, groupJoined: 129 } as const;

type MoreVerb = keyof typeof MORE_REQUESTS;

/** The numbers of all that the original does not have. */
export const MORE = {
  requests: MORE_REQUESTS,
  replies: {
    ...(Object.fromEntries(
      Object.entries(MORE_REQUESTS).map(([verb, number]) => [verb, number + 1]),
    ) as Record<MoreVerb, number>),
    ack: 119,
    recalled: 125,
    friendState: 149,
    ...WANTED_REPLIES,
  },
};

/**
 * The dialect of the original (PROTOCOL.md section 5), with what the original does not have. The page for browsers
 * has it, too: no Node modules.
 */
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
