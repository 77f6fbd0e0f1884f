/** Bounds that keep memory and waiting in hand whatever arrives. Sizes in bytes, times in ms. */
export const LIMITS = {
  /** Input of one client that waits to be handled; then nothing more is read from it until it is. */
  maxHeld: 262_144,
  /** Output that waits for a client who reads too slowly; then the connection is ended. */
  maxWaiting: 8_388_608,
  /** Output that waits for a client from which on it is behind: what comes for it waits elsewhere. */
  behind: 524_288,
  /** At shutdown, for other nodes to say what became of messages. */
  answers: 1000,
  /** Between two tries while the database is away. */
  retry: 500,
  /** A login reply carries no more stored messages than fit into this; the others follow it. */
  maxLoginReply: 1_048_576,
  /** Stored messages that are read at once; the others once these have left. */
  storedPage: 500,
  /** For a client to fetch the rest and to close, once the server ends its connection. */
  linger: 4000,
  /** The same for one that was sent little: it has that soon, or never. */
  lingerLittle: 1000,
  /** At shutdown: so long nothing may go on before it is given up. */
  shutdown: 8000,
  /** The same where there is a spool for what the database does not take. */
  storedAtEnd: 7000,
  /** For the database to say goodbye. */
  goodbye: 500,
  /** Silence after which the system asks whether a client is still there. */
  keepAlive: 60_000,
} as const;
