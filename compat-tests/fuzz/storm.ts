import { deepStrictEqual } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { DEADLINE } from '../harness/deadline.js';
import type { Document } from '../harness/user.js';
import { talk } from './chatter.js';
import { joined, sameFromEach } from './messages.js';
import type { Peer } from './peer.js';
import type { World } from './world.js';

/** All connections send at once, nobody comes or goes: afterwards everyone has exactly what was sent to it. */
export async function storm(world: World): Promise<void> {
  const { random, peers, online, stored } = world;
  world.note(`storm of ${peers.size}`);
  const expected = new Map([...peers].map((peer) => [peer, [] as Document[]]));
  const deliver = (toid: number, message: Document) => {
    const peer = online.get(toid);
    if (peer === undefined) world.store(toid, message);
    else expected.get(peer)?.push(message);
  };
  const streams = [...peers].map((peer) => ({ peer, bytes: talk(world, peer, random.int(20), deliver) }));
  await Promise.all(streams.map(({ peer, bytes }) => peer.send(bytes, random.fork())));
  await Promise.all(streams.map(({ peer }) => peer.sync()));
  for (const [peer, messages] of expected)
    sameFromEach(await hear(world, peer, messages.length), messages, `to ${[...peer.users]}`);
  const found = await world.storedInDatabase();
  deepStrictEqual([...found.keys()].sort(), [...stored.keys()].sort(), 'users with stored messages');
  for (const [id, messages] of stored)
    sameFromEach(joined(found.get(id) ?? []), messages, `stored for ${id}`);
}

/** The messages that have come, once there are `count` or none comes any more. */
async function hear(world: World, peer: Peer, count: number): Promise<Document[]> {
  const heard: Document[] = [];
  for (const end = Date.now() + DEADLINE; Date.now() < end; await delay(2)) {
    await peer.sync();
    heard.push(...world.heard(peer));
    if (heard.length >= count) break;
  }
  return heard;
}
