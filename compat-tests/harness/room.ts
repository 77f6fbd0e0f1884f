import type { Test } from 'tap';
import { Bus } from '../../src/bus/bus.js';
import { InProcessHub } from '../../src/bus/in-process.js';
import type { Chat } from '../../src/chat/chat.js';
import { createChat, startBus } from '../../src/chat/create.js';
import { loadDialect } from '../../src/dialect/load.js';
import { openLog } from '../../src/ops/log.js';
import type { Dialect } from '../../src/protocol/dialect.js';
import { openEmbedded } from '../../src/store/embedded/embedded.js';
import type { Store } from '../../src/store/store.js';

/** The options of a room that differ from the usual ones. */
export interface RoomOptions {
  /** Stands before the store; it may note, delay or refuse calls. */
  readonly before?: (store: Store) => Partial<Store>;
  readonly hub?: InProcessHub;
  readonly store?: Store;
  /** A dialect, or its name or file; the original one unless it is given. */
  readonly dialect?: string | Dialect;
  /** Aborted when the node stops. */
  readonly stopping?: AbortController;
  /** How many wrong passwords cost nothing; 0 is no limit. */
  readonly loginFailures?: number;
}

/** The parts of chat of one node, on a store in memory and a bus within this process, without a server. */
export async function openRoom(t: Test, options: RoomOptions = {}): Promise<Chat> {
  const { before = () => ({}), hub = new InProcessHub(), store = openEmbedded(':memory:') } = options;
  const { dialect = 'original', stopping = new AbortController() } = options;
  const chat = createChat({
    dialect: typeof dialect === 'string' ? loadDialect(dialect) : dialect,
    store: { ...store, ...before(store) },
    bus: new Bus(hub.medium()),
    log: openLog('silent'),
    options: {
      friendRequests: false,
      recall: 0,
      history: 0,
      trustClientIds: false,
      most: { friends: 0, groups: 0, members: 0, groupsPerHour: 0 },
      heartbeat: 0,
    },
    loginFailures: options.loginFailures ?? 0,
    maxKept: 1 << 28,
    stopping: stopping.signal,
  });
  await startBus(chat);
  // A server has sockets that keep its process alive.
  const alive = setInterval(() => {}, 60_000);
  t.teardown(async () => {
    clearInterval(alive);
    stopping.abort();
    await chat.bus.close(0);
    await chat.writer.close();
    await chat.changes.close();
    if (options.store === undefined) await store.close();
  });
  return chat;
}
