const AUTHORITY = /^(mysql:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/s;

/** A URL with several hosts, `mysql://h1,h2:3307/chat`, as one URL for each of them, in order. */
export function urlsOf(url: string): readonly [string, ...string[]] {
  const [, before = '', hosts = '', after = ''] = AUTHORITY.exec(url) ?? [];
  const [first = '', ...others] = hosts.split(',');
  if (others.length === 0) return [url];
  const withHost = (host: string) => before + host + after;
  return [withHost(first), ...others.map(withHost)];
}

/** Where a database is, without user and password: for messages. */
export function whereIs(url: string): string {
  const urls = urlsOf(url).map((one) => new URL(one));
  return `${urls.map(({ host }) => host)}${urls[0]?.pathname ?? ''}`;
}

/**
 * A host that connections are opened to, and since when: connections that were opened earlier are not to be used any
 * more.
 */
export interface Host {
  readonly url: string;
  readonly turn: number;
}

/**
 * The hosts of one database, of which one at a time is used: the first, until it cannot be; then the one behind it,
 * and after the last the first again.
 */
export class Hosts {
  readonly #urls: readonly [string, ...string[]];
  #current: Host;

  /** @param url with one host or several */
  constructor(url: string) {
    this.#urls = urlsOf(url);
    this.#current = { url: this.#urls[0], turn: 0 };
  }

  get current(): Host {
    return this.#current;
  }

  get count(): number {
    return this.#urls.length;
  }

  /** This host cannot be used: it is the turn of the next, unless it is already. With one host, of the same one anew. */
  leave({ turn }: Host): void {
    if (turn !== this.#current.turn) return;
    const next = turn + 1;
    this.#current = { url: this.#urls[next % this.count] ?? this.#urls[0], turn: next };
  }
}
