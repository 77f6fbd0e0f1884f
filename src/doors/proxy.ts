import type { BlockList, Socket } from 'node:net';
import { unexpected } from '../net/guard.js';
import type { Door, Visit } from './door.js';
import { readHeader } from './header.js';
import type { Header } from './reading.js';

/** For a proxy to say who it speaks for, in ms. */
const PATIENCE = 5000;

/**
 * A door for clients that come through proxies: these say first, by the PROXY protocol, whom they speak for. Who
 * comes from another address is a client itself, and whatever it says is a client's.
 *
 * @param proxies whose word is taken
 * @param expected whether a proxy that says nothing is turned away, or speaks for itself
 */
export function behindProxies(
  door: Door,
  proxies: BlockList,
  expected: 'always' | 'if it says so' = 'always',
): Door {
  return (socket, address, visit) => {
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    if (proxies.check(address, family)) new Introduction(socket, address, visit, door, expected === 'always');
    else door(socket, address, visit);
  };
}

/** The first bytes of a connection: they say who it is. */
class Introduction {
  private readonly socket: Socket;
  private readonly proxy: string;
  private readonly visit: Visit;
  private readonly door: Door;
  private readonly timer: NodeJS.Timeout;
  private readonly isNeeded: boolean;
  private bytes: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, proxy: string, visit: Visit, door: Door, isNeeded: boolean) {
    this.isNeeded = isNeeded;
    this.socket = socket;
    this.proxy = proxy;
    this.visit = visit;
    this.door = door;
    this.timer = setTimeout(this.end, PATIENCE);
    socket.on('data', this.read).on('end', this.left).on('error', this.left);
  }

  private readonly read = (chunk: Buffer): void => {
    try {
      this.take(chunk);
    } catch (error) {
      unexpected(error, 'a PROXY header');
      this.socket.destroy();
    }
  };

  private take(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    const header = readHeader(this.bytes);
    if (header === 'wrong' && !this.isNeeded) this.pass({ address: undefined, length: 0 });
    else if (header === 'wrong') this.end();
    else if (header !== 'more') this.pass(header);
  }

  /** A health check of a proxy only looks whether somebody listens: it sends nothing, and is no fault. */
  private readonly left = (): void => {
    if (this.bytes.length > 0) this.end();
    else this.close();
  };

  private readonly end = (): void => {
    this.visit.refuse('no PROXY header', this.proxy);
    this.close();
  };

  private close(): void {
    this.forget();
    this.socket.destroy();
  }

  private pass({ address = this.proxy, length }: Header): void {
    this.forget();
    // The bytes behind the header are the client's: they wait for the next reader.
    this.socket.pause();
    if (this.bytes.length > length) this.socket.unshift(this.bytes.subarray(length));
    this.door(this.socket, address, this.visit);
  }

  private forget(): void {
    clearTimeout(this.timer);
    this.socket.off('data', this.read).off('end', this.left).off('error', this.left);
    this.socket.on('error', () => this.socket.destroy());
  }
}
