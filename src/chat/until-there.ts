import { LIMITS } from '../limits.js';
import { pause } from '../store/pause.js';
import { StoreUnavailable } from '../store/store.js';

/** Does something with the store; while that is away again and again. Rejects as `work` does, or when the signal says so. */
export function untilThere<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return again(work, work, signal);
}

/**
 * The same for a question, which may be left unanswered: once the store was away, the signal ends also a question that is
 * under way. It may have begun just before, and a statement takes 5 s to be given up: without that a server that stops would
 * end the connection first, and would not count the later messages of its client as lost.
 */
export function untilAnswered<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return again(ask, () => unlessAborted(ask(), signal), signal);
}

async function again<T>(first: () => Promise<T>, later: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let work = first; ; work = later) {
    if (signal.aborted) throw stops();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || signal.aborted) throw error;
    }
    await pause(LIMITS.retry, signal);
  }
}

function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(stops());
    signal.addEventListener('abort', stop, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function stops(): StoreUnavailable {
  return new StoreUnavailable('the server stops');
}
