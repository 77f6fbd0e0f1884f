import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../ops/log.js';
import { FOLDER_VARIABLE } from './folder.js';

/** A worker that ends by itself is replaced after at least 200 ms; while it cannot start, after at most 5 s. In ms. */
const REPLACE_AFTER = 200;
const LONGEST_PAUSE = 5000;

/** A message of the primary process to a worker. */
export type Notice = { readonly op: 'stop' | 'reload' };

/**
 * The processes that share one port: starts them, replaces one that died, and stops them all. They speak to each
 * other without it.
 */
export class Primary {
  private readonly folder: string;
  private readonly log: Log;
  private stopping = false;

  /**
   * @param args the command line of the workers
   * @param folder where they find each other
   */
  constructor(args: readonly string[], folder: string, log: Log) {
    this.log = log;
    this.folder = folder;
    // Each takes connections itself: those that this process had handed to a worker which is frozen, or has just died,
    // would wait for ever.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({ args: [...args] });
  }

  /**
   * Starts `count` workers. Resolves with the ports they share, in the order in which each opens them; rejects when one
   * ends before it listens.
   *
   * @param ports how many each opens
   */
  async start(count: number, ports: number): Promise<readonly number[]> {
    const opened: number[] = [];
    const all = new Promise<void>((resolve) => {
      const listening = (_worker: Worker, { port }: { readonly port: number }) => {
        // The first worker chooses those that were not given: it is ahead of all others.
        if (opened.length < ports) opened.push(port);
        if (opened.length === ports) resolve();
      };
      cluster.on('listening', listening);
    });
    await this.fork();
    await all;
    for (let n = 1; n < count; n++) await this.fork();
    return opened;
  }

  /** Stops all workers. Resolves with how many of them did not end well. */
  async stop(): Promise<number> {
    this.stopping = true;
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    const ends = workers.map(endOf);
    for (const worker of workers) tell(worker, { op: 'stop' });
    const statuses = await Promise.all(ends);
    return statuses.filter((status) => status !== 0).length;
  }

  /** Lets all workers read the files anew that the system may have changed. */
  reload(): void {
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker !== undefined) tell(worker, { op: 'reload' });
    }
  }

  private async fork(): Promise<void> {
    const worker = cluster.fork({ [FOLDER_VARIABLE]: this.folder });
    let listening = false;
    worker.on('error', (error) => this.log.debug({ err: error }, 'an error of a worker process'));
    worker.on('exit', (status, signal) => {
      if (listening && !this.stopping) void this.replace(status ?? signal);
    });
    const ended = endOf(worker).then(() => {
      if (!listening) throw new Error('a worker could not start');
    });
    await Promise.race([once(worker, 'listening'), ended]);
    listening = true;
    // While it was starting it could not be told.
    if (this.stopping) tell(worker, { op: 'stop' });
  }

  /** One that ends before it listens is replaced as well, after longer and longer pauses. */
  private async replace(how: number | string, tries = 0): Promise<void> {
    this.log.error({ how }, 'a worker ended and is replaced');
    await delay(Math.min(REPLACE_AFTER * 2 ** tries, LONGEST_PAUSE));
    if (!this.stopping) await this.fork().catch((error: Error) => this.replace(error.message, tries + 1));
  }
}

/** Tells a worker. One that has just died cannot be told: that is no reason to end, and its end is heard of soon. */
function tell(worker: Worker, notice: Notice): void {
  if (worker.isConnected()) worker.send(notice, () => {});
}

/** Resolves with the status of a worker that ends, or the signal that ended it. Never rejects. */
function endOf(worker: Worker): Promise<number | string> {
  return new Promise((resolve) =>
    worker.once('exit', (status: number | null, signal: string) => resolve(status ?? signal)),
  );
}
