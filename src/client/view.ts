import type { Writable } from 'node:stream';
import { placeBehind, wrap } from './layout.js';

/** A terminal's output: a tty's, or a test's. */
export type Display = Writable & { readonly columns?: number; readonly rows?: number };

/** The line that is being typed, on the screen: only it knows where the cursor stands. */
export interface View {
  /** Shows a line in place of the one that it showed, the cursor before its character number `cursor`. */
  draw(line: string, cursor: number): void;
  /** Prints a text above the line. */
  print(text: string): void;
  /** Leaves a line as it is, and goes on below. `styled` is the line with colours. */
  leave(line: string, styled: string): void;
  /** The screen is no longer as it was left: the next drawing starts where the cursor is. */
  forget(): void;
  /** Empties the screen. */
  wipe(): void;
}

/** The drawing: the line, and the row of the cursor with the visible text before it. */
interface Drawn {
  readonly line: string;
  readonly cursor: number;
  readonly row: number;
  readonly before: string;
}

/** On a terminal that can move its cursor. `reflows`: whether it wraps its lines anew when its width changes. */
export class CursorView implements View {
  readonly #output: Display;
  readonly #reflows: boolean;
  #drawn: Drawn | undefined;

  constructor(output: Display, reflows: boolean) {
    this.#output = output;
    this.#reflows = reflows;
  }

  draw(line: string, cursor: number): void {
    this.#output.write(this.#erased() + this.#drawing(line, cursor));
  }

  print(text: string): void {
    const drawn = this.#drawn;
    const again = () => (drawn ? this.#drawing(drawn.line, drawn.cursor) : '');
    this.#output.write(`${this.#erased()}${text}\n${again()}`);
  }

  leave(_line: string, styled: string): void {
    this.#output.write(`${this.#erased()}${styled}\n`);
  }

  forget(): void {
    this.#drawn = undefined;
  }

  wipe(): void {
    this.forget();
    this.#output.write('\x1b[H\x1b[J');
  }

  get #columns(): number {
    return Math.max(2, this.#output.columns ?? 80);
  }

  /** Rows that a line may fill, so that its first one does not leave the screen. */
  get #height(): number {
    return Math.max(1, (this.#output.rows ?? 24) - 1);
  }

  /** The text that takes the drawn line off the screen, and puts the cursor where the line began. */
  #erased(): string {
    if (this.#drawn === undefined) return '';
    const { before, row } = this.#drawn;
    const above = this.#reflows ? placeBehind(before, this.#columns).row : row;
    this.#drawn = undefined;
    return `${up(Math.min(above, this.#height))}\r\x1b[J`;
  }

  /** The text that shows a line, or the rows around its cursor where it is longer than the screen. */
  #drawing(line: string, cursor: number): string {
    const head = line.slice(0, cursor);
    const { row, column } = placeBehind(head, this.#columns);
    const top = Math.max(0, row - this.#height + 1);
    const shown = wrap(line, this.#columns)
      .slice(top, top + this.#height)
      .join('');
    const before = wrap(head, this.#columns).slice(top).join('');
    this.#drawn = { line, cursor, row: row - top, before };
    const end = placeBehind(shown, this.#columns);
    // The cursor behind the line stands on a blank: only where something is written a terminal begins a row,
    // and it is in no doubt about the cursor's row when it wraps the line anew.
    return `${shown} ${up(end.row - (row - top))}\r${right(column)}`;
  }
}

/** On a terminal that cannot move its cursor, as Emacs' shell: a changed line is written once more. */
export class PlainView implements View {
  readonly #output: Display;
  #drawn: string | undefined;

  constructor(output: Display) {
    this.#output = output;
  }

  draw(line: string): void {
    const drawn = this.#drawn ?? '';
    this.#output.write(line.startsWith(drawn) ? line.slice(drawn.length) : `\n${line}`);
    this.#drawn = line;
  }

  print(text: string): void {
    this.#output.write(this.#drawn === undefined ? `${text}\n` : `\n${text}\n${this.#drawn}`);
  }

  leave(line: string): void {
    this.draw(line);
    this.#output.write('\n');
    this.forget();
  }

  forget(): void {
    this.#drawn = undefined;
  }

  wipe(): void {}
}

/** Whether the terminal wraps its lines anew when its width changes: all do but a few old ones. */
export function reflows({ TERM = '', TERM_PROGRAM, TMUX, STY, XTERM_VERSION }: NodeJS.ProcessEnv): boolean {
  if (TMUX) return true;
  return !(TERM === 'linux' || TERM_PROGRAM === 'vscode' || STY || XTERM_VERSION);
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : '';
}

function right(columns: number): string {
  return columns > 0 ? `\x1b[${columns}C` : '';
}
