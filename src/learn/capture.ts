import { segmentsOf } from './pcap.js';
import type { Segment } from './segment.js';
import { Session } from './session.js';

const WRAP = 2 ** 32;

/**
 * What a capture has overheard of a chat server. When there are several servers in it, the one is meant whose clients
 * said the most in JSON. Throws for a file that is no pcap, and for one without such a server.
 */
export function sessionIn(file: Buffer): Session {
  const segments = segmentsOf(file);
  const servers = new Set(segments.map((segment) => serverOf(segment, segments)));
  const sessions = [...servers].map((server) => sessionOf(server, segments));
  const count = (session: Session) => session.of('client').length;
  const [best] = sessions.sort((a, b) => count(b) - count(a));
  if (best === undefined || count(best) === 0) throw new Error('holds no client that says JSON');
  return best;
}

/** Who accepted the connection of a segment; where its beginning is missing, who has the lower port. */
function serverOf({ from, to }: Segment, segments: readonly Segment[]): string {
  const opening = segments.find(
    (other) =>
      other.opens && ((other.from === from && other.to === to) || (other.from === to && other.to === from)),
  );
  if (opening !== undefined) return opening.to;
  const port = (end: string) => Number(end.split(' ')[1]);
  return port(from) < port(to) ? from : to;
}

function sessionOf(server: string, segments: readonly Segment[]): Session {
  const session = new Session();
  const connections = new Map<string, number>();
  const streams = new Map<string, Stream>();
  for (const segment of segments) {
    if (segment.from !== server && segment.to !== server) continue;
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

/** One direction of a connection: puts what comes twice or in another order right. */
class Stream {
  #next: number;
  readonly #early = new Map<number, Buffer>();

  constructor({ sequence, starts }: Segment) {
    this.#next = (sequence + Number(starts)) % WRAP;
  }

  take({ sequence, starts, payload }: Segment): Buffer[] {
    if (starts || payload.length === 0) return [];
    this.#early.set(sequence, payload);
    const found: Buffer[] = [];
    for (const [at, bytes] of [...this.#early].sort(([a], [b]) => this.#ahead(a) - this.#ahead(b))) {
      const ahead = this.#ahead(at);
      if (ahead > 0) break;
      this.#early.delete(at);
      if (bytes.length + ahead <= 0) continue;
      found.push(bytes.subarray(-ahead));
      this.#next = (at + bytes.length) % WRAP;
    }
    return found;
  }

  /** How far a place is beyond what comes next; negative for what has come already. */
  #ahead(at: number): number {
    const ahead = (at - this.#next + WRAP) % WRAP;
    return ahead > WRAP / 2 ? ahead - WRAP : ahead;
  }
}
