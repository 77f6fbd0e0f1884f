import t, { type Test } from 'tap';
import { openRoom } from '../../compat-tests/harness/room.js';
import { InProcessHub } from '../bus/in-process.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { arrive, goAgain } from './arrive.js';
import type { Chat } from './chat.js';

const ID = 1;

/** Two nodes with one database and one bus, and an account. */
async function twoNodes(t: Test) {
  const hub = new InProcessHub();
  const store = openEmbedded(':memory:');
  await store.register('somebody', 'pw');
  const rooms = [await openRoom(t, { hub, store }), await openRoom(t, { hub, store })] as const;
  t.teardown(() => store.close());
  const state = async () => (await store.user(ID))?.state;
  return { rooms, store, state };
}

async function comes(chat: Chat): Promise<boolean> {
  const user = await chat.store.user(ID);
  return user !== undefined && (await arrive(chat, user)) !== undefined;
}

t.test('an account that is offline is got, and heard for', async (t) => {
  const { rooms, state } = await twoNodes(t);
  const [here] = rooms;
  t.ok(await comes(here));
  t.equal(await state(), 'online');
  t.equal(here.presence.get(ID)?.state, 'arriving');
  t.equal(await here.bus.subscribers(ID), 1);
});

t.test('one that is in use is not, here or on another node', async (t) => {
  const { rooms } = await twoNodes(t);
  const [here, there] = rooms;
  t.ok(await comes(here));
  t.notOk(await comes(here));
  t.notOk(await comes(there));
  t.equal(there.presence.get(ID), undefined);
  t.equal(await here.bus.subscribers(ID), 1);
});

t.test('of two nodes that ask at once one gets it', async (t) => {
  const { rooms } = await twoNodes(t);
  const won = await Promise.all(rooms.map(comes));
  t.equal(won.filter(Boolean).length, 1);
  t.equal(await rooms[0].bus.subscribers(ID), 1);
});

t.test('the database says offline, and its node listens still: it stays that one’s', async (t) => {
  const { rooms, store } = await twoNodes(t);
  const [here, there] = rooms;
  t.ok(await comes(here));
  await store.goOffline([ID]);
  t.notOk(await comes(there));
  t.equal(there.presence.get(ID), undefined);
  t.equal(await here.bus.subscribers(ID), 1);
});

t.test('the account of a node that has crashed is got', async (t) => {
  const { rooms, store, state } = await twoNodes(t);
  const [here] = rooms;
  await store.goOnline(ID);
  t.ok(await comes(here));
  t.equal(await state(), 'online');
  t.equal(await here.bus.subscribers(ID), 1);
});

t.test('when the reply fails the account is free again', async (t) => {
  const { rooms, state } = await twoNodes(t);
  const [here, there] = rooms;
  t.ok(await comes(here));
  await goAgain(here, ID);
  t.equal(await state(), 'offline');
  t.equal(here.presence.get(ID), undefined);
  t.ok(await comes(there));
});
