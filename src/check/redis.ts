import { redisUrl } from '../backends.js';
import { open, redisConnection } from '../bus/redis-connection.js';
import { checkRights } from '../bus/redis-rights.js';
import { broken, type Check, type Finding, fine, warning } from './finding.js';

const ABOUT = 'Redis';
/** The oldest that is tested with, by its first number. */
const OLDEST = 6;

/** Whether Redis can be used: it answers, lets us in, and allows what is needed. */
export const checkRedis: Check = async ({ settings }) => {
  const url = redisUrl(settings);
  if (url === undefined) return [];
  const [publisher, subscriber] = [
    redisConnection(url, { socketTimeout: 3000 }),
    redisConnection(url, { socketTimeout: 3000 }),
  ];
  try {
    await Promise.all([open(publisher), open(subscriber)]);
    await checkRights(publisher, subscriber);
    const { host, port } = publisher.options;
    return [versionOf(await publisher.info('server').catch(() => ''), `${host}:${port}`)];
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return [broken(ABOUT, text, 'see to the server, and to user and password in the URL')];
  } finally {
    publisher.disconnect();
    subscriber.disconnect();
  }
};

function versionOf(info: string, where: string): Finding {
  const version = /redis_version:(\S+)/.exec(info)?.[1];
  if (version === undefined) return fine(ABOUT, `${where} allows all that is needed`);
  const text = `${where}: ${version}, allows all that is needed`;
  return Number.parseInt(version, 10) < OLDEST
    ? warning(ABOUT, text, `it is older than ${OLDEST}, the oldest that is tested`)
    : fine(ABOUT, text);
}
