import { pino } from 'pino';
import { asText } from './text.js';

export const LOG_FORMATS = ['auto', 'text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** A new file is for its owner alone: it shows who came when, and from where. */
const PRIVATE = 0o600;

export interface SinkOptions {
  /** For a person or for programs; `auto`: for a person when standard output is a terminal. */
  readonly format?: LogFormat;
  /** Standard output unless given. */
  readonly file?: string | undefined;
}

/** Where the lines of the log go: at once, so that nothing is missing after a crash. */
export class Sink {
  /** Whether a person reads it. */
  readonly isText: boolean;
  private readonly out: ReturnType<typeof pino.destination>;
  private readonly file: string | undefined;

  /** Throws an Error with one line when the file cannot be written. */
  constructor({ format = 'json', file }: SinkOptions = {}) {
    const forPerson = file === undefined && process.stdout.isTTY;
    this.isText = format === 'text' || (format === 'auto' && forPerson);
    this.file = file;
    try {
      this.out = pino.destination({
        sync: true,
        ...(file === undefined ? { dest: 1 } : { dest: file, mode: PRIVATE }),
      });
    } catch (error) {
      throw new Error(`the log cannot be written to ${file}: ${(error as NodeJS.ErrnoException).code}`);
    }
    // A disk that is full takes no lines; that ends nothing.
    this.out.on('error', () => {});
  }

  /** @param line one event, as pino writes it */
  write(line: string): void {
    this.out.write(this.isText ? asText(line) : line);
  }

  /** Writes a text as it is. */
  print(text: string): void {
    this.out.write(`${text}\n`);
  }

  /** Goes on in a new file of the same name: the old one was moved away. */
  reopen(): void {
    if (this.file !== undefined) this.out.reopen();
  }
}
