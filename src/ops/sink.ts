import { closeSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { asText } from './text.js';

export const LOG_FORMATS = ['auto', 'text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** A new file is for its owner alone: it shows who came when, and from where. */
const PRIVATE = 0o600;
/** At most this much waits for a reader of the log that hangs, in bytes; later lines are dropped and counted. */
const MOST_WAITING = 1_048_576;
/** How long the lines that wait at the end may take, in ms. */
const LAST = 500;
const WARN = 40;

export interface SinkOptions {
  /** For a person or for programs; `auto`: for a person when standard output is a terminal. */
  readonly format?: LogFormat;
  /** Standard output unless given. */
  readonly file?: string | undefined;
}

/** The way of the log's lines to their reader. Nothing waits for the reader: one that hangs would stop the server. */
export class Sink {
  /** Whether a person reads it. */
  readonly isText: boolean;
  private readonly out: Output;
  private readonly file: string | undefined;
  private dropped = 0;

  /** Throws an Error with one line when the file cannot be written. */
  constructor({ format = 'json', file }: SinkOptions = {}) {
    const forPerson = file === undefined && process.stdout.isTTY;
    this.isText = format === 'text' || (format === 'auto' && forPerson);
    this.file = file;
    try {
      this.out = (file === undefined ? pipeOutput() : undefined) ?? fileOutput(file);
    } catch (error) {
      throw new Error(`the log cannot be written to ${file}: ${(error as NodeJS.ErrnoException).code}`);
    }
  }

  /** @param line one event, as pino writes it */
  write(line: string): void {
    this.put(this.isText ? asText(line) : line);
  }

  /** Writes a text as it is. */
  print(text: string): void {
    this.put(`${text}\n`);
  }

  /** Goes on in a new file of the same name: the old one was moved away. */
  reopen(): void {
    if (this.file !== undefined) this.out.reopen();
  }

  /** Resolves when all lines are written, or after half a second. */
  async flushed(): Promise<void> {
    await Promise.race([this.out.drained(), delay(LAST, undefined, { ref: false })]);
  }

  private put(text: string): void {
    if (this.dropped > 0 && this.out.hasRoom) this.tellDropped();
    if (!this.out.write(text)) this.dropped++;
  }

  private tellDropped(): void {
    const event = { level: WARN, time: Date.now(), pid: process.pid, dropped: this.dropped };
    this.dropped = 0;
    this.write(
      `${JSON.stringify({ ...event, msg: 'lines of the log were dropped: its reader did not take them' })}\n`,
    );
  }
}

/** Takes text and never waits. */
interface Output {
  readonly hasRoom: boolean;
  /** False when there is no room for it. */
  write(text: string): boolean;
  reopen(): void;
  /** Resolves when it has got rid of everything. */
  drained(): Promise<unknown>;
}

/** Standard output where it is a pipe or a socket: Node never waits for these. Undefined where it is anything else. */
function pipeOutput(): Output | undefined {
  const { stdout } = process;
  if (stdout.isTTY || !(stdout instanceof Socket)) return undefined;
  // Nobody reads it any more; that ends nothing.
  stdout.on('error', () => {});
  const hasRoom = () => !stdout.destroyed && stdout.writableLength < MOST_WAITING;
  return {
    get hasRoom() {
      return hasRoom();
    },
    write: (text) => {
      const isTaken = hasRoom();
      if (isTaken) stdout.write(text);
      return isTaken;
    },
    reopen: () => {},
    drained: () => new Promise((resolve) => stdout.write('', resolve)),
  };
}

/** A file, or a terminal: at once, so that nothing is missing after a crash. A disk that is full takes no lines. */
function fileOutput(file: string | undefined): Output {
  const open = () => (file === undefined ? 1 : openSync(file, 'a', PRIVATE));
  let fd = open();
  /** The end of a line that was begun before the disk was full. */
  let rest: Buffer = Buffer.alloc(0);
  let isFull = false;
  return {
    get hasRoom() {
      return !isFull;
    },
    write: (text) => {
      const bytes = Buffer.concat([rest, Buffer.from(text)]);
      const taken = writeAll(fd, bytes);
      const isBegun = taken > rest.length;
      isFull = taken < bytes.length;
      rest = bytes.subarray(taken, isBegun ? bytes.length : rest.length);
      return isBegun;
    },
    reopen: () => {
      const before = fd;
      fd = open();
      rest = Buffer.alloc(0);
      if (file !== undefined) closeSync(before);
    },
    drained: () => Promise.resolve(),
  };
}

/** Writes as much as the system takes. Returns how many bytes that is. */
function writeAll(fd: number, bytes: Buffer): number {
  let taken = 0;
  try {
    while (taken < bytes.length) taken += writeSync(fd, bytes, taken);
  } catch {
    // There is no room, or nobody reads it any more; that ends nothing.
  }
  return taken;
}
