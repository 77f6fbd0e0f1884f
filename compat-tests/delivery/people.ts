import { setTimeout as delay } from 'node:timers/promises';
import { Line, mark } from '../campaign/line.js';
import { until, untilSilent } from '../harness/deadline.js';
import type { Server } from '../harness/server.js';

/** Logs in, as soon as the account may: it can still be in use by a node that has just died. */
export async function enter(
  { port }: Pick<Server, 'port'>,
  id: number,
  onMark = (_from: number, _to: string, _n: number) => {},
): Promise<Line> {
  let entered: Line | undefined;
  await until(async () => {
    const line = await Line.open(port, onMark).catch(() => undefined);
    if ((await line?.login(id)) === 0) entered = line;
    else {
      line?.destroy();
      await delay(20);
    }
    return entered !== undefined;
  }, `user ${id} to log in`);
  return entered as Line;
}

/** A user who writes messages numbered from 1 on. */
export class Writer {
  readonly id: number;
  readonly line: Line;
  /** The last number. */
  sent = 0;

  private constructor(id: number, line: Line) {
    this.id = id;
    this.line = line;
  }

  static async online(server: Pick<Server, 'port'>, id: number): Promise<Writer> {
    return new Writer(id, await enter(server, id));
  }

  /** Writes so many messages to a user, with more behind the mark, or before it. Resolves when the server reads on. */
  async write(toid: number, count: number, pad = '', lead = ''): Promise<void> {
    const one = (to: string) => `{"id":${this.id},"msg":"${lead}${to}${pad}","msgid":6,"toid":${toid}}\0`;
    await this.#each(count, (n) => one(mark(this.id, `${toid}`, n)));
  }

  /** The same to a group. */
  async writeToGroup(group: number, count: number, pad = ''): Promise<void> {
    const one = (to: string) => `{"groupid":${group},"id":${this.id},"msg":"${to}${pad}","msgid":10}\0`;
    await this.#each(count, (n) => one(mark(this.id, `g${group}`, n)));
  }

  /**
   * Writes so many messages to a user again and again, at a pace that it can keep up with.
   *
   * @returns ends it, and resolves when the server has handled everything
   */
  writeOn(toid: number, count: number): () => Promise<void> {
    let isOver = false;
    const work = (async () => {
      while (!isOver) {
        await this.write(toid, count);
        await delay(2);
      }
      await this.settle();
    })();
    return () => {
      isOver = true;
      return work;
    };
  }

  /** Resolves when the server has handled everything; false when the connection ended before. */
  settle(): Promise<boolean> {
    return this.line.barrier();
  }

  async #each(count: number, text: (n: number) => string): Promise<void> {
    for (let left = count; left > 0; ) {
      let some = '';
      for (; left > 0 && some.length < 65_536; left--) some += text(++this.sent);
      await this.line.send(some);
    }
  }
}

/** A user who reads, on one connection after the other. */
export class Reader {
  readonly id: number;
  /** The numbers of what it got from anybody, in order. */
  readonly heard: number[] = [];
  readonly #known = new Set<number>();
  #line: Line | undefined;

  constructor(id: number) {
    this.id = id;
  }

  static async online(server: Pick<Server, 'port'>, id: number): Promise<Reader> {
    const reader = new Reader(id);
    await reader.enter(server);
    return reader;
  }

  get line(): Line {
    if (this.#line === undefined) throw new Error(`user ${this.id} never logged in`);
    return this.#line;
  }

  /** Logs in, on this node now. */
  async enter(server: Pick<Server, 'port'>): Promise<void> {
    this.#line = await enter(server, this.id, (_from, _to, n) => {
      this.heard.push(n);
      this.#known.add(n);
    });
  }

  /** Closes the connection, and reads what still comes. */
  async leave(): Promise<void> {
    await this.line.end();
  }

  /** The numbers from `first` to `last` that it has not got. */
  missing(last: number, first = 1): number[] {
    return range(first, last).filter((n) => !this.#known.has(n));
  }

  /** Resolves when it has all numbers from `first` to `last`. Rejects when nothing comes any more, and says how many are missing. */
  async hearAll(last: number, first = 1): Promise<void> {
    const all = async () => this.#heardAll(last, first);
    await untilSilent(all, () => this.heard.length, `all messages up to ${last} to come to ${this.id}`).catch(
      (error: Error) => {
        throw new Error(`${error.message}: ${described(this.missing(last, first))} missing`);
      },
    );
  }

  #heardAll(last: number, first: number): boolean {
    return this.#known.size > last - first && this.missing(last, first).length === 0;
  }

  /** Resolves when it has got this number. Rejects when nothing comes any more. */
  async hearLast(last: number): Promise<void> {
    const isHere = async () => this.#known.has(last);
    await untilSilent(isHere, () => this.heard.length, `message ${last} to come to ${this.id}`);
  }

  /** Resolves when something has come since it had got so many messages. */
  async hearMore(heard: number): Promise<void> {
    await until(async () => this.heard.length > heard, `anything to come to ${this.id}`);
  }

  /** How many came behind a later one, without those that came before. */
  get inversions(): number {
    const seen = new Set<number>();
    let [last, count] = [0, 0];
    for (const n of this.heard) {
      if (seen.has(n)) continue;
      seen.add(n);
      if (n < last) count++;
      else last = n;
    }
    return count;
  }

  /** How many came again. */
  get repeated(): number {
    return this.heard.length - this.#known.size;
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}

function described(numbers: readonly number[]): string {
  return `${numbers.length} (${numbers.slice(0, 5)}${numbers.length > 5 ? ', ...' : ''})`;
}
