import { MORE_REQUESTS, type WANTED_REPLIES } from './numbers.js';

/** The requests of the original's clients and of those of its forks. */
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

/** The requests that no server of the family has: a client asks first whether this one does (PROTOCOL.md section 9). */
const MORE = (Object.keys(MORE_REQUESTS) as (keyof typeof MORE_REQUESTS)[]).filter(
  (verb): verb is More => !(SHARED as readonly string[]).includes(verb),
);

/** All requests, by their verbs. Each dialect has its own number for a request (PROTOCOL.md section 5). */
export const REQUESTS: readonly Verb[] = [...SHARED, ...MORE];
export type Verb = Shared | More;

/** The answers to requests that the original does not answer, for clients that want one. */
export const WANTED = {
  addFriend: 'friendAdded',
  createGroup: 'groupCreated',
  joinGroup: 'groupJoined',
} as const satisfies Partial<Record<Verb, keyof typeof WANTED_REPLIES>>;

/** Tells the sender of a chat or group chat with a field `seq` its outcome. */
export const ACK = 'ack';

/** Tells a client that wants to know it that somebody has taken a message back. */
export const RECALLED = 'recalled';

/** Tells a client that wants to know it that a friend has come, or gone. */
export const FRIEND_STATE = 'friendState';

/**
 * The documents of the server: an answer to each request, two lists that may follow the answer to a login, and a word
 * to a client that loses its account to a login elsewhere.
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

/**
 * Replies to clients that ask for them only: for all others it makes no difference whether a dialect has numbers for
 * them.
 */
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
