import { setTimeout as delay } from 'node:timers/promises';
import { beforeDeadline } from '../../compat-tests/harness/deadline.js';
import { Line } from '../../src/compat/load/line.js';
import { login, logout } from '../load/message.js';

/** The part of a login reply that no chat message has: quotes in texts are escaped. */
const REPLY = /"(id|errno)":(\d+),"msgid":2/;
const IN_USE = '2';

/** A user with one connection, who only counts what comes. */
export class SoakUser {
  readonly id: number;
  /** How many bytes have come. */
  heard = 0;
  /** Whether it is neither away nor on its way. */
  isHere = false;
  readonly #port: number;
  readonly #onEnd: (error: Error) => void;
  #line: Line | undefined;

  /** @param onEnd told when the server ends the connection */
  constructor(port: number, id: number, onEnd: (error: Error) => void) {
    this.#port = port;
    this.id = id;
    this.#onEnd = onEnd;
  }

  say(bytes: Buffer): void {
    this.#line?.send(bytes);
  }

  /** Connects and logs in. */
  async come(): Promise<void> {
    this.#line = await Line.open(this.#port);
    this.#line.onEnd = () => this.#onEnd(new Error(`the server ended the connection of ${this.id}`));
    await this.#enter(this.#line);
  }

  /** Logs out, stays away for a time, in ms, and logs in again on the same connection. */
  async relog(away: number): Promise<void> {
    this.isHere = false;
    this.say(logout(this.id));
    await delay(away);
    if (this.#line !== undefined) await this.#enter(this.#line);
  }

  /** Closes the connection, stays away for a time, in ms, and logs in on another one. */
  async reconnect(away: number): Promise<void> {
    this.leave();
    await delay(away);
    await this.come();
  }

  leave(): void {
    this.isHere = false;
    this.#line?.close();
  }

  /** Tries until the server has noticed that the connection before is closed. */
  async #enter(line: Line): Promise<void> {
    for (;;) {
      const [, key, value] = await beforeDeadline(this.#ask(line), () => `the login reply of ${this.id}`);
      if (key === 'id') break;
      if (value !== IN_USE) throw new Error(`login of ${this.id}: errno ${value}`);
      await delay(20);
    }
    this.isHere = true;
    line.onBytes = (_bytes, count) => {
      this.heard += count;
    };
  }

  #ask(line: Line): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      let text = '';
      line.onBytes = (bytes, count) => {
        this.heard += count;
        text += Buffer.from(bytes.subarray(0, count)).toString('latin1');
        const found = REPLY.exec(text);
        if (found !== null) resolve(found);
      };
      line.send(login(this.id));
    });
  }
}
