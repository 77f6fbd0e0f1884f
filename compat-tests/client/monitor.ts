import { EventEmitter, once } from 'node:events';
import { Writable } from 'node:stream';
import xterm from '@xterm/headless';
import { beforeDeadline } from '../harness/deadline.js';

/** A terminal that shows what is written to it, as a person's would. */
export class Monitor extends Writable {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  readonly #changes = new EventEmitter();

  /** `reflows`: whether the row of the cursor is wrapped anew with the others when the width changes. */
  constructor(columns: number, rows: number, reflows = true) {
    super();
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      reflowCursorLine: reflows,
      convertEol: true,
      allowProposedApi: true,
      scrollback: 10_000,
    });
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#terminal.write(bytes, () => {
      done();
      this.#changes.emit('change');
    });
  }

  async resize(columns: number): Promise<void> {
    await this.settled();
    this.#terminal.resize(columns, this.rows);
    this.emit('resize');
    await this.settled();
  }

  /** The lines from the very first to that of the cursor, each as it was written, whatever rows it fills. */
  get lines(): string[] {
    const buffer = this.#terminal.buffer.active;
    const lines: string[] = [];
    for (let y = 0; y <= buffer.baseY + buffer.cursorY || buffer.getLine(y)?.isWrapped; y++) {
      const before = buffer.getLine(y)?.isWrapped ? (lines.pop() ?? '') : '';
      lines.push(before + this.#row(y));
    }
    return lines.map((line) => line.trimEnd());
  }

  #row(y: number): string {
    const row = this.#terminal.buffer.active.getLine(y);
    const last = row?.getCell(this.columns - 1);
    // A wide character that does not fit goes to the next row, and leaves the last cell of this one empty.
    const isCut = last?.getChars() === '' && last.getWidth() === 1;
    return row?.translateToString(false, 0, this.columns - (isCut ? 1 : 0)) ?? '';
  }

  /** Everything on it, as one text. */
  get text(): string {
    return this.lines.join('\n');
  }

  /** The character cell before which the cursor stands: the text of its row up to there. */
  get beforeCursor(): string {
    const buffer = this.#terminal.buffer.active;
    return buffer.getLine(buffer.baseY + buffer.cursorY)?.translateToString(false, 0, buffer.cursorX) ?? '';
  }

  /** Resolves once everything that was written is shown. */
  async settled(): Promise<void> {
    await new Promise<unknown>((resolve) => this.write('', resolve));
  }

  async until(shown: (text: string) => boolean, what: string): Promise<void> {
    while (!shown(this.text)) {
      await beforeDeadline(once(this.#changes, 'change'), () => `${what} on this screen:\n${this.text}`);
    }
  }
}
