/**
 * How long other tabs may take to answer, and to let an account go, in ms. A tab in the background of a busy machine takes its
 * time; one that is not waited for keeps the account, and nobody is told that it is there.
 */
const ANSWER = 2000;
const GOODBYE = 3000;

interface Word {
  readonly ask?: number;
  readonly here?: number;
  readonly take?: number;
  readonly gone?: number;
  readonly left?: number;
}

/** The other tabs of this browser: an account is in one of them at a time, and can be taken from one to another. */
export class OtherTabs {
  private readonly channel = new BroadcastChannel('chat-tabs');
  private readonly me: () => number | undefined;
  private readonly giveWay: () => Promise<void>;
  private readonly hasLeft: () => void;
  private waiting: { readonly kind: keyof Word; readonly id: number; resolve(): void }[] = [];

  /**
   * @param me who is logged in in this tab
   * @param giveWay lets the account go
   * @param hasLeft forgets all that this tab has of it: the user has logged out in another one
   */
  constructor(me: () => number | undefined, giveWay: () => Promise<void>, hasLeft: () => void) {
    this.me = me;
    this.hasLeft = hasLeft;
    this.giveWay = giveWay;
    this.channel.onmessage = ({ data }: MessageEvent<Word>) => void this.hear(data);
  }

  /** Whether another tab has the account. */
  has(id: number): Promise<boolean> {
    return this.ask('ask', 'here', id, ANSWER);
  }

  /** Lets the tab that has the account give it up. Resolves when it has, or there is none. */
  async takeOver(id: number | undefined): Promise<void> {
    if (id !== undefined && (await this.has(id))) await this.ask('take', 'gone', id, GOODBYE);
  }

  /** A user has logged out in this tab: others may still show what it had there. */
  tellLeft(id: number): void {
    this.channel.postMessage({ left: id });
  }

  private ask(word: keyof Word, answer: keyof Word, id: number, patience: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.waiting.push({ kind: answer, id, resolve: () => resolve(true) });
      setTimeout(() => resolve(false), patience);
      this.channel.postMessage({ [word]: id });
    });
  }

  private async hear(word: Word): Promise<void> {
    const isMine = (id: number | undefined) => id !== undefined && id === this.me();
    if (isMine(word.ask)) this.channel.postMessage({ here: word.ask });
    if (isMine(word.take)) {
      await this.giveWay();
      this.channel.postMessage({ gone: word.take });
    }
    if (isMine(word.left)) this.hasLeft();
    for (const { kind, id, resolve } of this.waiting) if (word[kind] === id) resolve();
    this.waiting = this.waiting.filter(({ kind, id }) => word[kind] !== id);
  }
}
