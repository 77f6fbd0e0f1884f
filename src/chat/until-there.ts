import { setTimeout as delay } from 'node:timers/promises';
import { LIMITS } from '../limits.js';
import { StoreUnavailable } from '../store/store.js';

/** Does something with the store; while that is away again and again. Rejects as `work` does, or when the signal says so. */
export async function untilThere<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    if (signal.aborted) throw new StoreUnavailable('the server stops');
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || signal.aborted) throw error;
    }
    await delay(LIMITS.retry, undefined, { signal }).catch(() => {});
  }
}
