import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { until } from '../harness/deadline.js';
import { expectedReply, parsedReply } from './login-reply.js';
import { joined, sameFromEach } from './messages.js';
import { Peer } from './peer.js';
import type { World } from './world.js';

type Step = (world: World) => Promise<void>;

/** One step at a time, each of them waited for: afterwards everything must be exactly as the world says. */
export async function calm(world: World): Promise<void> {
  const steps = [
    open,
    login,
    login,
    login,
    refused,
    logout,
    close,
    reset,
    register,
    befriend,
    found,
    found,
    join,
  ];
  for (let n = world.random.int(12); n > 0; n--) await world.random.pick(steps)?.(world);
}

export async function open(world: World): Promise<void> {
  if (world.peers.size >= 12) return;
  const node = world.random.pick(world.site.nodes);
  if (node !== undefined) world.peers.add(await Peer.open(node));
}

const login: Step = async (world) => {
  const id = world.random.pick(world.offline);
  const peer = world.random.pick(world.peers);
  if (id === undefined || peer === undefined) return;
  world.note(`login ${id}`);
  const stored = world.stored.get(id) ?? [];
  world.entered(id, peer);
  const reply = await peer.ask({ id, msgid: 1, password: 'pw' });
  deepStrictEqual(parsedReply(reply), expectedReply(world, id), `the reply to the login of ${id}`);
  await peer.sync();
  sameFromEach(joined(world.heard(peer)), stored, `stored for ${id}`);
  await until(async () => !(await world.storedInDatabase()).has(id), `what ${id} has got to be deleted`);
};

/** A wrong password, an id of nobody, or a user who is online. */
const refused: Step = async (world) => {
  const { names, online, random } = world;
  const peer = random.pick(world.peers);
  const id = random.pick([...names.keys(), 0, -1, 99_999]);
  if (peer === undefined || id === undefined) return;
  const right = names.has(id) && random.chance(0.5);
  if (right && !online.has(id)) return;
  const password = right ? 'pw' : (random.pick(['', 'PW', 'pw ', "' or 1=1 -- "]) ?? '');
  const { errno } = await peer.ask({ id, msgid: 1, password });
  strictEqual(errno, right ? 2 : 1, `login of ${id} with the ${right ? 'right' : 'wrong'} password`);
};

const logout: Step = async (world) => {
  const id = world.random.pick(world.online.keys());
  if (id === undefined) return;
  world.note(`logout ${id}`);
  const peer = world.online.get(id);
  world.left(id);
  await peer?.send(Buffer.from(`${JSON.stringify({ id, msgid: 3 })}\0`), world.random);
  await peer?.sync();
  await world.leftInDatabase([id]);
};

const close: Step = (world) => end(world, 'close', async (peer) => peer.close());
const reset: Step = (world) => end(world, 'reset', async (peer) => peer.reset());

async function end(world: World, how: string, ending: (peer: Peer) => Promise<void>): Promise<void> {
  const peer = world.random.pick(world.peers);
  if (peer === undefined) return;
  const ids = [...peer.users];
  world.note(`${how} of ${ids}`);
  world.gone(peer);
  await ending(peer);
  deepStrictEqual(world.heard(peer), []);
  await world.leftInDatabase(ids);
}

const register: Step = async (world) => {
  const { names, random } = world;
  const peer = random.pick(world.peers);
  if (peer === undefined) return;
  const taken = random.chance(0.3) ? random.pick(names.values()) : undefined;
  const name = taken ?? (random.chance(0.1) ? 'x'.repeat(51) : `new ${names.size} '"\\`);
  world.note(`register ${name}`);
  const { errno, id } = await peer.ask({ msgid: 4, name, password: 'pw' });
  strictEqual(errno, taken !== undefined || name.length > 50 ? 1 : 0, `registration of ${name}`);
  if (errno === 0) names.set(id, name);
};

const befriend: Step = async (world) => {
  const { random, online, friends } = world;
  const id = random.pick(online.keys());
  const friendid = random.pick([...world.names.keys(), 99_999]);
  if (id === undefined || friendid === undefined) return;
  world.note(`${friendid} is a friend of ${id}`);
  friends.set(id, new Set([...(friends.get(id) ?? []), friendid]));
  await tell(world, id, { friendid, id, msgid: 7 });
};

const found: Step = async (world) => {
  const { random, online, groups } = world;
  const id = random.pick(online.keys());
  if (id === undefined || groups.length >= 6) return;
  const name = `group ${groups.length}`;
  world.note(`${id} creates ${name}`);
  await tell(world, id, { groupdesc: `of ${id}`, groupname: name, id, msgid: 8 });
  const { allgroup } = await world.site.database.rows();
  const row = allgroup.find(({ groupname }) => groupname === name);
  groups.push({ id: Number(row?.id), name, desc: `of ${id}`, members: new Map([[id, 'creator']]) });
};

const join: Step = async (world) => {
  const { random, online, groups } = world;
  const [id, group] = [random.pick(online.keys()), random.pick(groups)];
  if (id === undefined || group === undefined) return;
  world.note(`${id} joins ${group.id}`);
  if (!group.members.has(id)) group.members.set(id, 'normal');
  await tell(world, id, { groupid: group.id, id, msgid: 9 });
};

async function tell(world: World, id: number, document: object): Promise<void> {
  const peer = world.online.get(id);
  await peer?.send(Buffer.from(`${JSON.stringify(document)}\0`), world.random);
  await peer?.sync();
}
