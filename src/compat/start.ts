import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from './client.js';
import { untilWithin, within } from './deadline.js';
import type { Farewell } from './finding.js';
import type { Limits } from './limits.js';
import type { Place } from './replay/party.js';
import { type TargetProcess, written } from './target.js';

/** The last of what a server says that is kept, in characters. */
const LAST_WORDS = 1000;

/** A pause between two tries to connect, in milliseconds. */
const PAUSE = 50;

/** A start may take at most this many times as long as an answer. */
const START = 6;

/** How long what was killed may keep its pipes open, in milliseconds: who has left the group is not waited for. */
const PIPES = 1000;

/** One run of the server: a shell, what it has started, and what they say. */
interface Run {
  readonly child: ChildProcess;
  /** The exit status of the shell, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** The same, when all is read that it said. */
  readonly closed: Promise<unknown>;
  status?: number | string;
  said: string;
}

/** A server that the tool starts by a line of shell, with a group of processes of its own. */
export class Started implements TargetProcess {
  readonly #command: string;
  readonly #place: Place;
  readonly #limits: Limits;
  #run: Run | undefined;

  constructor(command: string, place: Place, limits: Limits) {
    this.#command = command;
    this.#place = place;
    this.#limits = limits;
    process.once('exit', () => this.#signal('SIGKILL'));
  }

  /** Throws when it does not listen in time, or when another server listens there: that one would be tested. */
  async start(): Promise<void> {
    if (this.#run !== undefined && this.#run.status === undefined) return;
    await this.kill();
    await untilWithin(this.#limits.answer, async () => !(await this.#listens()), '').catch(() => {
      throw new Error(`something listens on ${written(this.#place)} that --start has not started`);
    });
    const run = newRun(this.#command);
    this.#run = run;
    await untilWithin(this.#limits.answer * START, () => this.#hasStarted(run), 'the server to listen').catch(
      async (error: Error) => {
        const { said } = await this.kill();
        throw new Error(`${error.message}; it said: ${JSON.stringify(said)}`);
      },
    );
  }

  async interrupt(): Promise<number | string> {
    const run = this.#run;
    if (run === undefined || run.status !== undefined) return 'it did not run';
    this.#signal('SIGINT');
    return await within(this.#limits.answer, run.ended, () => 'the server to end on SIGINT');
  }

  async kill(patience = 0): Promise<Farewell> {
    const run = this.#run;
    if (run === undefined) return { said: '' };
    await within(patience, run.ended, () => 'its end').catch(() => {});
    const { status } = run;
    // Also where the shell has ended: what it has left in the background must not stay.
    this.#signal('SIGKILL');
    await run.ended;
    await within(PIPES, run.closed, () => 'the end of what it says').catch(() => {});
    this.#run = undefined;
    return { status, said: wholeLines(run.said) };
  }

  async #hasStarted(run: Run): Promise<boolean> {
    if (run.status !== undefined)
      throw new Error(`--start has ended (${run.status}): the server must run in its foreground`);
    if (await this.#listens()) return true;
    await delay(PAUSE);
    return false;
  }

  async #listens(): Promise<boolean> {
    try {
      (await Client.connect(this.#place.port, this.#place.host, this.#limits)).reset();
      return true;
    } catch {
      return false;
    }
  }

  /** To the whole group: the shell may have started others. */
  #signal(name: NodeJS.Signals): void {
    const pid = this.#run?.child.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It has ended.
    }
  }
}

/** Text of a server from the beginning of a line on. */
function wholeLines(said: string): string {
  return (said.length < LAST_WORDS ? said : said.slice(said.indexOf('\n') + 1)).trim();
}

function newRun(command: string): Run {
  const child = spawn(command, { shell: true, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit').then(
    ([code, signal]) => (code ?? signal) as number | string,
    (error: Error) => error.message,
  );
  const run: Run = { child, ended, closed: once(child, 'close').catch(() => {}), said: '' };
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      run.said = (run.said + text).slice(-LAST_WORDS);
    });
  ended.then((status) => {
    run.status = status;
  });
  return run;
}
