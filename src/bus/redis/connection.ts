import type { Redis, RedisOptions } from 'ioredis';
import { ifSilent } from '../../net/silence.js';
import { type Judge, quietRedis, Unfit } from './driver.js';

/** Longest pause between two tries to reconnect, in milliseconds. */
export const MAX_BACK_OFF = 500;

const OPTIONS = {
  lazyConnect: true,
  protocol: 2,
  disableClientInfo: true,
  connectTimeout: 2000,
  retryStrategy: (attempt: number) => Math.min(50 * attempt, MAX_BACK_OFF),
  // A command fails at once while Redis is away, and when the connection breaks: nothing is sent later or twice.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
} satisfies RedisOptions;

const NO_ENTRY =
  'refuses the password: give it as user:password@ before the host in the URL, or as :password@ without a user';

const NO_REDIS = 'what answers there is no Redis';

/** In milliseconds. */
interface Limits {
  /** Silence, while an answer is due, after which the connection is given up. */
  readonly socketTimeout: number;
  /** After which a command fails; Redis may still carry it out. */
  readonly commandTimeout?: number;
}

/**
 * A connection that is not open yet, and reconnects for ever once it was. It is ready only after Redis has
 * answered, so with a frozen one it never is.
 *
 * @param url `redis://host:port`
 * @param judge refuses what is no Redis of the wanted kind
 */
export function redisConnection(url: string, limits: Limits, judge: Judge): Redis {
  const redis = quietRedis(url, { ...OPTIONS, ...limits }, judge);
  return redis.on('connect', () => bePatient(redis.stream));
}

/** The driver gives a connection up without a look at what has come: after a freeze that would lose it. */
function bePatient(stream: Redis['stream']): void {
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error?: Error) => {
    if (error?.message.startsWith('Socket timeout')) ifSilent(stream, () => destroy(error));
    else destroy(error);
    return stream;
  };
}

/** Opens a connection. Rejects with one line that says where and why not, and tries no more. */
export async function open(redis: Redis): Promise<void> {
  let reason = new Error('the connection was closed');
  const note = (error: Error) => {
    reason = error;
  };
  redis.on('error', note);
  try {
    await redis.connect();
  } catch {
    redis.disconnect();
    const { host, port, tls } = redis.options;
    throw new Error(`Redis at ${host}:${port} ${problem(reason, tls !== undefined)}`);
  } finally {
    redis.off('error', note);
  }
}

/** Says what is wrong with a Redis that gave this error. It is to follow `Redis at host:port`. */
function problem(error: Error, isTls: boolean): string {
  if (error instanceof Unfit) return error.message;
  if (/^(NOAUTH|WRONGPASS)/.test(error.message)) return NO_ENTRY;
  return `cannot be reached: ${reasonOf(error)}${isTls ? hintOf(NO_TLS, error) : hintOf(TLS, error)}`;
}

/** How one end sees that only the other speaks TLS, and what may help. */
const NO_TLS = [
  /ETIMEDOUT|wrong version number/,
  ' (a port without TLS wants redis in place of rediss)',
] as const;
const TLS = [
  /ECONNRESET|connection was closed/,
  ' (a port with TLS wants rediss in place of redis)',
] as const;

function hintOf([symptom, hint]: readonly [RegExp, string], { message }: Error): string {
  return symptom.test(message) ? hint : '';
}

/** The driver's error in words of ours, where its own ask the reader to report it. */
export function reasonOf({ message }: Error): string {
  return /report (this|it)\b/.test(message) ? NO_REDIS : message;
}
