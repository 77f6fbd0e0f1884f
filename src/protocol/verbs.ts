/** What a client may ask for, by its verb. Each dialect has its own number for it (PROTOCOL.md section 5). */
export const REQUESTS = [
  'login',
  'logout',
  'register',
  'chat',
  'groupChat',
  'addFriend',
  'friendRequest',
  'friendAgree',
  'createGroup',
  'joinGroup',
  'refresh',
  'friendList',
  'groupList',
  'heartbeat',
] as const;
export type Verb = (typeof REQUESTS)[number];

/** What the server writes: an answer to each request, and two lists that may follow the answer to a login. */
export const REPLIES = [...REQUESTS, 'friendsAfterLogin', 'groupsAfterLogin'] as const;
export type Reply = (typeof REPLIES)[number];

/** How a request ended, as its reply tells it. */
export const RESULTS = ['ok', 'invalid', 'inUse', 'refused', 'unavailable'] as const;
export type Result = (typeof RESULTS)[number];
