import t, { type Test } from 'tap';
import { openRoom } from '../../compat-tests/harness/room.js';
import { UnreadClient } from '../../compat-tests/harness/unread-client.js';
import { InProcessHub } from '../bus/in-process.js';
import type { Medium } from '../bus/medium.js';
import { decode } from '../bus/wire.js';
import { loadDialect } from '../dialect/load.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { arrive, goAgain, takeOver } from './arrive.js';
import { catchUp } from './catch-up.js';
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
  const session = here.presence.get(ID);
  await goAgain(here, session!);
  t.equal(await state(), 'offline');
  t.equal(here.presence.get(ID), undefined);
  t.ok(await comes(there));
});

/** Notes what its nodes say. */
class NotingHub extends InProcessHub {
  readonly noted: string[] = [];

  override medium(): Medium {
    const medium = super.medium();
    const tell = medium.tell.bind(medium);
    medium.tell = (node, bytes) => {
      const frame = decode(bytes);
      if (frame?.kind === 'released') this.noted.push(`${frame.userids} is let go`);
      return tell(node, bytes);
    };
    return medium;
  }
}

t.test('the node that an account is taken over from says so when the user is offline', async (t) => {
  const hub = new NotingHub();
  const store = openEmbedded(':memory:');
  await store.register('somebody', 'pw');
  const dialect = { ...loadDialect('original'), takeover: true };
  const before = (): Partial<typeof store> => ({
    goOffline: async (ids) => {
      await store.goOffline(ids);
      hub.noted.push(`${ids} is offline`);
    },
  });
  const open = () => openRoom(t, { hub, store, dialect, before });
  const [here, there] = [await open(), await open()];
  // It does not have the user, and has nothing to say.
  await open();
  t.teardown(() => store.close());
  t.ok(await comes(there));
  const client = new UnreadClient();
  there.presence.get(ID)?.enter(client.connection, (session) => catchUp(there, session));
  t.ok(await takeOver(here, new UnreadClient().connection, ID));
  t.same(hub.noted, [`${ID} is offline`, `${ID} is let go`]);
  t.ok(await comes(here));
});
