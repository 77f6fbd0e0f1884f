import type { Site } from '../harness/site.js';
import { calm, open } from './calm.js';
import { race } from './race.js';
import { Random } from './random.js';
import { storm } from './storm.js';
import { World } from './world.js';

/** How many rounds a session has, and how many accounts it begins with. */
const ROUNDS = 25;
const USERS = 8;

/**
 * One session on a site whose nodes have no connections: everything in it follows from the seed, but for what
 * races. Rejects with the seed and what was done last when something is not as it must be.
 */
export async function session(site: Site, seed: number): Promise<void> {
  const world = new World(site, new Random(seed));
  try {
    await world.begin(USERS);
    for (let n = 0; n < 4; n++) await open(world);
    for (let round = 0; round < ROUNDS; round++) await world.random.pick([calm, calm, storm, race])?.(world);
    for (const peer of world.peers) await peer.close();
    await world.leftInDatabase(world.online.keys());
  } catch (error) {
    const last = world.history.slice(-12).join('; ');
    throw new Error(`FUZZ_SEED=${seed} fails, after: ${last}`, { cause: error });
  }
}

/** Sessions, each with the seed after the last one's, for so many seconds. Returns how many there were. */
export async function fuzz(site: Site, firstSeed: number, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let sessions = 0;
  do await session(site, firstSeed + sessions++);
  while (performance.now() < end);
  return sessions;
}
