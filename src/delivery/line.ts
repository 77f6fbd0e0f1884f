import { costOf, type Letter } from '../bus/letter.js';

/** Messages for one user that could not go on yet, oldest first. */
export class Line {
  /** When something began to wait, by `performance.now()`. */
  readonly since = performance.now();
  letters: Letter[] = [];
  bytes = 0;
  /** What is being done with the first of its messages; all others stay behind them. */
  busy: 'publishing' | 'storing' | undefined;
  private calm: (() => void)[] = [];

  push(letter: Letter): void {
    this.letters.push(letter);
    this.bytes += costOf(letter);
  }

  take(): Letter[] {
    const { letters } = this;
    this.letters = [];
    this.bytes = 0;
    return letters;
  }

  /** Takes the first of them: so many bytes, give or take one. */
  takeFirst(bytes: number): Letter[] {
    let count = 0;
    for (let taken = 0; count < this.letters.length && taken < bytes; count++) {
      taken += costOf(this.letters[count] as Letter);
    }
    const letters = this.letters.splice(0, count);
    for (const letter of letters) this.bytes -= costOf(letter);
    return letters;
  }

  putBack(letters: readonly Letter[]): void {
    this.letters = [...letters, ...this.letters];
    for (const letter of letters) this.bytes += costOf(letter);
  }

  /** Resolves when it is not busy any more. */
  calmed(): Promise<void> {
    return new Promise((resolve) => this.calm.push(resolve));
  }

  /** It is not busy any more. */
  rest(): void {
    this.busy = undefined;
    for (const tell of this.calm.splice(0)) tell();
  }
}
