import type { Redis } from 'ioredis';

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

const RIGHTS: readonly Right[] = [
  // Tells a Redis of its own from a part of a cluster, and a master from a replica.
  { grant: '+info', use: (publisher) => publisher.info() },
  { grant: '+ping', use: (publisher) => publisher.ping() },
  { grant: '+pubsub|numsub', use: (publisher) => publisher.pubsub('NUMSUB', SOMEBODY) },
  { grant: '+publish', use: (publisher) => publisher.publish(PUBLISHED, '') },
  { grant: '+subscribe', use: (_, subscriber) => visit(subscriber, SUBSCRIBED) },
  { grant: '+subscribe', use: (_, subscriber) => visit(subscriber, SOMEBODY) },
  { grant: '+unsubscribe', use: (_, subscriber) => subscriber.unsubscribe(SUBSCRIBED) },
];

/**
 * Tries everything that the bus needs of Redis, on open connections. Rejects, in one line with the ACL rule to
 * set, when the user that they log in with lacks rights; with Redis's own error when Redis fails otherwise.
 *
 * @param subscriber a connection that may subscribe; its subscriptions stay as they are
 */
export async function checkRights(publisher: Redis, subscriber: Redis): Promise<void> {
  const grants = await Promise.all(RIGHTS.map((right) => missing(right, publisher, subscriber)));
  const wanted = [...new Set(grants.flat())];
  if (wanted.length === 0) return;
  const { host, port, username = 'default' } = publisher.options;
  throw new Error(
    `Redis at ${host}:${port} does not allow its user ${username} all that is needed; set there: ` +
      `ACL SETUSER ${username} ${wanted.join(' ')}`,
  );
}

/** What to grant before the right can be used; nothing when it can. */
async function missing(right: Right, publisher: Redis, subscriber: Redis): Promise<readonly string[]> {
  try {
    await right.use(publisher, subscriber);
    return [];
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOPERM'))) throw error;
    return /channel/.test(error.message) ? CHANNELS : [right.grant];
  }
}

async function visit(subscriber: Redis, channel: string): Promise<void> {
  await subscriber.subscribe(channel);
  await subscriber.unsubscribe(channel).catch(() => undefined);
}
