import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { SEEN } from './line.js';
import type { Way } from './way.js';

/** How long a WebSocket may take to open, in ms. */
const PATIENCE = 3000;
/** Above so many bytes that wait to be sent nothing more is. */
const ROOM = 1_048_576;

/** A page is told these things of a connection. */
export interface PageEvents {
  /** It is open: what the connection before had brought and the server may not know of may come again. */
  begin(): void;
  /** A message came, in the document of this connection with this number. */
  message(from: number, to: string, n: number, number: number): void;
  /** The server knows that so many documents of this connection have come. */
  confirmed(count: number): void;
}

/** A WebSocket of a page: says how many documents it has (`counts`), and hears how many of its own are done with. */
export class WebLine implements Way {
  readonly closed: Promise<void>;
  isOpen = true;
  readonly #socket: WebSocket;
  readonly #events: PageEvents;
  readonly #asking: ((errno: number | undefined) => void)[] = [];
  #unsure: { readonly until: number; tell(isSure: boolean): void }[] = [];
  #isGreeted = false;
  #greeted = () => {};
  #end = () => {};
  #sent = 0;
  #handled = 0;
  #received = 0;
  #told = 0;

  /** Connects to a web port of 127.0.0.1. Rejects when it is not open in time. */
  static async open(port: number, key: string, events: PageEvents): Promise<WebLine> {
    const line = new WebLine(`ws://127.0.0.1:${port}/chat?tab=${key}`, events);
    const greeted = new Promise<void>((resolve) => {
      line.#greeted = resolve;
    });
    await Promise.race([greeted, line.closed, delay(PATIENCE, undefined, { ref: false })]);
    if (line.#isGreeted && line.isOpen) return line;
    line.destroy();
    throw new Error('no WebSocket');
  }

  private constructor(url: string, events: PageEvents) {
    this.#events = events;
    this.#socket = new WebSocket(url, ['counts'], { perMessageDeflate: false });
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#socket.on('message', (data: Buffer, isBinary) => this.#see(data, isBinary));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.#over());
  }

  async write(documents: readonly string[]): Promise<void> {
    for (const document of documents) {
      if (!this.isOpen) return;
      this.#sent++;
      this.#socket.send(document);
    }
    while (this.isOpen && this.#socket.bufferedAmount > ROOM) await delay(5);
  }

  login(id: number): Promise<number | undefined> {
    if (!this.isOpen) return Promise.resolve(undefined);
    const reply = new Promise<number | undefined>((resolve) => this.#asking.push(resolve));
    void this.write([`{"id":${id},"msgid":1,"password":"pw"}`]);
    return reply;
  }

  /** The server says how many documents are delivered, given to another node, stored or refused. */
  barrier(): Promise<boolean> {
    if (!this.isOpen) return Promise.resolve(false);
    if (this.#handled >= this.#sent) return Promise.resolve(true);
    return new Promise((tell) => this.#unsure.push({ until: this.#sent, tell }));
  }

  pause(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.pause();
  }

  resume(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  /** As a page does: what comes from now on is not seen, and the server not told that it came. */
  async end(): Promise<void> {
    this.resume();
    this.#over();
    this.#socket.close();
  }

  destroy(): void {
    this.#over();
    this.#socket.terminate();
  }

  #see(data: Buffer, isBinary: boolean): void {
    if (!this.isOpen) return;
    if (isBinary) this.#counts(data.readUInt32BE(0), data.readUInt32BE(4));
    else this.#document(data.toString('latin1'));
  }

  #document(text: string): void {
    const number = ++this.#received;
    for (const { 1: from, 2: to = '', 3: n, 4: errno } of text.matchAll(SEEN)) {
      if (errno === undefined) this.#events.message(Number(from), to, Number(n), number);
      else this.#asking.shift()?.(Number(errno));
    }
    // Once for what came together.
    setImmediate(() => this.#tell());
  }

  #tell(): void {
    if (this.#told === this.#received || !this.isOpen) return;
    this.#told = this.#received;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#told);
    this.#socket.send(bytes);
  }

  #counts(handled: number, confirmed: number): void {
    this.#handled = handled;
    if (!this.#isGreeted) {
      this.#isGreeted = true;
      this.#sent = handled;
      this.#events.begin();
      this.#greeted();
    }
    this.#events.confirmed(confirmed);
    for (const { until, tell } of this.#unsure) if (until <= handled) tell(true);
    this.#unsure = this.#unsure.filter(({ until }) => until > handled);
  }

  #over(): void {
    this.isOpen = false;
    for (const tell of this.#asking.splice(0)) tell(undefined);
    for (const { tell } of this.#unsure.splice(0)) tell(false);
    this.#end();
  }
}
