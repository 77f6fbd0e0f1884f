import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { guarded } from '../net/guard.js';
import { Unconfirmed } from '../net/unconfirmed.js';
import { Begun } from './begun.js';

/** Bytes of the length that stands before each document in the stream. */
const PREFIX = 4;

/** Close codes of WebSocket: done; a message that this server does not understand; one that is too long. */
const [DONE, NOT_UNDERSTOOD] = [1000, 1003];

/** A length that no document may have: what follows it is given up as too long. */
const TOO_LONG = Buffer.alloc(PREFIX, 0xff);

/**
 * After at most this time, in ms, a client hears that the server knows its counts: once for all that it said
 * meanwhile.
 */
const SOON = 50;

/** A client that leaves this many bytes unread is told no counts and answered no ping until it reads on. */
const MOST_UNREAD = 65_536;

/** The longest reason that a WebSocket can be closed with, in bytes. */
const MOST_REASON = 123;

/**
 * A WebSocket as a stream of documents behind their lengths, four bytes each, as a connection reads and writes them.
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
export class DocumentStream extends Duplex {
  private readonly ws: WebSocket;
  private readonly socket: Socket;
  private readonly counts: boolean;
  private written = 0;
  private readonly unconfirmed = new Unconfirmed();
  private handled = 0;
  private telling = false;
  private soon: NodeJS.Timeout | undefined;
  /** Why the connection is ended, where the client is to know. */
  reason: () => string | undefined = () => undefined;
  /** Is told how many bytes are kept of what has begun and not ended, when that changes. */
  keeps: (bytes: number) => void = () => {};
  private kept = 0;

  /**
   * @param socket what the WebSocket speaks over
   * @param counts whether the client says what it has
   */
  constructor(ws: WebSocket, socket: Socket, counts: boolean) {
    super();
    this.ws = ws;
    this.socket = socket;
    this.counts = counts;
    const begun = new Begun();
    // First of all: a message that ends with this read is handed on below.
    const read = (chunk: Buffer) => this.tellKept(begun.push(chunk));
    socket.prependListener('data', guarded('a WebSocket', read));
    ws.on('message', guarded('a WebSocket', this.received.bind(this)));
    ws.on('ping', guarded('a WebSocket', this.pinged.bind(this)));
    ws.on('close', guarded('a WebSocket', this.gone.bind(this)));
    ws.on('error', guarded('a WebSocket', this.failed.bind(this)));
  }

  /** How many bytes were written to the socket. */
  get bytesWritten(): number {
    return this.socket.bytesWritten;
  }

  /** How many bytes were read from the socket: pongs count. */
  get bytesRead(): number {
    return this.socket.bytesRead;
  }

  /** Asks the browser whether it is there: its answer makes `bytesRead` grow. */
  ping(): void {
    if (this.ws.readyState === this.ws.OPEN) this.ws.ping();
  }

  /** The first `count` documents of the client are done with: delivered, given to another node, stored or refused. */
  tellHandled(count: number): void {
    this.handled = count;
    this.tellCounts();
  }

  override _read(): void {
    this.ws.resume();
  }

  override _write(chunk: Buffer, _encoding: string, taken: (error?: Error) => void): void {
    if (this.ws.readyState !== this.ws.OPEN) {
      taken(new Error('the WebSocket is closed'));
      return;
    }
    this.socket.cork();
    let sent = taken as (error?: Error) => void;
    if (this.counts) sent = () => {};
    for (let at = 0; at < chunk.length; ) {
      const start = at + PREFIX;
      at = start + chunk.readUInt32BE(at);
      this.written++;
      this.ws.send(text(chunk.subarray(start, at)), { binary: false }, at < chunk.length ? undefined : sent);
    }
    this.socket.uncork();
    if (this.counts) this.unconfirmed.wait(this.written, taken);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.sendCounts();
    if (this.ws.readyState === this.ws.OPEN) this.ws.close(DONE, shortened(this.reason() ?? ''));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.unconfirmed.forget();
    clearTimeout(this.soon);
    this.ws.terminate();
    done(error);
  }

  private tellKept(bytes: number): void {
    if (bytes === this.kept) return;
    this.kept = bytes;
    this.keeps(bytes);
  }

  private received(data: Buffer, isBinary: boolean): void {
    if (isBinary) this.count(data);
    else {
      const length = Buffer.allocUnsafe(PREFIX);
      length.writeUInt32BE(data.length);
      this.push(length);
      if (!this.push(data)) this.ws.pause();
    }
  }

  /** Of pings that come faster than their answers are fetched only some are answered (RFC 6455, 5.5.3). */
  private pinged(data: Buffer): void {
    if (!this.isBehind && this.ws.readyState === this.ws.OPEN) this.ws.pong(data);
  }

  private get isBehind(): boolean {
    return this.socket.writableLength > MOST_UNREAD;
  }

  /** The client says how many documents it has. */
  private count(data: Buffer): void {
    const count = data.length === PREFIX ? data.readUInt32BE() : Number.NaN;
    if (!this.counts || !this.unconfirmed.confirm(count, this.written)) {
      this.ws.close(NOT_UNDERSTOOD);
      return;
    }
    this.soon ??= setTimeout(guarded('a WebSocket', this.sendCounts.bind(this)), SOON).unref();
  }

  /** Once for all that changes in one turn of the event loop. */
  private tellCounts(): void {
    if (!this.counts || this.telling) return;
    this.telling = true;
    setImmediate(guarded('a WebSocket', this.sendCounts.bind(this)));
  }

  private sendCounts(): void {
    this.telling = false;
    clearTimeout(this.soon);
    this.soon = undefined;
    if (!this.counts || this.ws.readyState !== this.ws.OPEN) return;
    if (this.isBehind && !this.writableEnded) {
      this.soon = setTimeout(guarded('a WebSocket', this.sendCounts.bind(this)), SOON).unref();
      return;
    }
    const counts = Buffer.allocUnsafe(2 * PREFIX);
    counts.writeUInt32BE(this.handled);
    counts.writeUInt32BE(this.unconfirmed.taken, PREFIX);
    this.ws.send(counts);
  }

  /** The client has closed, or is gone: what has come is handled. */
  private gone(): void {
    if (this.unconfirmed.isWaiting) this.destroy();
    else this.push(null);
  }

  private failed(error: NodeJS.ErrnoException): void {
    // The connection ends as after a document that is too long on any other port.
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.push(TOO_LONG);
    else this.destroy(error);
  }
}

/** A text message must be UTF-8. Rows that other programs have stored may be anything: what is ill-formed is replaced. */
function text(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : Buffer.from(bytes.toString());
}

function shortened(reason: string): string {
  return Buffer.from(reason)
    .subarray(0, MOST_REASON)
    .toString()
    .replace(/\ufffd+$/, '');
}
