import { segmentsOf } from './pcap.js';
import type { Segment } from './segment.js';
import { Session } from './session.js';

const WRAP = 2 ** 32;

/**
 * The session of a chat server in a capture. When there are several servers in it, the one is meant whose clients
 * said the most in JSON. Throws for a file that is no pcap, and for one without such a server.
 */
export function sessionIn(file: Buffer): Session {
  let best: Session | undefined;
  let most = 0;
  for (const [server, segments] of byServer(segmentsOf(file))) {
    const session = sessionOf(server, segments);
    const count = session.of('client').length;
    if (count > most) [best, most] = [session, count];
  }
  if (best === undefined) throw new Error('holds no client that says JSON');
  return best;
}

/** The segments to and from each server. */
function byServer(segments: readonly Segment[]): Map<string, Segment[]> {
  const openers = new Map<string, string>();
  for (const { from, to, opens } of segments) {
    const pair = pairOf(from, to);
    if (opens && !openers.has(pair)) openers.set(pair, to);
  }
  const servers = new Map<string, Segment[]>();
  for (const segment of segments) {
    const server = openers.get(pairOf(segment.from, segment.to)) ?? lowerOf(segment);
    const own = servers.get(server) ?? [];
    if (own.length === 0) servers.set(server, own);
    own.push(segment);
  }
  return servers;
}

/** The two ends of a connection, the same in both directions. */
function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** Where the beginning of a connection is missing, the side with the lower port has accepted it. */
function lowerOf({ from, to }: Segment): string {
  const port = (end: string) => Number(end.split(' ')[1]);
  return port(from) < port(to) ? from : to;
}

function sessionOf(server: string, segments: readonly Segment[]): Session {
  const session = new Session();
  const connections = new Map<string, number>();
  const streams = new Map<string, Stream>();
  for (const segment of segments) {
    const client = segment.from === server ? segment.to : segment.from;
    // A port that is used again is another connection.
    if (segment.opens || !connections.has(client)) connections.set(client, connections.size + streams.size);
    const connection = connections.get(client) ?? 0;
    const side = segment.from === server ? 'server' : 'client';
    const key = `${side} ${connection}`;
    const stream = streams.get(key) ?? new Stream(segment);
    streams.set(key, stream);
    for (const bytes of stream.take(segment)) session.heard(side, connection, bytes);
  }
  return session;
}

/** A piece of a stream that came before its turn, and its place. */
interface Early {
  readonly at: number;
  readonly bytes: Buffer;
}

/** One direction of a connection: puts segments right that come twice or in another order. */
class Stream {
  /** Places are counted on where sequence numbers begin anew. */
  #next: number;
  /** By their places. */
  readonly #early: Early[] = [];

  constructor({ sequence, starts }: Segment) {
    this.#next = sequence + Number(starts);
  }

  take({ sequence, starts, payload }: Segment): Buffer[] {
    if (starts || payload.length === 0) return [];
    const at = this.#next + this.#ahead(sequence);
    this.#early.splice(this.#placeFor(at), 0, { at, bytes: payload });
    const found: Buffer[] = [];
    let taken = 0;
    for (const { at, bytes } of this.#early) {
      if (at > this.#next) break;
      taken++;
      if (at + bytes.length <= this.#next) continue;
      found.push(bytes.subarray(this.#next - at));
      this.#next = at + bytes.length;
    }
    this.#early.splice(0, taken);
    return found;
  }

  /** Behind all that are not later. */
  #placeFor(at: number): number {
    let [low, high] = [0, this.#early.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#early[middle]?.at ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** How far a sequence number is beyond the next one; negative for bytes that have come already. */
  #ahead(sequence: number): number {
    const ahead = (((sequence - this.#next) % WRAP) + WRAP) % WRAP;
    return ahead > WRAP / 2 ? ahead - WRAP : ahead;
  }
}
