import type { Test } from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { childrenOf, holder } from '../harness/children.js';
import { startServer } from '../harness/server.js';
import { Site } from '../harness/site.js';
import { type Document, User } from '../harness/user.js';

/** Two nodes with one database, or the same node twice on its embedded one: what is asked of them is the same. */
export interface Place {
  readonly site: Site;
  /** How many processes there are to be logged in at. */
  readonly processes: 1 | 2;
  /** Makes these the only accounts, and empties everything else. */
  accounts(...ids: number[]): Promise<void>;
  /** Connects to one of the two. */
  connect(node: 0 | 1): Promise<User>;
  /** Logs a user in at one of the two. */
  online(node: 0 | 1, id: number): Promise<User>;
}

type Check = (t: Test, place: Place) => Promise<void>;

/** How a place is opened, with these options of its server. */
type Open = (options: readonly string[]) => Promise<Place>;

/** Both kinds of store, over two nodes where there can be two. */
const BOTH_STORES: Readonly<Record<string, Open>> = {
  embedded,
  'two nodes, MySQL and Redis': cluster,
};

/** Runs the checks on both kinds of store, over two nodes where there can be two. */
export function onBothStores(
  t: Test,
  checks: Readonly<Record<string, Check>>,
  ...options: string[]
): Promise<void> {
  return onPlaces(t, BOTH_STORES, checks, options);
}

/** The same, and over two workers of one server, which have no Redis. */
export function onAllPlaces(
  t: Test,
  checks: Readonly<Record<string, Check>>,
  ...options: string[]
): Promise<void> {
  return onPlaces(t, { ...BOTH_STORES, 'two workers, MySQL': workers }, checks, options);
}

async function onPlaces(
  t: Test,
  places: Readonly<Record<string, Open>>,
  checks: Readonly<Record<string, Check>>,
  options: readonly string[],
): Promise<void> {
  for (const [name, open] of Object.entries(places)) {
    await t.test(name, async (t) => {
      const place = await open(options);
      t.teardown(() => place.site.stop());
      for (const [what, check] of Object.entries(checks)) await t.test(what, (t) => check(t, place));
    });
  }
}

async function embedded(options: readonly string[]): Promise<Place> {
  const site = await Site.embedded('--pace', '0', '--login-failures', '0', ...options);
  return {
    site,
    processes: 1,
    accounts: (...ids) => site.database.seed({ user: ids.map(account) }),
    connect: () => User.connect(site.node(0)),
    online: (_, id) => User.online(site.node(0), id),
  };
}

async function cluster(options: readonly string[]): Promise<Place> {
  const site = await ClusterSite.start(2, () => [...options]);
  return {
    site,
    processes: 2,
    accounts: (...ids) => site.accounts(...ids),
    connect: (node) => User.connect(site.node(node)),
    online: (node, id) => site.online(node, id),
  };
}

/** Its two processes are the workers: who logs in connects until the right one has the connection. */
async function workers(options: readonly string[]): Promise<Place> {
  const site = await ClusterSite.start(0);
  const given = ['--mysql', site.url, '--workers', '2', '--pace', '0', '--login-failures', '0', ...options];
  const server = await startServer(given);
  site.nodes.push(server);
  const pids = childrenOf(server.child.pid);
  const connect = async (worker: number): Promise<User> => {
    for (;;) {
      const user = await User.connect(server);
      // An answer: by then a worker has the connection.
      await user.settle();
      if (holder(pids, server.port, user.client.port) === pids[worker]) return user;
      await user.close();
    }
  };
  return {
    site,
    processes: 2,
    accounts: (...ids) => site.accounts(...ids),
    connect,
    online: async (worker, id) => {
      const user = await connect(worker);
      const { errno } = await user.login(id);
      if (errno !== 0) throw new Error(`login of ${id}: ${errno}`);
      return user;
    },
  };
}

function account(id: number) {
  return { id, name: `u${id}`, password: 'pw', state: 'offline' };
}

/** The answer to a user's request. */
export async function ask(user: User, request: Document): Promise<Document> {
  await user.say(request);
  return user.hear();
}

/** The items of a list, which are texts of JSON, as documents. */
export function items(list: readonly string[] = []): Document[] {
  return list.map((text) => JSON.parse(text));
}
