import type { Segment } from './frame.js';

/** A TCP connection as a capture shows it, from its first SYN. */
export interface Conversation {
  readonly client: number;
  readonly server: number;
  /** The payloads in order, each byte once. */
  readonly toServer: readonly Buffer[];
  readonly toClient: readonly Buffer[];
}

/** One direction of a connection: payloads by their offset in the stream. */
class Stream {
  readonly #start: number;
  readonly #payloads = new Map<number, Buffer>();

  constructor(syn: Segment) {
    this.#start = syn.sequence + 1;
  }

  add(segment: Segment): void {
    const offset = (segment.sequence - this.#start) >>> 0;
    const longest = this.#payloads.get(offset)?.length ?? 0;
    if (segment.payload.length > longest) this.#payloads.set(offset, segment.payload);
  }

  /** The payloads without what was sent again. Throws when bytes in between are missing. */
  inOrder(): Buffer[] {
    const ordered: Buffer[] = [];
    let next = 0;
    for (const [offset, payload] of [...this.#payloads].sort(([a], [b]) => a - b)) {
      if (offset > next) throw new Error(`bytes ${next} to ${offset} are not in the capture`);
      const fresh = payload.subarray(next - offset);
      if (fresh.length > 0) ordered.push(fresh);
      next += fresh.length;
    }
    return ordered;
  }
}

interface Open {
  readonly client: number;
  readonly server: number;
  readonly toServer: Stream;
  toClient?: Stream;
}

/** Puts the connections of a capture together again, in the order in which they were opened. */
export function conversations(segments: readonly Segment[], servers: readonly number[]): Conversation[] {
  const all: Open[] = [];
  const latest = new Map<string, Open>();
  for (const segment of segments) {
    const forth = servers.includes(segment.to);
    const key = forth ? `${segment.from} ${segment.to}` : `${segment.to} ${segment.from}`;
    if (forth && segment.syn) {
      const open = { client: segment.from, server: segment.to, toServer: new Stream(segment) };
      all.push(open);
      latest.set(key, open);
    }
    addTo(latest.get(key), forth, segment);
  }
  return all.map(({ client, server, toServer, toClient }) => ({
    client,
    server,
    toServer: toServer.inOrder(),
    toClient: toClient?.inOrder() ?? [],
  }));
}

function addTo(open: Open | undefined, forth: boolean, segment: Segment): void {
  if (open === undefined) throw new Error('a segment of a connection whose start is not in the capture');
  if (!forth && segment.syn) open.toClient = new Stream(segment);
  else (forth ? open.toServer : open.toClient)?.add(segment);
}
