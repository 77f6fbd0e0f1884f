import type { Redis } from 'ioredis';
import { PLAIN, type RedisVerbs, SHARDED } from './verbs.js';

/** Channels of our nodes among themselves, and of users, as ACL patterns (PROTOCOL.md section 6). */
const NODES = 'chat-server:';
const CHANNELS = [`&${NODES}*`, '&[0-9]*'];
/** Nobody subscribes to the one, nobody publishes to the other. */
const PUBLISHED = `${NODES}rights`;
const SUBSCRIBED = `${NODES}rights:subscribe`;
/** The highest user id. Nothing is published to it: a node that is just trying this would take it for a message. */
const SOMEBODY = '2147483647';

/** Something that Redis must allow, and what allows its command in an ACL rule. */
interface Right {
  readonly grant: string;
  use(publisher: Redis, subscriber: Redis): Promise<unknown>;
}

const ANYHOW: readonly Right[] = [
  { grant: '+ping', use: (publisher) => publisher.ping() },
  // Tells a Redis of its own from a part of a cluster, and a master from a replica.
  { grant: '+info', use: (publisher) => publisher.info() },
];

const RIGHTS = new Map<RedisVerbs, readonly Right[]>([
  [
    PLAIN,
    [
      ...ANYHOW,
      { grant: '+pubsub|numsub', use: (publisher) => publisher.pubsub('NUMSUB', SOMEBODY) },
      { grant: '+publish', use: (publisher) => publisher.publish(PUBLISHED, '') },
      {
        grant: '+subscribe',
        use: (_, redis) => visit(redis.subscribe(SUBSCRIBED), () => redis.unsubscribe(SUBSCRIBED)),
      },
      {
        grant: '+subscribe',
        use: (_, redis) => visit(redis.subscribe(SOMEBODY), () => redis.unsubscribe(SOMEBODY)),
      },
      { grant: '+unsubscribe', use: (_, subscriber) => subscriber.unsubscribe(SUBSCRIBED) },
    ],
  ],
  [
    SHARDED,
    [
      ...ANYHOW,
      { grant: '+pubsub|shardnumsub', use: (publisher) => publisher.pubsub('SHARDNUMSUB', SOMEBODY) },
      { grant: '+pubsub|channels', use: (publisher) => publisher.pubsub('CHANNELS', PUBLISHED) },
      { grant: '+cluster|info', use: (publisher) => publisher.cluster('INFO') },
      { grant: '+cluster|slots', use: (publisher) => publisher.cluster('SLOTS') },
      { grant: '+spublish', use: (publisher) => publisher.spublish(PUBLISHED, '') },
      {
        grant: '+ssubscribe',
        use: (_, redis) => visit(redis.ssubscribe(SUBSCRIBED), () => redis.sunsubscribe(SUBSCRIBED)),
      },
      {
        grant: '+ssubscribe',
        use: (_, redis) => visit(redis.ssubscribe(SOMEBODY), () => redis.sunsubscribe(SOMEBODY)),
      },
      { grant: '+sunsubscribe', use: (_, subscriber) => subscriber.sunsubscribe(SUBSCRIBED) },
    ],
  ],
]);
/** The user that Redis was told lacks rights. */
export class RightsMissing extends Error {
  /** The command that grants them, word by word, for a user that may. */
  readonly command: readonly string[];

  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, command: readonly string[]) {
    super(
      `Redis at ${host}:${port} does not allow its user ${command[2]} all that is needed; set there: ${command.join(' ')}`,
    );
    this.host = host;
    this.port = port;
    this.command = command;
  }
}

/**
 * Tries everything that the bus needs of Redis, on open connections. Rejects, in one line with the ACL rule to
 * set, when the user that they log in with lacks rights; with Redis's own error when Redis fails otherwise.
 *
 * @param subscriber a connection that may subscribe; its subscriptions stay as they are
 */
export async function checkRights(publisher: Redis, subscriber: Redis, verbs: RedisVerbs): Promise<void> {
  const rights = RIGHTS.get(verbs) ?? [];
  const grants = await Promise.all(rights.map((right) => missing(right, publisher, subscriber)));
  const wanted = [...new Set(grants.flat())];
  if (wanted.length === 0) return;
  const { host = '127.0.0.1', port = 6379, username = 'default' } = publisher.options;
  throw new RightsMissing(host, port, ['ACL', 'SETUSER', username, ...wanted]);
}

/** The rules of Redis' ACL that must be granted before the right can be used; none when it can. */
async function missing(right: Right, publisher: Redis, subscriber: Redis): Promise<readonly string[]> {
  try {
    await right.use(publisher, subscriber);
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // The right is there: only the channel is another master's.
    if (error.message.startsWith('MOVED')) return [];
    if (!error.message.startsWith('NOPERM')) throw error;
    return /channel/.test(error.message) ? CHANNELS : [right.grant];
  }
}

async function visit(enter: Promise<unknown>, leave: () => Promise<unknown>): Promise<void> {
  await enter;
  await leave().catch(() => undefined);
}
