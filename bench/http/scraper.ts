import { Child } from '../../compat-tests/harness/child.js';
import type { Result } from './asking.js';

/** An autocannon in a process of its own that asks for one page until it is stopped. */
export class Scraper {
  readonly #child: Child;

  private constructor(args: readonly string[]) {
    this.#child = new Child(process.execPath, ['build/bench/http/asking.js', ...args]);
  }

  /**
   * Starts one. Resolves when it asks.
   *
   * @param connections how many ask at a time
   * @param perSecond how often all of them together ask in a second; as often as they are answered unless given
   */
  static async start(url: string, connections: number, perSecond?: number): Promise<Scraper> {
    const rate = perSecond === undefined ? [] : ['--rate', `${perSecond}`];
    const scraper = new Scraper([url, '--connections', `${connections}`, ...rate]);
    await scraper.#child.logged(/^asking$/m);
    return scraper;
  }

  /** Stops it. Resolves with what it has seen. */
  async stop(): Promise<Result> {
    await this.#child.stop('SIGINT');
    const [line] = await this.#child.logged(/^\{.*\}$/m);
    return JSON.parse(line);
  }
}
