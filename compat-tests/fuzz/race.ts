import { deepStrictEqual } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { DEADLINE } from '../harness/deadline.js';
import type { Document } from '../harness/user.js';
import { anyText } from './documents.js';
import { joined } from './messages.js';
import { Mover } from './mover.js';
import type { Peer } from './peer.js';
import type { World } from './world.js';

/**
 * Messages to users who come and go meanwhile. Wherever they were, each message has been delivered or is stored,
 * once; to a user whom two nodes tried to log in at once it may come twice; of a user whose connection was reset,
 * a message may be lost with it or come twice.
 */
export async function race(world: World): Promise<void> {
  const { random, online } = world;
  const movers = random
    .shuffle(online)
    .filter(([, peer]) => peer.users.size === 1)
    .slice(0, 3)
    .map(([id, peer]) => new Mover(world, id, peer));
  const senders = [...world.peers].filter(
    (peer) => peer.users.size > 0 && !movers.some((mover) => mover.peer === peer),
  );
  if (movers.length === 0 || senders.length === 0) return;
  world.note(`race of ${movers.map(({ id }) => id)}`);
  const sent: Document[] = [];
  await Promise.all([
    ...movers.map((mover) => mover.move(1 + random.int(3))),
    ...senders.map((peer) => pester(world, peer, movers, sent)),
  ]);
  const to = (mover: Mover) => sent.filter(({ toid }) => toid === mover.id);
  for (const mover of movers) await arrived(world, mover, to(mover));
  for (const mover of movers) await mover.leave();
  for (const mover of movers) {
    await arrived(world, mover, to(mover));
    if (mover.doubled || mover.lossy) for (const { n } of to(mover)) world.uncertain.add(n);
  }
  world.stored.clear();
  for (const [id, messages] of await world.storedInDatabase()) world.stored.set(id, joined(messages));
}

/** Writes to the movers, a few messages at a time. */
async function pester(world: World, peer: Peer, movers: readonly Mover[], sent: Document[]): Promise<void> {
  const random = world.random.fork();
  for (let bursts = 1 + random.int(10); bursts > 0; bursts--) {
    const messages = Array.from({ length: 1 + random.int(4) }, () => ({
      id: random.pick(peer.users),
      msg: anyText(random, 5),
      msgid: 6,
      n: world.nextMessage(),
      toid: random.pick(movers)?.id,
    }));
    sent.push(...messages);
    await peer.send(Buffer.from(messages.map((message) => `${JSON.stringify(message)}\0`).join('')), random);
    if (random.chance(0.5)) await delay(random.int(3));
  }
  await peer.sync();
}

/** Waits until every message has come, or is stored, once. */
async function arrived(world: World, mover: Mover, messages: readonly Document[]): Promise<void> {
  if (mover.lossy) return;
  let found: Document[] = [];
  for (const end = Date.now() + DEADLINE; Date.now() < end; await delay(2)) {
    const heard = await mover.heard();
    found = byNumber([...heard, ...((await world.storedInDatabase()).get(mover.id) ?? [])]);
    if (mover.doubled) found = found.filter(({ n }, i) => n !== found[i - 1]?.n);
    // While stored messages are on their way they are missing, or are in both places.
    if (isDeepStrictEqual(found, byNumber(messages))) return;
  }
  deepStrictEqual(found, byNumber(messages), `messages to ${mover.id}, who ${mover.trail}`);
}

function byNumber(messages: readonly Document[]): Document[] {
  return [...messages].sort((a, b) => a.n - b.n);
}
