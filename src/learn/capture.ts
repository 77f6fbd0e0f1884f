import { Connection } from './connection.js';
import type { Listener, Place } from './listen.js';
import { readPcap } from './pcap.js';
import type { Segment } from './segment.js';
import { Session } from './session.js';

/** The longest capture, in bytes: all of it is held in memory. */
export const LONGEST_CAPTURE = 256 << 20;

/** What was said to a server, and by it. */
interface Talk {
  readonly server: string;
  readonly segments: readonly Segment[];
  readonly session: Session;
}

/**
 * The session of a chat server in a capture. When there are several servers in it, the one is meant whose clients
 * said the most in JSON. Of a capture with gaps it is what is there. Throws for a file that is no pcap, and for one
 * without such a server.
 */
export function sessionIn(file: Buffer): Session {
  return talkIn(readPcap(file).segments).session;
}

/**
 * Tells a listener all that was said to that server and by it. Returns where the server was. Throws as `sessionIn`
 * does, and when a part of it is missing.
 */
export function listenTo(file: Buffer, listener: Listener): Place {
  const { segments, isCut } = readPcap(file);
  if (isCut) throw new Error('is cut short: let tcpdump end by Ctrl-C, and capture packets whole (-s 0)');
  const talk = talkIn(segments);
  if (tell(talk.server, talk.segments, listener))
    throw new Error(
      'has gaps: let the capture begin before the clients connect, and lose no packets (-B 65536)',
    );
  const [host = '', port] = talk.server.split(' ');
  // An address of IPv6 is 32 digits.
  return { ip: host.includes('.') ? host : (host.match(/..../g) ?? []).join(':'), port: Number(port) };
}

function talkIn(segments: readonly Segment[]): Talk {
  let best: Talk | undefined;
  let most = 0;
  for (const [server, own] of byServer(segments)) {
    const session = new Session();
    tell(server, own, session);
    const count = session.of('client').length;
    if (count > most) [best, most] = [{ server, segments: own, session }, count];
  }
  if (best === undefined) throw new Error('holds no client that says JSON');
  return best;
}

/** Tells a listener what went over the connections of a server. Returns whether parts of it are missing. */
function tell(server: string, segments: readonly Segment[], listener: Listener): boolean {
  const all: Connection[] = [];
  const current = new Map<string, Connection>();
  for (const segment of segments) {
    const [from, client] =
      segment.from === server ? (['server', segment.to] as const) : (['client', segment.from] as const);
    let connection = current.get(client);
    if (connection === undefined || connection.isOver(segment)) {
      connection = new Connection(all.length + 1, segment);
      all.push(connection);
      current.set(client, connection);
    }
    connection.take(from, segment, listener);
  }
  return all.some(({ hasGap }) => hasGap);
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
