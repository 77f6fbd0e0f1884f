import { setTimeout as delay } from 'node:timers/promises';

/** How often it is looked how much is left, and how often that is told, in ms. */
const LOOK = 250;
const TELL = 2000;

/** How much is left to be done: counts, by what they count. */
type Rest = Readonly<Record<string, number>>;

export interface Patience {
  /** The work is given up when nothing of the rest was done for this time, in ms. */
  readonly patience: number;
  /** The longest that it may take, in ms. */
  readonly most: number;
  /** Is told now and then what is left. */
  tell(rest: Rest): void;
}

/** Waits for work as long as it goes on. Resolves with whether it is done. Rejects as the work does. */
export async function whileItGoesOn(
  work: Promise<void>,
  rest: () => Rest,
  { patience, most, tell }: Patience,
): Promise<boolean> {
  const done = work.then(() => true);
  const begun = performance.now();
  let [least, since, told] = [Number.POSITIVE_INFINITY, begun, begun];
  for (;;) {
    if (await Promise.race([done, delay(LOOK, false)])) return true;
    const now = performance.now();
    const left = rest();
    const sum = Object.values(left).reduce((a, b) => a + b, 0);
    if (sum < least) [least, since] = [sum, now];
    if (now - since >= patience || now - begun >= most) return false;
    if (now - told < TELL) continue;
    told = now;
    tell(left);
  }
}
