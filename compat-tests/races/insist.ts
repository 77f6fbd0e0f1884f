import type { MemoryClient } from './client.js';
import type { Post } from './post.js';
import type { World } from './world.js';

/** User 2 tries to log in at most this often; that is far more than anything lasts. */
const TRIES = 200;

/** Logs user 2 in again and again until it works; what it hears is noted. */
export async function insist(world: World, post: Post, node: number): Promise<MemoryClient> {
  const client = post.note(world.connect(node));
  for (let tries = 0; tries < TRIES; tries++) {
    await world.step('user 2 logs in');
    if ((await client.login(2)) === 0) return client;
  }
  throw new Error('user 2 is locked out');
}
