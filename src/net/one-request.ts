import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Nothing longer is read of a request's body. */
const MOST_BODY = 1024;

/**
 * Lets each connection ask once at a time. Node hands over all requests of one read in one turn: thousands, each of which
 * would be answered before anybody else is served. No client that waits for answers does so.
 */
export class OneRequest {
  private readonly asking = new WeakSet<object>();

  /** Whether the request may be answered. If not, its connection has ended. */
  begin({ socket }: Pick<IncomingMessage, 'socket'>): boolean {
    if (this.asking.has(socket)) {
      socket.destroy();
      stopParsing(socket);
      return false;
    }
    this.asking.add(socket);
    return true;
  }

  /** The answer has gone, and the connection may ask again. */
  end({ socket }: Pick<IncomingMessage, 'socket'>): void {
    this.asking.delete(socket);
  }
}

/** The answer to Node's parser when no more HTTP follows. */
const UPGRADED = 2;

/** Node makes objects of all requests that came in one read, even when their connection has ended: 50 ms for 64 KB. */
function stopParsing(socket: Parsed): void {
  if (socket.parser) socket.parser.onIncoming = () => UPGRADED;
}

/** A socket with what reads requests from it: not in Node's documentation, so that it may be missing. */
interface Parsed extends Socket {
  readonly parser?: { onIncoming: unknown } | null;
}

/** Whether a request brings a body that is not read: a long one, or one that says of no length, which need not end. */
export function hasLongBody({ headers }: Pick<IncomingMessage, 'headers'>, most = MOST_BODY): boolean {
  return headers['transfer-encoding'] !== undefined || !(Number(headers['content-length'] ?? 0) <= most);
}
