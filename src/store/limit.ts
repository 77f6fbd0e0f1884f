/** Work that waits for a lane. */
export interface Limited {
  /** Resolves or rejects as the work does; the work begins when there is a lane for it, first come, first served. */
  <T>(work: () => Promise<T>): Promise<T>;
  /** How many wait for a lane. */
  waits(): number;
}

/** Lets at most `lanes` pieces of work run at once. */
export function limit(lanes: number): Limited {
  const waiting: (() => void)[] = [];
  let free = lanes;
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
  return Object.assign(run, { waits: () => waiting.length });
}
