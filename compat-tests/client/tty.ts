import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeDeadline } from '../harness/deadline.js';
import { Monitor } from './monitor.js';

const [COLUMNS, ROWS] = [60, 40];

/** A program on a real terminal of the system, with a person's keyboard and screen. */
export class Tty {
  readonly monitor = new Monitor(COLUMNS, ROWS);
  /** Everything that was written to the screen, with what moves the cursor. */
  written = '';
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  #name = '';

  /** Starts a shell line on a terminal of 60 columns. */
  constructor(line: string, term = 'xterm-256color') {
    const command = `stty cols ${COLUMNS} rows ${ROWS}; tty; export TERM=${term}; unset NODE_OPTIONS; ${line}`;
    const script = [
      '--pdeathsig',
      'KILL',
      'script',
      '--quiet',
      '--return',
      '--command',
      command,
      '/dev/null',
    ];
    this.#child = spawn('setpriv', script);
    this.#ended = once(this.#child, 'close');
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.written += text;
      this.monitor.write(text);
    });
  }

  /** Starts a client on a terminal of 60 columns. Resolves when it shows its menu. */
  static async start(port: number, term?: string, locale = 'C'): Promise<Tty> {
    const tty = new Tty(
      `exec env LC_ALL=${locale} ${process.execPath} dist/client/main.js 127.0.0.1 ${port}`,
      term,
    );
    await tty.monitor.until((screen) => /choice:|请选择：/.test(screen), 'the menu');
    tty.#name = tty.monitor.lines[0] ?? '';
    return tty;
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Waits until a text is on the screen. */
  async shows(text: string): Promise<void> {
    await this.monitor.until((screen) => screen.includes(text), text);
  }

  /** Waits until the last thing on the screen is this question, and answers it. */
  async asked(question: string, answer: string): Promise<void> {
    await this.monitor.until((screen) => screen.trimEnd().endsWith(question), `the question ${question}`);
    this.type(`${answer}\r`);
  }

  /** Makes the terminal so many columns wide. Resolves when the client has drawn its line anew. */
  async resize(columns: number): Promise<void> {
    await this.monitor.resize(columns);
    const redrawn = once(this.#child.stdout, 'data');
    execFileSync('stty', ['-F', this.#name, 'cols', `${columns}`]);
    await beforeDeadline(redrawn, () => 'the line to be drawn anew');
    await this.monitor.settled();
  }

  /** Waits for its end, and until all that it wrote is on the screen. Returns its exit status. */
  async ended(): Promise<number | null> {
    await beforeDeadline(this.#ended, () => `the client to end:\n${this.monitor.text}`);
    await this.monitor.settled();
    return this.#child.exitCode;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
