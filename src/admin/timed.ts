import type { Store } from '../store/store.js';

/** Is told how long each call took, and whether it failed. */
export type Observe = (call: string, seconds: number, failed: boolean) => void;

/** The same store, but timed. */
export function timedStore(store: Store, observe: Observe): Store {
  const calls = Object.entries(store).filter(([name]) => name !== 'close' && name !== 'exclusively');
  const timed = calls.map(([name, call]) => [name, time(name, call.bind(store), observe)]);
  return { ...store, ...Object.fromEntries(timed) };
}

function time(name: string, call: (...args: unknown[]) => Promise<unknown>, observe: Observe) {
  return (...args: unknown[]): Promise<unknown> => {
    const start = performance.now();
    const done = (failed: boolean) => observe(name, (performance.now() - start) / 1000, failed);
    const answer = call(...args);
    answer.then(
      () => done(false),
      () => done(true),
    );
    return answer;
  };
}
