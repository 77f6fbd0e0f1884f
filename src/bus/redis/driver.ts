import { Redis, type RedisOptions } from 'ioredis';

/** Something that Redis is, and that messages between nodes do not get through. Its text follows `Redis at host:port`. */
export class Unfit extends Error {}

/** A Redis describes itself by these, under the names of INFO. */
export type RedisInfo = Readonly<Record<string, string>>;

/** Decides whether a Redis can be used, each time that a connection to it opens. Throws an Unfit when not. */
export type Judge = (info: RedisInfo) => void;

/** Between two questions whether Redis has loaded its data, in ms. */
const LOADING = 100;

const NOT_NEEDED = /no password is set|without any password configured/;

/**
 * The driver without its own lines on standard error: where it would warn and go on, this one is silent or refuses.
 * Errors that nobody listens to are dropped; the calls that fail by them reject.
 */
export function quietRedis(url: string, options: DriverOptions, judge: Judge): Redis {
  const redis = new Redis(url, { ...options, replyMapping: 'legacy' });
  redis.on('error', () => undefined);
  // The driver calls these by their names. Its own look at INFO warns where the right to it is missing.
  Object.defineProperty(redis, '_readyCheck', { value: (done: Done) => lookAt(redis, judge, done) });
  const auth = redis.auth.bind(redis) as (login: Login) => Promise<'OK'>;
  Object.defineProperty(redis, 'auth', { value: (login: Login) => auth(login).catch(entered) });
  return redis;
}

type DriverOptions = Omit<RedisOptions, 'replyMapping'>;
type Login = string | [user: string, password: string];
type Done = (error: Error | null, info?: RedisInfo) => void;

/** A password that is not needed does no harm. */
function entered(error: Error): 'OK' {
  if (NOT_NEEDED.test(error.message)) return 'OK';
  if (/wrong number of arguments/.test(error.message)) throw new Unfit('knows no users: it is older than 6');
  throw error;
}

function lookAt(redis: Redis, judge: Judge, done: Done): void {
  redis.info().then(
    (text) => {
      const info = parse(text);
      if (info.loading !== undefined && info.loading !== '0') {
        setTimeout(() => lookAt(redis, judge, done), LOADING);
        return;
      }
      try {
        judge(info);
      } catch (error) {
        done(error as Error);
        return;
      }
      done(null, info);
    },
    (error: Error) => {
      // It has answered, and that is what counts.
      if (error.message.startsWith('NOPERM')) done(null, {});
      else done(error);
    },
  );
}

function parse(text: string): RedisInfo {
  const pairs = text.split('\r\n').map((line) => line.split(':'));
  return Object.fromEntries(pairs.map(([name = '', ...value]) => [name, value.join(':')]));
}
