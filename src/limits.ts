/** Bounds on memory and on waiting, whatever arrives. Sizes in bytes, times in ms. */
export const LIMITS = {
  /** At most this much input of a client waits to be handled. Then nothing more is read from the client until it is. */
  maxHeld: 262_144,
  /** At most this much output waits for a slow consumer. Then its connection is ended. */
  maxWaiting: 8_388_608,
  /** With more output than this a client is a slow consumer: later messages wait in its user's queue, or are stored. */
  behind: 524_288,
  /** At shutdown other nodes have this time to say what became of messages. */
  answers: 1000,
  /** The time between two tries while the database is away. */
  retry: 500,
  /** At most this long is a login reply with stored messages. The other messages follow it. */
  maxLoginReply: 1_048_576,
  /** At most this many stored messages of a user are read at once. The others are read when these have left. */
  storedPage: 500,
  /** A client has this time to fetch the rest and to close, once the server ends its connection. */
  linger: 4000,
  /** The same for a client that was sent little: it has that soon, or never. */
  lingerLittle: 1000,
  /** A client that confirms what arrives, and has asked for too much in front of that, has this time until it is heard. */
  unheard: 30_000,
  /**
   * Requests that still wait for the database after `linger` at a stop have this time to be given up: a statement is
   * 5,000 ms after it began. Then later requests of their clients are handled, too, and counted.
   */
  givenUp: 1500,
  /** The shutdown is given up when nothing has gone on for this time. */
  shutdown: 8000,
  /** The same where there is a spool, which keeps the messages that the database does not take. */
  storedAtEnd: 7000,
  /** The connections to the database have this time to end. */
  goodbye: 500,
  /** After this time of silence the system asks whether a client is still there. */
  keepAlive: 60_000,
} as const;
