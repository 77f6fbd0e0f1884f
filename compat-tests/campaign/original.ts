import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../harness/port.js';
import { type Server, startOriginal } from '../harness/server.js';

/** The original logs this when its connection to Redis is over: from then on it hears nothing. */
const DEAF = 'observer_channel_message quit';

/** One original, which is killed, dies or goes deaf by itself, and is started again. */
export class CampaignOriginal {
  readonly port: number;
  /** How often it died or went deaf though nobody asked it to. */
  deaths = 0;
  #server: Server | undefined;
  #isMeant = false;

  private constructor(port: number) {
    this.port = port;
  }

  /** Starts one whose path is in CHAT_ORIGINAL. */
  static async start(): Promise<CampaignOriginal> {
    const original = new CampaignOriginal(await freePort());
    await original.start();
    return original;
  }

  get isUp(): boolean {
    return this.#server !== undefined;
  }

  /** Starts it, again after it has ended, on the same port. */
  async start(): Promise<void> {
    this.#isMeant = false;
    const server = await startOriginal(process.env.CHAT_ORIGINAL ?? '', this.port);
    this.#server = server;
    void server.child.ended.then(() => {
      this.#server = undefined;
      if (this.#isMeant) return;
      this.deaths++;
      void this.start();
    });
    void this.#endWhenDeaf(server);
  }

  async #endWhenDeaf(server: Server): Promise<void> {
    while (this.#server === server) {
      if (server.child.log.includes(DEAF)) server.child.signal('SIGKILL');
      await delay(100);
    }
  }

  async kill(): Promise<void> {
    this.#isMeant = true;
    await this.#server?.child.stop('SIGKILL');
  }
}
