/** Is told of an error that nobody expected, and where it was caught. */
export type Tell = (error: unknown, where: string) => void;

const tells = new Set<Tell>();

/** Tells of unexpected errors from now on. Returns what ends that. */
export function onUnexpected(tell: Tell): () => void {
  tells.add(tell);
  return () => void tells.delete(tell);
}

/** Tells of an error that ended only the work in which it happened. Never throws. */
export function unexpected(error: unknown, where: string): void {
  for (const tell of tells) tell(error, where);
  if (tells.size === 0) process.emitWarning(error instanceof Error ? error : String(error));
}

/**
 * A function for a socket, a timer, a signal or another process to call: it runs `work`, and never throws. Without it
 * an error would end the process, and with it everybody's connections.
 *
 * @param where the entry, for the log
 */
export function guarded<Args extends unknown[]>(
  where: string,
  work: (...args: Args) => unknown,
): (...args: Args) => void {
  return (...args) => {
    try {
      const result = work(...args);
      if (result instanceof Promise) result.catch((error) => unexpected(error, where));
    } catch (error) {
      unexpected(error, where);
    }
  };
}
