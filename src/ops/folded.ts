import type { Log } from './log.js';

/** The fields of a line besides its text; one that is undefined is left out. */
export type Fields = Readonly<Record<string, string | number | undefined>>;

/** At most this many lines a second, whatever they say. */
const PER_SECOND = 10;
/** How long the next equal line is held back, in ms: twice as long each time that there is one, but no longer than this. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 600_000;
/** At most this many different lines are held back at the same time; any other is told by its text alone. */
const MOST = 200;

/** A line that was told, and how often it has come again. */
interface Held {
  readonly fields: Fields;
  readonly text: string;
  pause: number;
  untold: number;
}

/**
 * Warnings that may come again and again, as often as a stranger likes. The first of equal ones is told at once, those
 * that follow by a line now and then, which says for how many more it stands: `unlogged`. The log is never flooded,
 * and no line hides another.
 */
export class Folded {
  private readonly log: Log;
  private readonly level: 'warn' | 'error';
  private readonly perSecond: number;
  private readonly held = new Map<string, Held>();
  private second = 0;
  private told = 0;

  /** @param perSecond at most this many lines a second, whatever they say */
  constructor(log: Log, level: 'warn' | 'error' = 'warn', perSecond = PER_SECOND) {
    this.log = log;
    this.level = level;
    this.perSecond = perSecond;
  }

  /** Writes the line, now or later. */
  add(given: Fields, text: string): void {
    const fields =
      this.held.size < MOST || this.held.has(keyOf(given, text)) ? given : { reason: given.reason };
    const key = keyOf(fields, text);
    const held = this.held.get(key);
    if (held !== undefined) {
      held.untold++;
      return;
    }
    const first: Held = { fields, text, pause: FIRST_PAUSE, untold: 1 };
    this.held.set(key, first);
    this.tell(first);
    this.watch(key, first);
  }

  /** Looks, when its pause is over, whether a line has come again. */
  private watch(key: string, held: Held): void {
    const look = () => {
      if (held.untold === 0) {
        this.held.delete(key);
        return;
      }
      if (this.tell(held)) held.pause = Math.min(held.pause * 2, LONGEST_PAUSE);
      this.watch(key, held);
    };
    setTimeout(look, held.pause).unref();
  }

  /** Writes one line for all that is untold; false when there were too many lines in this second. */
  private tell(held: Held): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.told = 0;
    }
    if (this.told === this.perSecond) return false;
    this.told++;
    const unlogged = held.untold - 1;
    held.untold = 0;
    this.log[this.level]({ ...held.fields, ...(unlogged > 0 && { unlogged }) }, held.text);
    return true;
  }
}

function keyOf(fields: Fields, text: string): string {
  return JSON.stringify([text, fields]);
}
