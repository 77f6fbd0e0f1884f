import { deepEqual, equal } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { until } from '../harness/deadline.js';
import { inOrder, type Tables } from '../harness/tables.js';
import { Party } from './party.js';
import type { Received, Scenario, Step } from './scenario.js';
import type { ReplaySite } from './site.js';

/** Brings rows into the form in which they are compared. */
export type View = (tables: Tables) => Tables;

/**
 * Does what a recording's clients did, and rejects at the first byte or row that is not as recorded.
 * Whatever was in the site's database before is gone.
 */
export async function replay(scenario: Scenario, site: ReplaySite, view: View = inOrder): Promise<void> {
  await site.database.seed(scenario.before);
  const run = new Run(site, view);
  for (const [index, step] of scenario.steps.entries()) {
    await run.do(step).catch((error) => {
      throw new Error(`${scenario.name}, step ${index} (${step.do}): ${error.message}`);
    });
  }
  await run.leave();
  await run.compare(scenario.after);
}

class Run {
  readonly #site: ReplaySite;
  readonly #view: View;
  readonly #parties = new Map<string, Party>();
  /** Who is logged in where. */
  readonly #users = new Map<number, Party>();

  constructor(site: ReplaySite, view: View) {
    this.#site = site;
    this.#view = view;
  }

  async do(step: Step): Promise<void> {
    switch (step.do) {
      case 'connect':
        this.#parties.set(step.conn, await Party.connect(this.#site.node(step.node).port));
        return;
      case 'send':
        return await this.#send(this.#party(step.conn), step.bytes, step.received);
      case 'expect-db':
        return await this.compare(step.tables);
      case 'sigint':
        equal(await this.#site.node(step.node).child.stop('SIGINT'), step.exit, 'exit status');
        return await this.#receive(step.received);
      default:
        await this.#leave(step.conn, step.do);
        return await this.#receive(step.received);
    }
  }

  /** Ours deletes stored messages only after its reply to a login (DIFFERENCES 8), so rows may come right later. */
  async compare(tables: Tables): Promise<void> {
    const expected = this.#view(inOrder(tables));
    let rows: Tables | undefined;
    const same = async () => {
      rows = this.#view(await this.#site.database.rows());
      return isDeepStrictEqual(rows, expected);
    };
    await until(same, 'the right rows').catch((error) => {
      deepEqual(rows, expected);
      throw error;
    });
  }

  /** Closes what is still open; nothing more may have come there. */
  async leave(): Promise<void> {
    for (const conn of [...this.#parties.keys()]) {
      await this.#party(conn).barrier();
      await this.#leave(conn, 'close');
    }
  }

  async #send(party: Party, bytes: Buffer, all: Received): Promise<void> {
    await party.client.send(bytes);
    await this.#receive(all);
    if (this.#site.original) await party.wasRead();
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

  /** Leaves, and waits until the server has seen it: nothing on the wire tells. */
  async #leave(conn: string, how: 'close' | 'reset'): Promise<void> {
    const party = this.#party(conn);
    await party.client[how]();
    this.#parties.delete(conn);
    const gone = [...this.#users].filter(([, at]) => at === party).map(([id]) => id);
    const offline = async () => !(await this.#site.database.online()).some((id) => gone.includes(id));
    await until(offline, `users ${gone} to be offline`);
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
