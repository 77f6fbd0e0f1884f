/** How several servers of Redis belong together. */
export type RedisKind = 'alone' | 'cluster' | 'sentinel';

/** The parts of the URL of a Redis. */
export interface RedisPlace {
  readonly kind: RedisKind;
  /** `host:port` of each server that is named: a Redis, masters or replicas of a cluster, or Sentinels. */
  readonly hosts: readonly string[];
  /** The URL of a Redis at such an address, with the login and the encryption that all of them share. */
  urlOf(host: string): string;
  /** The same for a Sentinel. */
  sentinelUrlOf(host: string): string;
  /** The name of the master among Sentinels. */
  readonly name: string;
}

const PORTS = { alone: 6379, cluster: 6379, sentinel: 26379 } as const;
const PARTS =
  /^(rediss?)(?:-(cluster|sentinel))?:\/\/(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

/**
 * Reads `redis://host`, `redis-cluster://host,host` or `redis-sentinel://host,host/name`, each also as `rediss`, and
 * with `user:password@`. The password of Sentinels is `?sentinel-password=`, with `sentinel-user=`.
 *
 * @returns undefined when the text is none of these
 */
export function parseRedisUrl(text: string): RedisPlace | undefined {
  const parts = PARTS.exec(text);
  if (parts === null) return undefined;
  const [, scheme = '', several = 'alone', login = '', list = '', path = '', query = ''] = parts;
  const kind = several as RedisKind;
  const hosts = list.split(',').map((host) => addressOf(host, PORTS[kind]));
  if (!hosts.every((host) => host !== undefined) || (kind === 'alone' && hosts.length > 1)) return undefined;
  if (kind === 'sentinel' ? !/^[^/]+$/.test(path) : kind === 'cluster' && path !== '') return undefined;
  const options = new URLSearchParams(query);
  const [user, password] = [options.get('sentinel-user'), options.get('sentinel-password')];
  const sentinel =
    password === null ? '' : `${encodeURIComponent(user ?? '')}:${encodeURIComponent(password)}@`;
  const of = (who: string) => (host: string) => `${scheme}://${who}${host}`;
  return {
    kind,
    hosts,
    // One server's URL may say more, as the number of a database.
    urlOf: kind === 'alone' ? () => text : of(login === '' ? '' : `${login}@`),
    sentinelUrlOf: of(sentinel),
    name: decodeURIComponent(path),
  };
}

/** Where a Redis is, without user and password: for messages. */
export function whereIsRedis(text: string): string {
  const place = parseRedisUrl(text);
  if (place === undefined) return 'unknown';
  return place.hosts.join(',') + (place.kind === 'sentinel' ? `/${place.name}` : '');
}

/** `host:port` as a URL writes it. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function addressOf(text: string, port: number): string | undefined {
  if (text === '' || !URL.canParse(`redis://${text}`)) return undefined;
  const url = new URL(`redis://${text}`);
  return `${url.hostname}:${url.port || port}`;
}
