import { mustBeAlone } from './kind.js';
import { RedisSentinels } from './sentinels.js';
import { RedisSlots } from './slots.js';
import { oneOwner, type RedisTopology } from './topology.js';
import { parseRedisUrl, type RedisKind, type RedisPlace } from './url.js';
import { PLAIN } from './verbs.js';

const OPEN: { readonly [Kind in RedisKind]: (place: RedisPlace) => RedisTopology } = {
  alone: ({ urlOf, hosts: [host = ''] }) => {
    const owners = oneOwner(urlOf(host));
    const kind = { verbs: PLAIN, judge: mustBeAlone };
    return { kind, isCluster: false, read: async () => owners, close: () => {} };
  },
  cluster: (place) => new RedisSlots(place),
  sentinel: (place) => new RedisSentinels(place),
};

/** The Redis, cluster or Sentinels that a URL names; nothing is connected to yet. Throws when it names none. */
export function openTopology(url: string): RedisTopology {
  const place = parseRedisUrl(url);
  if (place === undefined) throw new Error('is not the URL of a Redis');
  return OPEN[place.kind](place);
}
