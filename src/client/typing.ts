import { createInterface, type Interface, type Key } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

/** How many commands come back with arrow-up. */
const REMEMBERED = 1000;

interface TypingEvents {
  /** A line was ended with Enter. */
  line(line: string): void;
  /** The line that is being typed may have changed. */
  change(): void;
  /** Something else has written on the screen. */
  lost(): void;
  /** The screen is to be wiped. */
  wipe(): void;
  /** Nothing more will be typed. */
  end(): void;
}

/**
 * The line that is being typed: readline with its keys, but it draws nothing, and remembers only lines that it is
 * told to.
 */
export class Typing {
  readonly #input: Readable;
  readonly #events: TypingEvents;
  readonly #commands: string[] = [];
  /** Readline's own list; it adds every line, also passwords. */
  readonly #history: string[] = [];
  #readline: Interface;
  #ended = false;
  #changed = false;

  constructor(input: Readable, events: TypingEvents) {
    this.#input = input;
    this.#events = events;
    this.#readline = this.#open();
    input.on('keypress', (_text, key: Key) => this.#pressed(key));
  }

  get line(): string {
    return this.#readline.line;
  }

  get cursor(): number {
    return this.#readline.cursor;
  }

  /** A line that arrow-up brings back. */
  remember(line: string): void {
    if (line.trim() === '' || line === this.#commands[0]) return;
    this.#commands.unshift(line);
    this.#commands.splice(REMEMBERED);
    this.#syncHistory();
  }

  /** No text that was typed or cut before comes back, but for remembered lines. */
  forget(): void {
    // Not in the midst of a read, whose other keys the old readline still gets.
    queueMicrotask(() => {
      const { line } = this;
      this.#readline.off('close', this.#end).close();
      if (this.#ended) return;
      this.#readline = this.#open();
      this.#readline.write(line);
    });
  }

  /** Takes the line that is being typed away. */
  clear(): string {
    const { line } = this;
    this.#readline.write(null, { ctrl: true, name: 'e' });
    this.#readline.write(null, { ctrl: true, name: 'u' });
    return line;
  }

  /** Adds to the line, as if it were typed. */
  type(text: string): void {
    this.#readline.write(text);
  }

  #open(): Interface {
    const output = new Writable({ write: (_chunk, _encoding, done) => done() });
    const readline = createInterface({
      input: this.#input,
      output,
      terminal: true,
      history: this.#history,
      historySize: REMEMBERED,
    });
    readline.on('history', () => this.#syncHistory());
    readline.on('line', (line) => this.#events.line(line));
    readline.on('close', this.#end);
    // The process was stopped with Ctrl-Z, and goes on.
    readline.on('SIGCONT', () => {
      readline.resume();
      this.#events.lost();
      this.#events.change();
    });
    return readline;
  }

  readonly #end = () => {
    this.#ended = true;
    this.#events.end();
  };

  #syncHistory(): void {
    this.#history.splice(0, this.#history.length, ...this.#commands);
  }

  #pressed(key: Key): void {
    if (key.ctrl && key.name === 'l') this.#events.wipe();
    if (this.#changed) return;
    this.#changed = true;
    // Readline may hear of the key after us, and of the other keys of the same read.
    queueMicrotask(() => {
      this.#changed = false;
      this.#events.change();
    });
  }
}
