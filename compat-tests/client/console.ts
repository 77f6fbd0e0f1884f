import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { beforeDeadline } from '../harness/deadline.js';

/** A chat-client on a pipe. */
export class Console {
  /** Everything it printed so far, times as `<time>`. */
  screen = '';
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #changes = new EventEmitter();
  readonly #closed: Promise<unknown>;

  constructor(port: number) {
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, CLIENT, '127.0.0.1', `${port}`]);
    this.#closed = once(this.#child, 'close');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.screen = withoutTimes(this.screen + text);
        this.#changes.emit('change');
      });
    }
  }

  /** Whether its user can type commands, not choices of the menu. */
  get loggedIn(): boolean {
    return this.screen.lastIndexOf('choice:') < this.screen.lastIndexOf('login user=');
  }

  type(...lines: string[]): void {
    this.#child.stdin.write(lines.map((line) => `${line}\n`).join(''));
  }

  async until(done: (screen: string) => boolean, what: string): Promise<void> {
    while (!done(this.screen)) {
      await beforeDeadline(once(this.#changes, 'change'), () => `${what} on this screen:\n${this.screen}`);
    }
  }

  /** Ends its input, and waits for the end. Returns its exit status. */
  async end(): Promise<number | null> {
    this.#child.stdin.end();
    await beforeDeadline(this.#closed, () => `the client to end, having printed:\n${this.screen}`);
    return this.#child.exitCode;
  }
}

const CLIENT = 'dist/client/main.js';

/** A text with every time in it as `<time>`. */
export function withoutTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '<time>');
}
