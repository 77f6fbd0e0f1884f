import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type Flushable, flushLater } from '../net/flusher.js';
import { guarded } from '../net/guard.js';
import { LengthReader } from '../net/length-reader.js';
import type { Medium, MediumEvents } from './medium.js';

/** Between two beats, in ms. */
const BEAT = 250;
/** Bytes in front of each frame: its length. */
const HEAD = 4;
/**
 * At most 16 MiB, and one frame, are kept for a node that takes nothing, as one that is frozen. It is more than nodes
 * have on their way to each other at a time: without it each login would be kept for that node, for ever.
 */
const MOST_KEPT = 16_777_216;
/** A node that hears another answers this to its name. */
const HEARD = Buffer.from([1]);
/** So connecting ends where nobody listens: its process is dead. */
const DEAD: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT'];

/**
 * A medium between processes of one machine: each listens on a Unix socket in a folder that all know, and speaks to
 * every other over a connection of its own. There are no channels of users: all nodes are ours.
 *
 * 1. A node is gone when nobody listens at its place any more, and all that it said has been heard.
 * 2. A connection that ends earlier, as when no more files may be open, is opened again and again. When the other end
 *    hears it, the medium is told as having been away: what was said meanwhile is lost.
 * 3. A connection to a node that takes nothing is ended when too much is kept for it: nothing more is kept until it hears
 *    the next one.
 */
export class SocketMedium implements Medium {
  readonly hasOriginals = false;
  private readonly folder: string;
  private readonly peers = new Map<string, Speaker>();
  private readonly connecting = new Map<string, Promise<void>>();
  /** The connections that other nodes have opened, each with its node, once that has said its name. */
  private readonly accepted = new Map<Socket, string>();
  private readonly server: Server;
  private heart: NodeJS.Timeout | undefined;
  private node = '';
  private events: MediumEvents | undefined;

  /** @param folder which all nodes share, and nobody else may enter */
  constructor(folder: string) {
    this.folder = folder;
    this.server = createServer((socket) => this.accept(socket));
  }

  /** How many bytes were said and not taken yet by those to whom they were. */
  get kept(): number {
    return [...this.peers.values()].reduce((sum, { kept }) => sum + kept, 0);
  }

  async start(node: string, events: MediumEvents): Promise<void> {
    this.node = node;
    this.events = events;
    // Exclusive: not shared with other workers, and not the primary process's.
    this.server.listen({ path: join(this.folder, node), exclusive: true });
    await once(this.server, 'listening');
    // One who comes when no more files may be open is no reason to end: it tries again, as in `open`.
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
    for (const socket of this.accepted.keys()) socket.destroy();
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

  /**
   * Resolves when the node can be spoken to, as far as is known, or could not be for the first time.
   *
   * @param isAgain an earlier connection has ended, and the node is not known to be dead
   */
  private open(node: string, isAgain = false): Promise<void> {
    const socket = createConnection(join(this.folder, node));
    let isDead = false;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      isDead = DEAD.includes(error.code);
    });
    // Nothing else comes this way.
    const peer = new Speaker(socket);
    const heard = guarded('a worker that is back', () => {
      peer.isHeard = true;
      if (isAgain) this.wasAway();
    });
    socket.once('data', heard).resume();
    return new Promise((resolve) => {
      socket.on('connect', () => {
        if (this.events === undefined) return socket.destroy();
        this.peers.set(node, peer);
        peer.say(Buffer.from(this.node, 'hex'));
        peer.isHeard = !isAgain;
        return resolve();
      });
      const ended = guarded('the end of a connection to a worker', () => this.ended(node, isDead, isAgain));
      socket.on('close', () => {
        resolve();
        ended();
      });
    });
  }

  private async ended(node: string, isDead: boolean, isAgain: boolean): Promise<void> {
    this.peers.delete(node);
    if (isDead) await this.dead(node);
    else setTimeout(() => this.events && this.open(node, true), isAgain ? BEAT : 0).unref();
  }

  /** Nobody listens there any more: the node is dead. The frames that it had sent are heard first. */
  private async dead(node: string): Promise<void> {
    this.connecting.delete(node);
    await turn();
    await this.heardOut(node);
    this.events?.gone(node);
  }

  /** Resolves when all that a node has said on the connections that it has had so far has been heard. */
  private async heardOut(node: string): Promise<void> {
    const open = [...this.accepted].filter(([, name]) => name === node);
    await Promise.all(open.map(([socket]) => new Promise((done) => socket.once('close', done))));
  }

  private wasAway(): void {
    this.events?.up(false);
    this.events?.up(true);
  }

  /** The other end of what another node opened. It says its name first, and is heard when it can be answered. */
  private accept(socket: Socket): void {
    this.accepted.set(socket, '');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.accepted.delete(socket));
    const reader = new LengthReader('lowest first');
    let isNamed = false;
    const hear = guarded('what a worker said', () => {
      for (let frame = reader.take(); frame !== undefined; frame = reader.take()) {
        if (isNamed) this.events?.heard(frame);
        else {
          isNamed = true;
          const node = frame.toString('hex');
          const before = this.heardOut(node);
          this.accepted.set(socket, node);
          socket.write(HEARD);
          socket.pause();
          void Promise.all([before, this.connect(node)]).then(() => {
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
  /** Whether the other node is known to hear this connection, or has never had another one. */
  isHeard = true;
  private corked = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** How many bytes the other node has not taken. */
  get kept(): number {
    return this.socket.writableLength;
  }

  say(bytes: Buffer): void {
    if (!this.isHeard) return;
    if (this.kept > MOST_KEPT) {
      this.isHeard = false;
      this.socket.destroy();
      return;
    }
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
