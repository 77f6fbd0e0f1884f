import { deepEqual, equal } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { untilWithin } from '../deadline.js';
import { LIMITS, type Limits } from '../limits.js';
import { inOrder, type Tables } from '../tables/tables.js';
import { Party, type Place } from './party.js';
import type { Received, Scenario, Step } from './scenario.js';

/** Brings rows into the form in which they are compared. */
export type View = (tables: Tables) => Tables;

/** The server that a recording is replayed against. */
export interface ReplaySite {
  node(index: number): Place;
  /** Ends a node by SIGINT. Resolves with how it ended. */
  interrupt(index: number): Promise<number | string>;
  /** Resolves when none of these users is online any more: nothing on the wire tells. */
  gone(ids: readonly number[]): Promise<void>;
  /** The rows that there are; undefined where nobody may look. */
  rows(): Promise<Tables | undefined>;
  /** The nodes take one read for one document, as the original does (PROTOCOL.md section 2). */
  readonly oneRead: boolean;
  /** The answer to a login as nobody; as in the original unless given. */
  readonly refusal?: string;
  readonly limits?: Limits;
}

/**
 * Does what a recording's clients did, and rejects at the first byte or row that is not as recorded. The rows from
 * before the recording must be there.
 */
export async function replay(scenario: Scenario, site: ReplaySite, view: View = inOrder): Promise<void> {
  const run = new Run(site, view);
  try {
    for (const [index, step] of scenario.steps.entries()) {
      await run.do(step).catch((error: Error) => {
        error.message = `${scenario.name}, step ${index} (${step.do}): ${error.message}`;
        throw error;
      });
    }
    await run.leave();
    await run.compare(scenario.after);
  } finally {
    run.abandon();
  }
}

class Run {
  readonly #site: ReplaySite;
  readonly #view: View;
  readonly #limits: Limits;
  readonly #parties = new Map<string, Party>();
  /** The connections of users who are logged in. */
  readonly #users = new Map<number, Party>();

  constructor(site: ReplaySite, view: View) {
    this.#site = site;
    this.#view = view;
    this.#limits = site.limits ?? LIMITS;
  }

  async do(step: Step): Promise<void> {
    switch (step.do) {
      case 'connect':
        this.#parties.set(
          step.conn,
          await Party.connect(this.#site.node(step.node), this.#limits, this.#site.refusal),
        );
        return;
      case 'send':
        return await this.#send(this.#party(step.conn), step.bytes, step.received);
      case 'expect-db':
        return await this.compare(step.tables);
      case 'sigint':
        equal(await this.#site.interrupt(step.node), step.exit, 'exit status');
        return await this.#receive(step.received);
      default:
        await this.#leave(step.conn, step.do);
        return await this.#receive(step.received);
    }
  }

  /** Ours deletes stored messages only after its reply to a login (DIFFERENCES 8), so rows may come right later. */
  async compare(tables: Tables): Promise<void> {
    if ((await this.#site.rows()) === undefined) return;
    const expected = this.#view(inOrder(tables));
    let rows: Tables | undefined;
    const same = async () => {
      const found = await this.#site.rows();
      rows = found && this.#view(found);
      return isDeepStrictEqual(rows, expected);
    };
    await untilWithin(this.#limits.answer, same, 'the right rows').catch((error) => {
      deepEqual(rows, expected);
      throw error;
    });
  }

  /** Closes what is still open; nothing more may have come there. */
  async leave(): Promise<void> {
    for (const [conn, party] of [...this.#parties]) {
      await party.barrier();
      await this.#leave(conn, 'close');
      await party.expect(Buffer.alloc(0));
    }
  }

  /** Closes what a failure has left open. */
  abandon(): void {
    for (const { client } of this.#parties.values()) client.reset();
  }

  async #send(party: Party, bytes: Buffer, all: Received): Promise<void> {
    await party.client.send(bytes);
    await this.#receive(all);
    if (this.#site.oneRead) await party.wasRead();
    await party.barrier();
  }

  async #receive(all: Received): Promise<void> {
    for (const [conn, received] of Object.entries(all)) {
      const party = this.#party(conn);
      const documents = received.filter((item) => item !== 'EOF');
      await party.expect(Buffer.concat(documents));
      for (const document of documents) this.#noteLogin(party, document);
      if (received.length > documents.length) await this.#end(conn, party);
    }
  }

  async #end(conn: string, party: Party): Promise<void> {
    equal(String(await party.client.end()), '');
    this.#parties.delete(conn);
  }

  /** Leaves, and waits until the server has seen it. */
  async #leave(conn: string, how: 'close' | 'reset'): Promise<void> {
    const party = this.#party(conn);
    await party.client[how]();
    this.#parties.delete(conn);
    await this.#site.gone([...this.#users].filter(([, at]) => at === party).map(([id]) => id));
  }

  #noteLogin(party: Party, document: Buffer): void {
    if (!/^\{"errno":0,.*"msgid":2,"name":/.test(String(document))) return;
    this.#users.set((JSON.parse(String(document)) as { id: number }).id, party);
  }

  #party(conn: string): Party {
    const party = this.#parties.get(conn);
    if (party === undefined) throw new Error(`there is no connection ${conn}`);
    return party;
  }
}
