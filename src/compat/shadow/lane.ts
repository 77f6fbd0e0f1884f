import { addTo } from '../../learn/grouped.js';
import type { Likeness } from '../record/likeness.js';
import type { Facts } from './facts.js';

export type Which = 'first' | 'second';

/** One document that a server has sent to a client, or the end of the connection. */
export interface Item {
  readonly text: string;
  /** The kind: `login` for the answer to one, `chat` for a message, `end`. */
  readonly about: string;
  readonly likeness: Likeness;
  /** It was in the list of stored messages of a reply to a login. */
  readonly isStored: boolean;
  /** When it came, in ms of performance.now(). */
  readonly at: number;
  /** The last bytes of the client before it. */
  readonly facts: Facts;
  /** Something behind it has come from the other server. */
  wasPassed: boolean;
  /** It is as one of the last that both have sent. */
  isAgain: boolean;
}

/** The results of comparing. */
export type Outcome<I extends Item> =
  | { readonly how: 'same' | 'moved' | 'stored' | 'other'; readonly first: I; readonly second: I }
  | { readonly how: 'missing' | 'once'; readonly first: I }
  | { readonly how: 'extra' | 'twice'; readonly second: I };

/** At most this many are looked through for one that is like another. */
const LOOK = 64;

/** At most this many of the last equal ones are remembered, so that one that comes twice is known. */
const REMEMBERED = 4;

/**
 * What both servers have sent to one client of one sender, in order: its messages, or the server's own answers. What one
 * server has said waits for what the other says.
 */
export class Lane<I extends Item> {
  readonly #sides: Record<Which, I[]> = { first: [], second: [] };
  readonly #areAlike: (first: I, second: I) => boolean;
  readonly #isStrict: boolean;
  #last: { readonly first: I; readonly second: I }[] = [];

  /** @param isStrict answers come one for each request: another one in its place is what differs */
  constructor(areAlike: (first: I, second: I) => boolean, isStrict: boolean) {
    this.#areAlike = areAlike;
    this.#isStrict = isStrict;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#sides.first.length + this.#sides.second.length === 0;
  }

  /** When what waits longest has come; undefined: nothing waits. */
  get oldest(): number | undefined {
    const { first, second } = this.#sides;
    const times = [first[0], second[0]].flatMap((item) => item?.at ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Whether such a document of the first server waits. */
  isAwaiting(about: string): boolean {
    return this.#sides.first.some((item) => item.about === about);
  }

  /** Takes what a server has sent. Returns what comes of it; undefined when it waits. */
  add(which: Which, item: I): Outcome<I> | undefined {
    const [own, others] = [this.#sides[which], this.#sides[which === 'first' ? 'second' : 'first']];
    const pair = (other: I) => (which === 'first' ? ([item, other] as const) : ([other, item] as const));
    const at = others.slice(0, LOOK).findIndex((other) => this.#areAlike(...pair(other)));
    if (at >= 0) {
      for (const passed of others.slice(0, at)) passed.wasPassed = true;
      markPassed(own);
      const [found = item] = others.splice(at, 1);
      const [first, second] = pair(found);
      this.#last = [{ first, second }, ...this.#last].slice(0, REMEMBERED);
      const how = first.isStored === second.isStored ? 'same' : 'stored';
      return { how: found.wasPassed ? 'moved' : how, first, second };
    }
    const next = this.#isStrict
      ? others.findIndex(({ about, wasPassed }) => about === item.about && !wasPassed)
      : -1;
    if (next < 0) {
      item.isAgain = this.#last.some((last) =>
        this.#areAlike(
          ...(which === 'first' ? ([item, last.second] as const) : ([last.first, item] as const)),
        ),
      );
      own.push(item);
      return undefined;
    }
    const [found = item] = others.splice(next, 1);
    const [first, second] = pair(found);
    return { how: 'other', first, second };
  }

  /** Empties it. Returns what waited. */
  takeAll(): I[] {
    const { first, second } = this.#sides;
    return [...first.splice(0), ...second.splice(0)];
  }

  /**
   * Gives up what waits: two of one kind that came before `paired` are another for each other; alone is what came before
   * `alone`.
   */
  giveUp(paired: number, alone: number): Outcome<I>[] {
    const { first, second } = this.#sides;
    const outcomes = pairsOf(first, second, ({ at, isAgain }) => at < paired && !isAgain);
    const gone = new Set<I>(outcomes.flatMap(({ first, second }) => [first, second]));
    const isAlone = (one: I) => one.at < alone && !gone.has(one);
    const ofFirst = first.filter(isAlone);
    const ofSecond = second.filter(isAlone);
    for (const one of [...ofFirst, ...ofSecond]) gone.add(one);
    for (const side of ['first', 'second'] as const)
      if (gone.size > 0) this.#sides[side] = this.#sides[side].filter((one) => !gone.has(one));
    return [
      ...outcomes,
      ...ofFirst.map((one) => ({ how: one.isAgain ? ('once' as const) : ('missing' as const), first: one })),
      ...ofSecond.map((one) => ({ how: one.isAgain ? ('twice' as const) : ('extra' as const), second: one })),
    ];
  }
}

/** The documents that are due on both sides, each with the earliest of its kind on the other one. */
function pairsOf<I extends Item>(first: readonly I[], second: readonly I[], isDue: (item: I) => boolean) {
  /** The latest first. */
  const waiting = new Map<string, I[]>();
  for (const item of second.filter(isDue).reverse()) addTo(waiting, item.about, item);
  return first.filter(isDue).flatMap((one) => {
    const other = waiting.get(one.about)?.pop();
    return other === undefined ? [] : [{ how: 'other' as const, first: one, second: other }];
  });
}

/** Marks all. Those that are marked stand before all others. */
function markPassed(items: readonly Item[]): void {
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at];
    if (item === undefined || item.wasPassed) return;
    item.wasPassed = true;
  }
}
