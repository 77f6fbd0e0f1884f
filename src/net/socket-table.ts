import { type FileHandle, open } from 'node:fs/promises';

/** Where Linux lists the sockets of this machine. */
const TABLE = '/proc/self/net/tcp';
/** A longer table is not read, in bytes: with so many sockets a look costs too much. */
const LONGEST = 262_144;
/** How long to wait after a table that could not be read, or was too long, in ms. */
const PAUSE = 60_000;
/** The part of a processor that looking takes at most in the long run. */
const SHARE = 0.1;
/** How much processor time looking may take at once, in ms. */
const AT_ONCE = 500;

/**
 * The machine's table of sockets, read for all who ask. One look costs some ms, because the system walks through a hash
 * table that is as large as its memory allows: so how often it looks is bounded.
 */
export class SocketTable {
  private readonly path: string;
  private readonly rows: Buffer;
  private readonly now: () => number;
  private credit = AT_ONCE;
  private counted: number;
  private uselessUntil = 0;
  private running: Promise<Buffer | undefined> = Promise.resolve(undefined);
  private next: Promise<Buffer | undefined> | undefined;

  /**
   * @param path where the table is
   * @param longest a table of more than this many bytes is not read to its end
   * @param now the clock, in ms
   */
  constructor(path = TABLE, longest = LONGEST, now = () => performance.now()) {
    this.path = path;
    this.rows = Buffer.alloc(longest);
    this.now = now;
    this.counted = now();
  }

  /** Whether looking has not been too much lately. */
  get canLook(): boolean {
    const now = this.now();
    this.credit = Math.min(AT_ONCE, this.credit + (now - this.counted) * SHARE);
    this.counted = now;
    return this.credit > 0 && now >= this.uselessUntil;
  }

  /**
   * The table as it is after this call: a look that is under way may have passed the row already that is asked for.
   * Undefined when there is none, or it is too long. It holds until the next look. Never rejects.
   */
  look(): Promise<Buffer | undefined> {
    this.next ??= this.running.then(() => {
      this.next = undefined;
      this.running = this.read();
      return this.running;
    });
    return this.next;
  }

  private async read(): Promise<Buffer | undefined> {
    const start = this.now();
    const { user, system } = process.cpuUsage();
    const length = await fill(this.path, this.rows);
    const cpu = process.cpuUsage();
    // Other threads have used some of it, or the processor was somebody else's meanwhile: the smaller one is nearer.
    this.credit -= Math.min(this.now() - start, (cpu.user - user + cpu.system - system) / 1000);
    if (length > 0 && length < this.rows.length) return this.rows.subarray(0, length);
    this.uselessUntil = this.now() + PAUSE;
    return undefined;
  }
}

/** Reads a file from its beginning. Resolves with how much of it fits; with 0 when it cannot be read. */
async function fill(path: string, into: Buffer): Promise<number> {
  let file: FileHandle | undefined;
  let length = 0;
  try {
    file = await open(path);
    for (;;) {
      const { bytesRead } = await file.read(into, length, into.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === into.length) return length;
    }
  } catch {
    return 0;
  } finally {
    await file?.close().catch(() => {});
  }
}
