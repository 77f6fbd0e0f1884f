import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from './client.js';
import { untilWithin, within } from './deadline.js';
import type { Limits } from './limits.js';
import type { Place } from './replay/party.js';
import type { TargetProcess } from './target.js';

/** The last of what a server says that is kept, in characters. */
const LAST_WORDS = 2000;

/** A pause between two tries to connect, in milliseconds. */
const PAUSE = 50;

/** A start may take at most this many times as long as an answer. */
const START = 6;

/** A server that the tool starts by a line of shell, with a group of processes of its own. */
export class Started implements TargetProcess {
  readonly #command: string;
  readonly #place: Place;
  readonly #limits: Limits;
  #child: ChildProcess | undefined;
  #ended: Promise<number | string> | undefined;
  #said = '';

  constructor(command: string, place: Place, limits: Limits) {
    this.#command = command;
    this.#place = place;
    this.#limits = limits;
    process.once('exit', () => this.#signal('SIGKILL'));
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const child = spawn(this.#command, { shell: true, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said = (this.#said + text).slice(-LAST_WORDS);
      });
    this.#ended = once(child, 'exit').then(
      ([code, signal]) => (code ?? signal) as number | string,
      (error: Error) => error.message,
    );
    this.#ended.finally(() => {
      if (this.#child === child) this.#child = undefined;
    });
    await untilWithin(this.#limits.answer * START, () => this.#listens(child), 'the server to listen').catch(
      async (error: Error) => {
        await this.kill();
        throw new Error(`${error.message}; it said: ${JSON.stringify(this.#said.trim())}`);
      },
    );
  }

  async interrupt(): Promise<number | string> {
    const ended = this.#ended;
    if (ended === undefined) return 'it did not run';
    this.#signal('SIGINT');
    return await within(this.#limits.answer, ended, () => 'the server to end on SIGINT');
  }

  async kill(): Promise<void> {
    const ended = this.#ended;
    this.#signal('SIGKILL');
    await ended;
    this.#child = undefined;
  }

  async #listens(child: ChildProcess): Promise<boolean> {
    if (this.#child !== child) throw new Error('the server has ended at once');
    try {
      (await Client.connect(this.#place.port, this.#place.host, this.#limits)).reset();
      return true;
    } catch {
      await delay(PAUSE);
      return false;
    }
  }

  /** To the whole group: the shell may have started others. */
  #signal(name: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It has ended.
    }
  }
}
