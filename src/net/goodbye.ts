import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.js';

/** Between two goodbyes to some of the clients, in ms. */
const STEP = 50;

/**
 * Ends connections, a few at a time in any order, so that those who come back elsewhere do not all come at once.
 * Resolves when it is the turn of the last few: they are left to the caller, and so is who was being let in.
 *
 * @param connections those who leave by themselves are no longer among them
 * @param ms how long it may take; 0 leaves all to the caller
 */
export async function sayGoodbye(connections: ReadonlySet<Connection>, ms: number): Promise<void> {
  const order = shuffled([...connections]);
  const steps = Math.ceil(ms / STEP);
  for (let step = 0; step < steps - 1 && connections.size > 0; step++) {
    const upTo = Math.floor((order.length * (step + 1)) / steps);
    const from = Math.floor((order.length * step) / steps);
    for (const connection of order.slice(from, upTo)) connection.finish('the server stops');
    await delay(STEP);
  }
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
