/** A port with a page for the few who run a server: the admin port, and the page of `chat-compat shadow`. */
import type { Socket } from 'node:net';

/** Nothing is loaded from elsewhere, nothing is kept by a browser, and no other page shows it in a frame. */
export const PAGE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; img-src data:; style-src 'self'; script-src 'self'; connect-src 'self'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** For a request to come, in ms: who only holds a connection loses it. */
export const PAGE_TIMES = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 5000,
};

/** Connections at a time: they are among the files that the program keeps for itself. */
const MOST = 64;

/** Takes each new connection: when there are too many, the oldest has to go. So nobody can keep others out. */
export function fewConnections(most = MOST): (socket: Socket) => void {
  const open = new Set<Socket>();
  return (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    const [oldest] = open;
    if (open.size > most) oldest?.destroy();
  };
}
