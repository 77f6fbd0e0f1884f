import { Signal } from '../net/signal.js';

/** The others have at most so many ms to say who is on them. */
const ANSWERS = 1000;

/** A node that comes, or is back, says all about itself; all others answer with the same. */
export class Greeting {
  private readonly answered = new Set<string>();
  private readonly heardOne = new Signal();
  /** Resolves when the last greeting is over. */
  over: Promise<void> = Promise.resolve();

  /**
   * Resolves when all have answered, or have had the time to.
   *
   * @param say tells the others; resolves with how many they are
   */
  greet(say: () => Promise<number>): Promise<void> {
    this.over = this.ask(say);
    return this.over;
  }

  /** A node has said all about itself. */
  heard(node: string): void {
    this.answered.add(node);
    this.heardOne.tell();
  }

  private async ask(say: () => Promise<number>): Promise<void> {
    this.answered.clear();
    const others = await say();
    await this.heardOne.until(() => this.answered.size >= others, ANSWERS);
  }
}
