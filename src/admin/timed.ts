import type { Medium } from '../bus/medium.js';
import type { Store } from '../store/store.js';

/** Is told how long each call took, and whether it failed. */
export type Observe = (call: string, seconds: number, failed: boolean) => void;

/** The same store, but timed. */
export function timedStore(store: Store, observe: Observe): Store {
  const calls = Object.entries(store).filter(([name]) => name !== 'close' && name !== 'exclusively');
  const timed = calls.map(([name, call]) => [name, time(name, call.bind(store), observe)]);
  return { ...store, ...Object.fromEntries(timed) };
}

/** The same medium, but with those of its calls timed that somebody waits for. */
export function timedMedium(medium: Medium, observe: Observe): Medium {
  return {
    hasOriginals: medium.hasOriginals,
    start: (node, events) => medium.start(node, events),
    unsubscribe: (userid) => medium.unsubscribe(userid),
    tell: (node, bytes) => medium.tell(node, bytes),
    close: () => medium.close(),
    subscribe: time('subscribe', (userid: number) => medium.subscribe(userid), observe),
    publish: time('publish', (userid: number, bytes: Buffer) => medium.publish(userid, bytes), observe),
    subscribers: time('subscribers', (userid: number) => medium.subscribers(userid), observe),
  };
}

function time<Args extends unknown[], Result>(
  name: string,
  call: (...args: Args) => Promise<Result>,
  observe: Observe,
): (...args: Args) => Promise<Result> {
  return (...args) => {
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
