import { resident } from '../harness/resident.js';
import type { CampaignNode } from './node.js';

/** How often the memory is looked at, in ms. */
const EVERY = 200;

/** Watches the resident memory of all processes of some nodes. */
export class MemoryWatch {
  readonly #timer: NodeJS.Timeout;
  #most = 0;

  constructor(nodes: readonly CampaignNode[]) {
    const look = () => {
      for (const pid of nodes.flatMap((node) => node.pids)) this.#most = Math.max(this.#most, resident(pid));
    };
    this.#timer = setInterval(look, EVERY);
  }

  /** The most that one process had since the last call, in bytes. */
  take(): number {
    const most = this.#most;
    this.#most = 0;
    return most;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
