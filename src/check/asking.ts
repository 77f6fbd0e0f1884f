import { connect } from 'node:net';
import type { Settings } from '../options.js';
import { helloTo, unavailableOf } from './hello.js';

/** How long a server may take to answer, in ms: one whose database is away waits for that at most 10 s first. */
const PATIENCE = 15_000;

/**
 * How the listener at a port answers a login. `unavailable`: a chat server, whose database is away.
 * `closes`: ends the connection without a word. `silent`: says nothing in time. `refuses`: cannot be connected to.
 */
export type Manner = 'answers' | 'unavailable' | 'speaks otherwise' | 'closes' | 'silent' | 'refuses';

/** Logs in as nobody. Resolves with how that was answered; never rejects. */
export function ask(
  { ip, port }: { readonly ip: string; readonly port: number },
  settings: Pick<Settings, 'dialect' | 'proxy-from'>,
  patience = PATIENCE,
): Promise<Manner> {
  const host = ANYWHERE[ip] ?? ip;
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => done('silent'), patience);
    let isConnected = false;
    const done = (manner: Manner) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(manner);
    };
    socket.on('connect', () => {
      isConnected = true;
      socket.write(helloTo(host, settings));
    });
    socket.on('data', (bytes) => done(mannerOf(bytes, settings)));
    socket.on('end', () => done('closes'));
    socket.on('error', () => done(isConnected ? 'closes' : 'refuses'));
  });
}

/** Addresses to listen on that are none to connect to. */
export const ANYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

function mannerOf(bytes: Buffer, { dialect }: Pick<Settings, 'dialect'>): Manner {
  if (!bytes.includes('{"')) return 'speaks otherwise';
  return bytes.includes(unavailableOf(dialect)) ? 'unavailable' : 'answers';
}
