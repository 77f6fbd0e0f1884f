import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.js';

/** Between two goodbyes to some of the clients, in ms. */
const STEP = 50;

/**
 * Ends connections, a few at a time in any order, so that those who come back elsewhere do not all come at once; what
 * each has written before it saw that is handled. Resolves when it is said to all but those who were just let in.
 *
 * @param connections those who leave by themselves are no longer among them
 * @param ms how long it may take; 0 leaves all to the caller
 */
export async function sayGoodbye(connections: ReadonlySet<Connection>, ms: number): Promise<void> {
  const order = shuffled([...connections]);
  const steps = Math.ceil(ms / STEP);
  for (let step = 0; step < steps && connections.size > 0; step++) {
    const upTo = Math.floor((order.length * (step + 1)) / steps);
    const from = Math.floor((order.length * step) / steps);
    for (const connection of order.slice(from, upTo)) connection.goodbye('the server stops');
    await delay(STEP);
  }
}

/** Resolves when all are gone, or `ms` have passed. */
export async function allGone(connections: ReadonlySet<Connection>, ms: number): Promise<void> {
  for (let waited = 0; waited < ms && connections.size > 0; waited += STEP) await delay(STEP);
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
