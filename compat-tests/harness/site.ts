import { join } from 'node:path';
import type { Database } from './database.js';
import { openEmbedded } from './embedded-database.js';
import { newFolder } from './folder.js';
import { type Server, startServer } from './server.js';

/** Nodes, and the database that they share, seen from beside them. */
export class Site {
  readonly nodes: Server[];
  readonly database: Database;
  readonly #leave: () => Promise<void>;

  /** @param leave what is left to do when the nodes have ended and the database is closed */
  constructor(nodes: Server[], database: Database, leave: () => Promise<void> = async () => {}) {
    this.nodes = nodes;
    this.database = database;
    this.#leave = leave;
  }

  /** One node of ours on an embedded store of its own, with these options. */
  static async embedded(...options: string[]): Promise<Site> {
    const folder = newFolder();
    const file = join(folder.path, 'chat.db');
    const node = await startServer(['--data', file, ...options]);
    return new Site([node], openEmbedded(file), async () => folder.remove());
  }

  node(index: number): Server {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  }

  /** Ends the nodes at once (SIGKILL), and everything that came with them. */
  async stop(): Promise<void> {
    for (const { child } of this.nodes) await child.stop('SIGKILL');
    await this.database.close();
    await this.#leave();
  }
}
