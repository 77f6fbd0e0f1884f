/** A question that is being asked, and the one that all who came since wait for. */
interface Line<T> {
  readonly current: Promise<T>;
  next: Promise<T> | undefined;
}

/**
 * Shares the answers of `ask` among those who ask the same at the same time.
 *
 * Per arguments at most one call runs; all who come while it does get the answer of one that begins after
 * it, so that no answer is older than its question. A rejection goes to those who waited for that answer.
 */
export function coalesce<A extends readonly (number | string)[], T>(
  ask: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  const lines = new Map<string, Line<T>>();

  function begin(key: string, args: A): Promise<T> {
    const line: Line<T> = { current: ask(...args), next: undefined };
    lines.set(key, line);
    const end = () => {
      if (line.next === undefined) lines.delete(key);
    };
    line.current.then(end, end);
    return line.current;
  }

  return (...args) => {
    const key = args.join();
    const line = lines.get(key);
    if (line === undefined) return begin(key, args);
    const start = () => begin(key, args);
    line.next ??= line.current.then(start, start);
    return line.next;
  };
}
