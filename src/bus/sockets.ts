import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Flushable, flushLater } from '../net/flusher.js';
import { guarded } from '../net/guard.js';
import { LengthReader } from '../net/length-reader.js';
import type { Medium, MediumEvents } from './medium.js';

/** Between two beats, in ms. */
const BEAT = 250;
/** Bytes in front of each frame: its length. */
const HEAD = 4;

/**
 * A medium between processes of one machine: each listens on a Unix socket in a folder that all know, and speaks to
 * every other over a connection of its own. There are no channels of users: all nodes are ours.
 */
export class SocketMedium implements Medium {
  private readonly folder: string;
  private readonly peers = new Map<string, Speaker>();
  private readonly connecting = new Map<string, Promise<void>>();
  private readonly accepted = new Set<Socket>();
  private readonly server: Server;
  private heart: NodeJS.Timeout | undefined;
  private node = '';
  private events: MediumEvents | undefined;

  /** @param folder which all nodes share, and nobody else may enter */
  constructor(folder: string) {
    this.folder = folder;
    this.server = createServer((socket) => this.accept(socket));
  }

  async start(node: string, events: MediumEvents): Promise<void> {
    this.node = node;
    this.events = events;
    // Exclusive: not shared with other workers, and not the primary process's.
    this.server.listen({ path: join(this.folder, node), exclusive: true });
    await once(this.server, 'listening');
    // One who comes when no more files may be open is no reason to end: it tries again.
    this.server.on('error', () => {});
    const others = (await readdir(this.folder)).filter((name) => name !== node);
    await Promise.all(others.map((other) => this.connect(other)));
    this.heart = setInterval(
      guarded('a beat', () => this.events?.beat([])),
      BEAT,
    );
  }

  async subscribe(): Promise<void> {}

  async unsubscribe(): Promise<void> {}

  async publish(): Promise<number> {
    return 0;
  }

  async subscribers(): Promise<undefined> {
    return undefined;
  }

  async tell(node: string | undefined, bytes: Buffer): Promise<number> {
    const peers = node === undefined ? [...this.peers.values()] : [this.peers.get(node)];
    for (const peer of peers) peer?.say(bytes);
    // As on Redis, a node hears itself.
    return peers.length + 1;
  }

  async close(): Promise<void> {
    clearInterval(this.heart);
    this.events = undefined;
    const sent = [...this.peers.values()].map(({ socket }) => new Promise<void>((done) => socket.end(done)));
    const late = new Promise((resolve) => setTimeout(resolve, BEAT));
    await Promise.race([Promise.all(sent), late]);
    for (const { socket } of this.peers.values()) socket.destroy();
    for (const socket of this.accepted) socket.destroy();
    this.server.close();
    await rm(join(this.folder, this.node), { force: true });
  }

  /** Resolves when the node can be spoken to, or is found dead. */
  private connect(node: string): Promise<void> {
    const known = this.connecting.get(node);
    if (known !== undefined) return known;
    const connected = this.open(node);
    this.connecting.set(node, connected);
    return connected;
  }

  private open(node: string): Promise<void> {
    const socket = createConnection(join(this.folder, node));
    return new Promise((resolve) => {
      socket.on('connect', () => {
        const peer = new Speaker(socket);
        this.peers.set(node, peer);
        peer.say(Buffer.from(this.node, 'hex'));
        resolve();
      });
      socket.on('error', () => socket.destroy());
      const lost = guarded('a worker that is gone', () => this.lost(node));
      socket.on('close', () => {
        lost();
        resolve();
      });
      // Nothing comes this way, but the end is to be noticed.
      socket.resume();
    });
  }

  private lost(node: string): void {
    this.peers.delete(node);
    this.connecting.delete(node);
    this.events?.gone(node);
  }

  /** The other end of what another node opened. It says its name first, and is heard when it can be answered. */
  private accept(socket: Socket): void {
    this.accepted.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.accepted.delete(socket));
    const reader = new LengthReader('lowest first');
    let isNamed = false;
    const hear = guarded('what a worker said', () => {
      for (let frame = reader.take(); frame !== undefined; frame = reader.take()) {
        if (isNamed) this.events?.heard(frame);
        else {
          isNamed = true;
          socket.pause();
          void this.connect(frame.toString('hex')).then(() => {
            hear();
            socket.resume();
          });
          return;
        }
      }
    });
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      hear();
    });
  }
}

/** The way to another node: what is said in one turn of the event loop leaves in one write. */
class Speaker implements Flushable {
  readonly socket: Socket;
  private corked = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  say(bytes: Buffer): void {
    if (!this.corked) {
      this.corked = true;
      this.socket.cork();
      flushLater(this);
    }
    const head = Buffer.allocUnsafe(HEAD);
    head.writeUInt32LE(bytes.length);
    this.socket.write(head);
    this.socket.write(bytes);
  }

  flush(): void {
    this.corked = false;
    this.socket.uncork();
  }
}
