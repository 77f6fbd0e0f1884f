import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../store.js';
import type { Call } from './embedded.js';
import type { Identity } from './file.js';
import { Gathered } from './portions.js';
import { text } from './sql-error.js';
import type { Outcome, Said, Task } from './thread-words.js';

const SCRIPT = new URL('./thread-main.js', import.meta.url);

/** Before a thread that has ended is started again, in ms. */
const PAUSE = 500;

type Outcomes = readonly Outcome[] | undefined;
type Answer = Extract<Said, { number: number }>;

interface Asked {
  readonly gathered: Gathered;
  readonly resolve: (outcomes: Outcomes) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The thread that has a database file, seen from the one that serves clients. When it ends, calls that it has not
 * answered fail with StoreUnavailable, and so do all calls until it is there again.
 */
export class FileThread {
  private readonly task: Task;
  private readonly asked = new Map<number, Asked>();
  private worker: Worker | undefined;
  private identity: Identity | undefined;
  private count = 0;
  /** Why the file cannot be used; undefined while it can. */
  private problem: string | undefined = 'it is not open yet';
  private closing = false;
  private ended = () => {};

  private constructor(task: Task) {
    this.task = task;
  }

  /** Starts the thread, which opens the file. Rejects, in one line, when it cannot be used. */
  static async start(task: Task): Promise<FileThread> {
    const thread = new FileThread(task);
    await thread.begin(task);
    return thread;
  }

  /**
   * Runs the calls as one transaction. Resolves, when it is committed, with what became of each, in their order;
   * undefined when they fail together, and each is to be tried by itself. Rejects with StoreUnavailable.
   */
  run(change: boolean, calls: readonly Call[]): Promise<Outcomes> {
    const { worker, problem } = this;
    if (worker === undefined || problem !== undefined) return Promise.reject(new StoreUnavailable(problem));
    const number = ++this.count;
    return new Promise((resolve, reject) => {
      worker.postMessage({ number, change, calls });
      this.asked.set(number, { gathered: new Gathered(), resolve, reject });
      worker.ref();
    });
  }

  /** Closes the file when all that was asked is done, and ends the thread. */
  async close(): Promise<void> {
    this.closing = true;
    const { worker } = this;
    if (worker === undefined) return;
    const end = new Promise<void>((resolve) => {
      this.ended = resolve;
    });
    worker.ref();
    worker.postMessage('close');
    await end;
  }

  /** Resolves when the file is open. */
  private begin(task: Task): Promise<void> {
    // Options that are only for the program's own script, as --input-type, would stop the thread.
    const worker = new Worker(SCRIPT, { workerData: task, name: 'file', execArgv: [] });
    this.worker = worker;
    let why = 'its thread has ended';
    return new Promise((resolve, reject) => {
      worker.on('message', (said: Said) => {
        if ('opened' in said) {
          this.opened(said.opened);
          resolve();
        } else if ('unusable' in said) why = said.unusable;
        else this.answer(said);
      });
      worker.on('error', (error) => {
        why = `its thread has ended: ${text(error)}`;
      });
      worker.on('exit', () => {
        reject(new Error(why));
        this.end(why);
      });
    });
  }

  private opened(identity: Identity | undefined): void {
    this.identity = identity;
    this.problem = undefined;
    if (this.asked.size === 0) this.worker?.unref();
  }

  private answer({ number, portion, isLast }: Answer): void {
    const asked = this.asked.get(number);
    if (portion !== undefined) asked?.gathered.add(portion);
    // All else has its turn before the next portion is taken.
    if (!isLast) return void setImmediate(() => this.worker?.postMessage({ next: number }));
    asked?.resolve(portion && asked.gathered.outcomes);
    this.asked.delete(number);
    // An idle thread keeps no process alive.
    if (this.asked.size === 0 && !this.closing) this.worker?.unref();
  }

  private end(why: string): void {
    const { file } = this.task;
    const wasOpen = this.identity !== undefined;
    this.worker = undefined;
    this.problem = file === ':memory:' ? `what was in memory is lost: ${why}` : `${file}: ${why}`;
    for (const { reject } of this.asked.values()) reject(new StoreUnavailable(this.problem));
    this.asked.clear();
    this.ended();
    // A database in memory is gone, and a file that has never been open need not be opened again.
    if (wasOpen && !this.closing) setTimeout(() => this.again(), PAUSE).unref();
  }

  private again(): void {
    if (this.closing) return;
    // Its end says why it could not begin, and that it is to be tried again.
    this.begin({ ...this.task, allOffline: false, identity: this.identity }).catch(() => {});
    this.worker?.unref();
  }
}
