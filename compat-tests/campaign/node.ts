import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf } from '../harness/children.js';
import { freeze, thaw } from '../harness/freeze.js';
import { freePort } from '../harness/port.js';
import { type Server, startServer } from '../harness/server.js';
import type { Link } from './link.js';

/** The ways of one node to its services. */
export interface Links {
  readonly redis?: Link;
  readonly database?: Link;
}

/** One server of ours, which is killed, frozen and started again. */
export class CampaignNode {
  readonly port: number;
  /** Where it serves the page for browsers; undefined for one that does not. */
  readonly web: number | undefined;
  readonly links: Links;
  readonly #options: readonly string[];
  readonly #program: string | undefined;
  /** The node's troubles: ends nobody asked for, and statuses other than 0. */
  readonly troubles: string[] = [];
  #server: Server | undefined;
  #loggedBefore = 0;
  #isMeant = false;

  private constructor(
    port: number,
    web: number | undefined,
    links: Links,
    options: readonly string[],
    program?: string,
  ) {
    this.port = port;
    this.web = web;
    this.links = links;
    this.#options = web === undefined ? options : [...options, '--web', `${web}`];
    this.#program = program;
  }

  /** @param program another one than what is tested, as of the version before */
  static async start(links: Links, options: readonly string[], program?: string): Promise<CampaignNode> {
    // One of the version before may know no such page.
    const web = program === undefined ? await freePort() : undefined;
    const node = new CampaignNode(await freePort(), web, links, options, program);
    await node.start();
    return node;
  }

  get isUp(): boolean {
    return this.#server !== undefined;
  }

  /** Its process, and those it started. */
  get pids(): number[] {
    return this.#server === undefined ? [] : [this.#server.child.pid, ...this.workers];
  }

  get workers(): number[] {
    const pid = this.#server?.child.pid;
    if (pid === undefined) return [];
    try {
      return childrenOf(pid);
    } catch {
      return [];
    }
  }

  /** How many bytes it has logged. */
  get logged(): number {
    return this.#loggedBefore + (this.#server?.child.log.length ?? 0);
  }

  /** Starts it, again after it has ended, on the same port. Tries again while its services are away. */
  async start(): Promise<void> {
    while (this.#server === undefined) {
      this.#isMeant = false;
      this.#server = await startServer(this.#options, this.port, [], this.#program).catch((error: Error) => {
        // One that ends says why; its services may be away.
        if (error.message.startsWith('waited')) this.troubles.push(error.message.slice(-2000));
        return undefined;
      });
      if (this.#server === undefined) await delay(200);
    }
    const server = this.#server;
    void server.child.ended.then((how) => {
      if (!this.#isMeant)
        this.troubles.push(`a server ended by itself (${how}): ${server.child.log.slice(-300)}`);
      this.#loggedBefore += server.child.log.length;
      this.#server = undefined;
      if (!this.#isMeant) void this.start();
    });
  }

  /** Kills it. Its workers, if they were frozen, go on, and find it dead. */
  async kill(): Promise<void> {
    this.#isMeant = true;
    const { workers } = this;
    const ended = this.#server?.child.stop('SIGKILL');
    for (const pid of workers) process.kill(pid, 'SIGCONT');
    await ended;
  }

  /** Stops it in order. Its exit status must be 0. */
  async terminate(): Promise<void> {
    this.#isMeant = true;
    const how = await this.#server?.child.stop('SIGTERM').catch((error: Error) => error.message);
    if (how === 0) return;
    this.troubles.push(`SIGTERM: ${how}`);
    await this.kill();
  }

  /** Freezes it with its workers. */
  freeze(): void {
    for (const pid of this.pids) freeze(pid);
  }

  thaw(): void {
    for (const pid of this.pids) thaw(pid);
  }
}
