import type { ChatClient } from './chat-client.js';
import { EndOfInput, type Terminal } from './terminal.js';

/** Before the first attempt, and before all later ones at most, in ms; at random less, as others come back, too. */
const [FIRST, LONGEST] = [500, 15_000];

/**
 * Connects a person again, who does not have to do anything for it. Lines typed meanwhile are no answer to anybody: of
 * somebody who is logged in it is the command that was being typed when the connection was lost, and stands at the next
 * prompt. In the menu it was an answer, maybe a password: it is forgotten.
 */
export class Reconnecting {
  readonly #connect: () => Promise<ChatClient>;
  readonly #terminal: Terminal;
  readonly #isLoggedIn: boolean;
  /** There is a connection: nothing is asked any more. */
  readonly #back = new AbortController();
  /** The user wants none any more. */
  readonly #stop = new AbortController();
  #hurry: () => void = () => {};

  constructor(connect: () => Promise<ChatClient>, terminal: Terminal, isLoggedIn: boolean) {
    this.#connect = connect;
    this.#terminal = terminal;
    this.#isLoggedIn = isLoggedIn;
  }

  /** Resolves with a connection, or with undefined once the user wants none. To be called once. */
  async done(): Promise<ChatClient | undefined> {
    this.#terminal.print(this.#terminal.words.reconnecting, 'note');
    const asking = this.#askMeanwhile();
    const stopped = new Promise<undefined>((resolve) => {
      this.#stop.signal.addEventListener('abort', () => resolve(undefined));
    });
    try {
      return await Promise.race([this.#attempts(), stopped]);
    } finally {
      this.#back.abort();
      await asking;
    }
  }

  async #attempts(): Promise<ChatClient | undefined> {
    let told = '';
    for (let pause = FIRST; ; pause = Math.min(2 * pause, LONGEST)) {
      await this.#rest(pause * (0.5 + Math.random() / 2));
      if (this.#stop.signal.aborted) return undefined;
      try {
        return await this.#connect();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (why !== told && !this.#stop.signal.aborted) this.#terminal.print(why, 'note');
        told = why;
      }
    }
  }

  /** Resolves after `ms`, or when the user wants it at once. */
  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #askMeanwhile(): Promise<void> {
    try {
      while (!isEnd(await this.#line()));
      this.#stop.abort();
    } catch (error) {
      if (error instanceof EndOfInput) this.#stop.abort();
      else if (!this.#back.signal.aborted) throw error;
    }
  }

  /** A line that is typed; one that ends nothing is kept, and lets the next attempt be made at once. */
  async #line(): Promise<string> {
    const { words } = this.#terminal;
    const kind = this.#isLoggedIn ? 'command' : 'choice';
    const line = await this.#terminal.ask('', kind, this.#back.signal);
    if (isEnd(line)) return line;
    if (this.#isLoggedIn) this.#terminal.keep(line);
    if (line.trim() !== '') this.#terminal.print(this.#isLoggedIn ? words.kept : words.notYet, 'note');
    this.#hurry();
    return line;
  }
}

function isEnd(line: string): boolean {
  return /^\s*(n|no|q|quit|否|不|退出)\s*$/i.test(line);
}
