import { MORE_REQUESTS, type WANTED_REPLIES } from './numbers.js';

/** What the clients of the original and of its forks ask for. */
const SHARED = [
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

type Shared = (typeof SHARED)[number];
type More = Exclude<keyof typeof MORE_REQUESTS, Shared>;

/** What no server of the family has: a client asks first whether this one does (PROTOCOL.md section 9). */
const MORE = (Object.keys(MORE_REQUESTS) as (keyof typeof MORE_REQUESTS)[]).filter(
  (verb): verb is More => !(SHARED as readonly string[]).includes(verb),
);

/** What a client may ask for, by its verb. Each dialect has its own number for it (PROTOCOL.md section 5). */
export const REQUESTS: readonly Verb[] = [...SHARED, ...MORE];
export type Verb = Shared | More;

/** Which answer a client gets that wants one to a request that the original does not answer. */
export const WANTED = {
  addFriend: 'friendAdded',
  createGroup: 'groupCreated',
  joinGroup: 'groupJoined',
} as const satisfies Partial<Record<Verb, keyof typeof WANTED_REPLIES>>;

/** Tells the sender of a chat or group chat with a field `seq` what has become of it. */
export const ACK = 'ack';

/** Tells a client that wants to know it that somebody has taken a message back. */
export const RECALLED = 'recalled';

/** Tells a client that wants to know it that a friend has come, or gone. */
export const FRIEND_STATE = 'friendState';

/**
 * What the server writes: an answer to each request, two lists that may follow the answer to a login, and a word to who
 * loses its account to a login elsewhere.
 */
export const REPLIES = [
  ...REQUESTS,
  'friendsAfterLogin',
  'groupsAfterLogin',
  'takenOver',
  ...Object.values(WANTED),
  ACK,
  RECALLED,
  FRIEND_STATE,
] as const;
export type Reply = (typeof REPLIES)[number];

/** What only clients that ask for it hear of: whether a dialect has numbers for it makes no difference to the others. */
export const BEYOND: ReadonlySet<string> = new Set<Reply>([
  ...MORE,
  ...Object.values(WANTED),
  ACK,
  RECALLED,
  FRIEND_STATE,
]);

/** How a request ended, as its reply tells it. */
export const RESULTS = ['ok', 'invalid', 'inUse', 'refused', 'unavailable'] as const;
export type Result = (typeof RESULTS)[number];
