import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits before a store that is away is tried again. Never rejects.
 *
 * @param retry in ms
 * @param signal ends the wait at once: nobody waits for the store any longer, or it is tried one last time
 * @param ref whether the process stays for it
 */
export function pause(retry: number, signal: AbortSignal, ref = true): Promise<void> {
  return delay(retry, undefined, { signal, ref }).catch(() => {});
}
