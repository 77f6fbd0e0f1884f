import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { unexpected } from '../net/guard.js';
import { Unconfirmed } from '../net/unconfirmed.js';
import { areWhole, Begun } from './begun.js';
import { countsFrame, framesIn } from './outgoing-frames.js';
import type { PageSocket, SocketOwner } from './page-socket.js';

/** Bytes of the length that stands before each document that is read, and of a count. */
const PREFIX = 4;

/** Close codes of WebSocket: done; a message that this server does not understand; one that is too long. */
const [DONE, NOT_UNDERSTOOD] = [1000, 1003];

/** A length that no document may have: what follows it is given up as too long. */
const TOO_LONG = Buffer.alloc(PREFIX, 0xff);

/** After at most this time, in ms, a client hears of new counts: once for all that changed meanwhile. */
const SOON = 50;

/** A client that leaves this many bytes unread is told no counts and answered no ping until it reads on. */
const MOST_UNREAD = 65_536;

/** The longest reason that a WebSocket can be closed with, in bytes. */
const MOST_REASON = 123;

/** What a stream of documents must know of its connection. */
export interface StreamOwner {
  /** Why the connection is ended, where the client is to know. */
  readonly why: string | undefined;
  /** So many bytes are kept of what has begun and not ended. Called when that changes. */
  keep(bytes: number): void;
}

/**
 * A WebSocket as a stream, as a connection reads and writes it: documents behind their lengths come out, four bytes each,
 * and frames with documents go in (see textFrame).
 *
 * 1. One text message is one document, both ways.
 * 2. A write is taken once the system has it; where the client counts (`counts`), once the client has said that it
 *    has all documents of it. A document that was written to a client that is gone, and had not said that it has it,
 *    counts as not written.
 * 3. A counting client sends binary messages: how many documents of this connection it has, four bytes, the highest
 *    first. It gets such messages of eight bytes: how many of its documents are done with (see `tellHandled`), and
 *    how many of the server's do not come again: it has said to have them, and all others of the same write.
 * 4. Nothing is read from the WebSocket while nobody reads the stream.
 */
export class DocumentStream extends Duplex implements SocketOwner {
  owner: StreamOwner | undefined;
  private readonly ws: PageSocket;
  private readonly socket: Socket;
  private readonly counts: boolean;
  private written = 0;
  private readonly unconfirmed = new Unconfirmed();
  private handled = 0;
  private soon: NodeJS.Timeout | undefined;
  /** Undefined while nothing has begun that has not ended. */
  private begun: Begun | undefined;
  private kept = 0;

  /**
   * @param socket what the WebSocket speaks over
   * @param counts whether the client says what it has
   */
  constructor(ws: PageSocket, socket: Socket, counts: boolean) {
    super();
    this.ws = ws;
    this.socket = socket;
    this.counts = counts;
    ws.owner = this;
    // First of all: a message that ends with this read is handed on below.
    socket.prependListener('data', this.watch.bind(this));
  }

  /** How many bytes were written to the socket. */
  get bytesWritten(): number {
    return this.socket.bytesWritten;
  }

  /** How many bytes were read from the socket: pongs count. */
  get bytesRead(): number {
    return this.socket.bytesRead;
  }

  private get isOpen(): boolean {
    return this.ws.readyState === this.ws.OPEN;
  }

  /** Asks the browser whether it is there: its answer makes `bytesRead` grow. */
  ping(): void {
    if (this.isOpen) this.ws.ping();
  }

  /**
   * The client has connected: of those that it has sent by connections before, the first `handled` documents are done with.
   */
  begin(handled: number): void {
    this.handled = handled;
    this.sendCounts();
  }

  /** The first `count` documents of the client are done with: delivered, given to another node, stored or refused. */
  tellHandled(count: number): void {
    this.handled = count;
    this.tellCounts();
  }

  override _read(): void {
    this.ws.resume();
  }

  override _write(frames: Buffer, _encoding: string, taken: (error?: Error | null) => void): void {
    if (!this.isOpen) taken(new Error('the WebSocket is closed'));
    else if (this.counts) {
      this.written += framesIn(frames);
      this.socket.write(frames);
      this.unconfirmed.wait(this.written, taken);
    } else this.socket.write(frames, taken);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.sendCounts();
    if (this.isOpen) this.ws.close(DONE, shortened(this.owner?.why ?? ''));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.unconfirmed.forget();
    clearTimeout(this.soon);
    this.ws.terminate();
    done(error);
  }

  /** See SocketOwner. */
  received(data: Buffer, isBinary: boolean): void {
    if (isBinary) this.count(data);
    else if (!this.push(behindLength(data))) this.ws.pause();
  }

  /** See SocketOwner. Of pings that come faster than their answers are fetched only some are answered (RFC 6455, 5.5.3). */
  pinged(data: Buffer): void {
    if (!this.isBehind && this.isOpen) this.ws.pong(data);
  }

  /** See SocketOwner. The client has closed, or is gone: what has come is handled. */
  gone(): void {
    if (this.unconfirmed.isWaiting) this.destroy();
    else this.push(null);
  }

  /** See SocketOwner. */
  failed(error: NodeJS.ErrnoException): void {
    // The connection ends as after a document that is too long on any other port.
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.push(TOO_LONG);
    else this.destroy(error);
  }

  private watch(chunk: Buffer): void {
    try {
      if (this.begun === undefined && areWhole(chunk)) return;
      this.begun ??= new Begun();
      this.tellKept(this.begun.push(chunk));
      if (this.kept === 0) this.begun = undefined;
    } catch (error) {
      unexpected(error, 'a WebSocket');
    }
  }

  private tellKept(bytes: number): void {
    if (bytes === this.kept) return;
    this.kept = bytes;
    this.owner?.keep(bytes);
  }

  private get isBehind(): boolean {
    return this.socket.writableLength > MOST_UNREAD;
  }

  /** The client says how many documents it has. */
  private count(data: Buffer): void {
    const count = data.length === PREFIX ? data.readUInt32BE() : Number.NaN;
    if (this.counts && this.unconfirmed.confirm(count, this.written)) this.tellCounts();
    else this.ws.close(NOT_UNDERSTOOD);
  }

  private tellCounts(): void {
    if (this.counts) this.soon ??= setTimeout(sendCountsOf, SOON, this).unref();
  }

  private sendCounts(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    if (!this.counts || !this.isOpen) return;
    if (this.isBehind && !this.writableEnded) this.tellCounts();
    else this.socket.write(countsFrame(this.handled, this.unconfirmed.taken));
  }

  /** See SOON. */
  sendSoon(): void {
    try {
      this.sendCounts();
    } catch (error) {
      unexpected(error, 'a WebSocket');
    }
  }
}

/** One function for all: a closure for each stream would be made again and again. */
function sendCountsOf(stream: DocumentStream): void {
  stream.sendSoon();
}

/** In one piece: two would be read, and looked at, one by one. */
function behindLength(document: Buffer): Buffer {
  const piece = Buffer.allocUnsafe(PREFIX + document.length);
  piece.writeUInt32BE(document.length);
  document.copy(piece, PREFIX);
  return piece;
}

function shortened(reason: string): string {
  return Buffer.from(reason)
    .subarray(0, MOST_REASON)
    .toString()
    .replace(/\ufffd+$/, '');
}
