import { MOST_SEQS, type NumberedMessage, type SeqState } from '../../store/store.js';

/** The state of a message by its number. `old`: the number is below the window, so nothing is known. */
export type Known = Exclude<SeqState, 'never'> | 'new' | 'old';

/** Each state as one byte. */
const STATES = ['new', 'open', 'here', 'elsewhere', 'stored'] as const satisfies Known[];

/**
 * The numbers of one user's messages: the window of the last MOST_SEQS, up to the highest that has come.
 *
 * 1. A number in the window that has not come is new, also where a higher one has: a message that was late is not lost.
 * 2. A number below the window is old: nobody remembers whether it has come.
 */
export class SeqWindow {
  private highest = 0;
  /** A ring: the number n is at the place n modulo MOST_SEQS. */
  private readonly states = new Uint8Array(MOST_SEQS);
  /** By number: the other node that has an open message. */
  private readonly nodes = new Map<number, string>();

  /** @param messages the user's, as the database has them, in any order */
  constructor(messages: readonly NumberedMessage[] = []) {
    this.highest = messages.reduce((highest, { seq }) => Math.max(highest, seq), 0);
    for (const { seq, state, node } of messages) {
      if (this.isOld(seq)) continue;
      this.set(seq, state);
      if (state === 'open') this.nodes.set(seq, node);
    }
  }

  /** The highest number that has come; 0 for none. */
  get last(): number {
    return this.highest;
  }

  /** The state of the message with this number. */
  known(seq: number): Known {
    if (this.isOld(seq)) return 'old';
    return seq > this.highest ? 'new' : (STATES[this.states[seq % MOST_SEQS] ?? 0] ?? 'new');
  }

  /** The other node that has an open message; undefined for an open one of this node. */
  nodeOf(seq: number): string | undefined {
    return this.nodes.get(seq);
  }

  /** The message with this number is on its way from here. */
  begin(seq: number): void {
    // A client may skip very many numbers at once: a ring has been gone round then.
    const from = Math.max(this.highest + 1, seq - MOST_SEQS + 1);
    for (let skipped = from; skipped <= seq; skipped++) this.states[skipped % MOST_SEQS] = 0;
    this.highest = Math.max(this.highest, seq);
    this.nodes.delete(seq);
    for (const each of this.nodes.keys()) if (this.isOld(each)) this.nodes.delete(each);
    this.set(seq, 'open');
  }

  /** The database now has this state of a message that another node had open. Returns whether it has ended since. */
  hear({ seq, state, node }: NumberedMessage): boolean {
    if (!this.nodes.has(seq)) return false;
    this.set(seq, state);
    if (state === 'open') this.nodes.set(seq, node);
    else this.nodes.delete(seq);
    return state !== 'open';
  }

  /** It is known what became of the message with this number. */
  end(seq: number, state: SeqState): void {
    if (!this.isOld(seq)) this.set(seq, state);
  }

  private set(seq: number, state: SeqState): void {
    this.states[seq % MOST_SEQS] = state === 'never' ? 0 : STATES.indexOf(state);
  }

  private isOld(seq: number): boolean {
    return seq <= this.highest - MOST_SEQS;
  }
}
