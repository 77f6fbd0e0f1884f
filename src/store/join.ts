/** The answer for an item that must be asked by itself: together with others it failed, or would hold them up. */
export const ALONE = Symbol('alone');

/** How items are done. Times are those of performance.now(). */
export interface Joint<I, O> {
  /** How many calls of `together` may be under way, and the same of `alone`. */
  readonly lanes: number;
  /** The most items of one call. */
  most(): number;
  /** Does items, and answers each in its place. Whether one that was asked `since` can still wait is its matter. */
  together(items: readonly I[], since: number): Promise<readonly (O | typeof ALONE)[]>;
  /** Does one that was answered ALONE. */
  alone(item: I, since: number): Promise<O>;
}

interface Waiting<I, O> {
  readonly item: I;
  readonly since: number;
  readonly resolve: (answer: O) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins all questions that come while others are being answered into one call; a question alone does not wait. Items
 * begin in the order they were asked in. A rejection of `together` goes to all its items.
 */
export function join<I, O extends NonNullable<unknown>>(joint: Joint<I, O>): (item: I) => Promise<O> {
  const single = queue<Waiting<I, O>>(
    joint.lanes,
    () => 1,
    async ([one]) => {
      if (one !== undefined) await joint.alone(one.item, one.since).then(one.resolve, one.reject);
    },
  );
  const ask = queue<Waiting<I, O>>(
    joint.lanes,
    () => joint.most(),
    async (batch) => {
      const items = batch.map(({ item }) => item);
      try {
        const answers = await joint.together(items, batch[0]?.since ?? performance.now());
        for (const [i, one] of batch.entries()) {
          const answer = answers[i] ?? ALONE;
          if (answer === ALONE) single(one);
          else one.resolve(answer);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    },
  );
  return (item) => new Promise((resolve, reject) => ask({ item, since: performance.now(), resolve, reject }));
}

/** A call that takes longer than this, in ms, is slow: other items do not wait for it any longer. */
const SLOW = 10;

/**
 * Hands items to `work`: the items of one turn of the event loop together, and those that come while a call is under
 * way when it has ended. Beside a call that is slow, or when there are enough for one more, another begins, up to
 * `lanes`. `work` never rejects.
 */
function queue<T>(
  lanes: number,
  most: () => number,
  work: (items: readonly T[]) => Promise<void>,
): (item: T) => void {
  const waiting: T[] = [];
  let running = 0;
  let turn: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;

  const plan = () => {
    if (waiting.length === 0 || running === lanes || turn !== undefined) return;
    if (running === 0 || waiting.length >= most()) turn = setImmediate(begin);
    else timer ??= setTimeout(begin, SLOW);
  };
  const begin = () => {
    clearImmediate(turn);
    clearTimeout(timer);
    turn = timer = undefined;
    running++;
    void work(waiting.splice(0, most())).then(() => {
      running--;
      plan();
    });
    plan();
  };
  return (item) => {
    waiting.push(item);
    plan();
  };
}
