import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { beforeDeadline } from './deadline.js';

/** How a process ended: its exit status, or the signal that ended it. */
export type Ending = number | NodeJS.Signals;

/** A process that a test started. It does not outlive the test's own process, however that ends. */
export class Child {
  readonly command: string;
  readonly ended: Promise<Ending>;
  readonly #process: ChildProcess;
  readonly #output = new EventEmitter();
  #log = '';

  /** Starts a program at once; PATH includes the folders that only root has in it on Debian. */
  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.command = command;
    const path = `${process.env.PATH}:/usr/sbin:/sbin`;
    // tap's own command puts itself into every Node that it sees started, and lets its signals end it.
    const alone = ['--pdeathsig', 'KILL', 'env', '-u', 'NODE_OPTIONS', command, ...args];
    this.#process = spawn('setpriv', alone, {
      env: { ...process.env, PATH: path, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
        this.#output.emit('more');
      });
    }
    this.ended = once(this.#process, 'close').then(([code, signal]) => (code ?? signal) as Ending);
    this.ended.catch(() => undefined);
  }

  get pid(): number {
    return this.#process.pid ?? Number.NaN;
  }

  /** Everything it wrote to its standard output and error so far. */
  get log(): string {
    return this.#log;
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Waits for a line of its log. Rejects, with the log, when it ends before that. */
  async logged(line: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = line.exec(this.#log);
      if (match !== null) return match;
      await this.orEnded(once(this.#output, 'more'), `log ${line}`);
    }
  }

  /** `work`, but rejects, with the log, when this process ends before that or the deadline passes. */
  async orEnded<T>(work: Promise<T>, what: string): Promise<T> {
    const ended = this.ended.then((how) => {
      throw new Error(`${this.command} ended (${how}) before it did this: ${what}\n${this.#log}`);
    });
    return await beforeDeadline(
      Promise.race([work, ended]),
      () => `${this.command} to do this: ${what}\n${this.#log}`,
    );
  }

  /** Sends a signal, also to a frozen process, and waits for the end. Returns how it ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    return await beforeDeadline(this.end(signal), () => `${this.command} to end on ${signal}\n${this.#log}`);
  }

  /** The same, however long it takes. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    this.signal(signal);
    this.signal('SIGCONT');
    return await this.ended;
  }
}
