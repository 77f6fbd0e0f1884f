import { isIP } from 'node:net';
import { parseRedisUrl } from '../bus/redis/url.js';
import { urlsOf } from '../store/mysql/hosts.js';
import { SSL_MODES } from '../store/mysql/tls.js';

/** The fault of a URL, and its remedy; undefined when it has none. */
export function urlProblem(text: string, schemes: readonly string[]): string | undefined {
  const url = parse(text);
  if (url === undefined && /:\/\/[^@]*[#?/].*@/.test(text)) return RESERVED;
  if (url === undefined || !schemes.includes(url.protocol.slice(0, -1))) {
    return `is not a ${schemes.map((scheme) => `${scheme}://`).join(' or ')} URL`;
  }
  return url.hash === '' ? undefined : RESERVED;
}

/** The same for the URL of a database, which may have several hosts. */
export function databaseUrlProblem(text: string): string | undefined {
  const urls = urlsOf(text);
  for (const url of urls) {
    const isEmpty = urls.length > 1 && parse(url)?.hostname === '';
    const problem = isEmpty ? 'has a comma without a host' : hostProblem(url);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function hostProblem(text: string): string | undefined {
  const problem = urlProblem(text, ['mysql']);
  if (problem !== undefined) return problem;
  const url = new URL(text);
  const mode = url.searchParams.get('ssl-mode') ?? 'disabled';
  if (!SSL_MODES.includes(mode.toLowerCase()))
    return `has an ssl-mode that is none of ${SSL_MODES.join(', ')}`;
  if (mode.toLowerCase() === 'verify_identity' && isIP(url.hostname.replace(/^\[|\]$/g, '')) > 0) {
    return 'asks for ssl-mode verify_identity, which needs the name of the host, not its address';
  }
  return /^\/[^/]+$/.test(url.pathname)
    ? undefined
    : 'names no database: it ends in one, as mysql://user:password@host:port/chat';
}

/** The same for the URL of a Redis, or of several that belong together. */
export function redisUrlProblem(text: string): string | undefined {
  const one = /^rediss?-(cluster|sentinel):/.exec(text);
  if (one === null) return urlProblem(text, ['redis', 'rediss']);
  if (parseRedisUrl(text) !== undefined) return undefined;
  return /:\/\/[^@]*[#?/].*@/.test(text) ? RESERVED : SEVERAL[one[1] === 'cluster' ? 'cluster' : 'sentinel'];
}

const SEVERAL = {
  cluster: 'is not valid: it is redis-cluster://user:password@host:port,host:port',
  sentinel: 'is not valid: it is redis-sentinel://user:password@host:port,host:port/name-of-the-master',
};

const RESERVED = 'is not valid: in a password, # is written %23, ? is %3F, / is %2F, @ is %40 and % is %25';

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
