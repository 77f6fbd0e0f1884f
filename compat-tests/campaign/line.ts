import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { cutOff } from '../harness/cut-off.js';
import type { Way } from './way.js';

/** The mark that every message of a campaign has in its text: who wrote it to whom, and its number. */
export function mark(from: number, to: string, n: number): string {
  return `[${from}>${to}#${n}]`;
}

/** Marks, and the errno of replies. */
export const SEEN = /\[(\d+)>(g?\d+)#(\d+)\]|"errno":(\d)/g;
/** No mark is longer. */
const LONGEST = 48;

export type OnMark = (from: number, to: string, n: number) => void;

/** A client's connection that looks for nothing but marks and the errno of replies. */
export class Line implements Way {
  /** Resolves when it is over, and everything that came was seen. */
  readonly closed: Promise<void>;
  isOpen = true;
  readonly #socket: Socket;
  readonly #onMark: OnMark;
  readonly #end: string;
  readonly #waiting: ((errno: number | undefined) => void)[] = [];
  #tail = '';

  /**
   * Connects to a port of 127.0.0.1. Rejects when nobody listens there.
   *
   * @param end what ends each of its documents
   */
  static async open(port: number, onMark: OnMark, end = '\0'): Promise<Line> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Line(socket, onMark, end);
  }

  private constructor(socket: Socket, onMark: OnMark, end: string) {
    this.#end = end;
    this.#socket = socket;
    this.#onMark = onMark;
    socket.setNoDelay();
    socket.on('error', () => {});
    socket.on('data', (bytes) => this.#see(bytes));
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.isOpen = false;
        for (const tell of this.#waiting.splice(0)) tell(undefined);
        resolve();
      });
    });
  }

  /** Its own port. */
  get port(): number {
    return this.#socket.localPort ?? Number.NaN;
  }

  write(documents: readonly string[]): Promise<void> {
    return this.send(documents.map((document) => document + this.#end).join(''));
  }

  /** Sends bytes. Resolves when there is room for more, or the connection is over. */
  async send(text: string): Promise<void> {
    if (!this.isOpen || this.#socket.write(text)) return;
    await Promise.race([once(this.#socket, 'drain').catch(() => {}), this.closed]);
  }

  /** The errno of the reply to a request; undefined when the connection ends before it comes. */
  ask(text: string): Promise<number | undefined> {
    if (!this.isOpen) return Promise.resolve(undefined);
    const reply = new Promise<number | undefined>((resolve) => this.#waiting.push(resolve));
    void this.send(text);
    return reply;
  }

  login(id: number): Promise<number | undefined> {
    return this.ask(`{"id":${id},"msgid":1,"password":"pw"}\0`);
  }

  /** A login that never works is answered after what was sent before. */
  async barrier(): Promise<boolean> {
    return (await this.ask('{"id":-2147483648,"msgid":1,"password":"nobody"}\0')) !== undefined;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says that nothing more is sent, and reads until the server ends the connection too. */
  async end(): Promise<void> {
    this.resume();
    this.#socket.end();
    await this.closed;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Ends the connection at once (RST): the server can write nothing more to it. */
  reset(): void {
    cutOff(this.#socket);
  }

  #see(bytes: Buffer): void {
    const text = this.#tail + bytes.toString('latin1');
    let end = 0;
    for (const { 0: all, 1: from, 2: to, 3: n, 4: errno, index } of text.matchAll(SEEN)) {
      end = index + all.length;
      if (errno === undefined) this.#onMark(Number(from), to ?? '', Number(n));
      else this.#waiting.shift()?.(Number(errno));
    }
    this.#tail = text.slice(Math.max(end, text.length - LONGEST));
  }
}
