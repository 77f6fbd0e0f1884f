import type { Test } from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { Site } from '../harness/site.js';
import { type Document, User } from '../harness/user.js';

/** Two nodes with one database, or the same node twice on its embedded one: what is asked of them is the same. */
export interface Place {
  readonly site: Site;
  /** Makes these the only accounts, and empties everything else. */
  accounts(...ids: number[]): Promise<void>;
  /** Logs a user in at one of the two. */
  online(node: 0 | 1, id: number): Promise<User>;
}

type Check = (t: Test, place: Place) => Promise<void>;

/** Runs the checks on both kinds of store, over two nodes where there can be two. */
export async function onBothStores(
  t: Test,
  checks: Readonly<Record<string, Check>>,
  ...options: string[]
): Promise<void> {
  const places: [string, () => Promise<Place>][] = [
    ['embedded', () => embedded(options)],
    ['two nodes, MySQL and Redis', () => cluster(options)],
  ];
  for (const [name, open] of places) {
    await t.test(name, async (t) => {
      const place = await open();
      t.teardown(() => place.site.stop());
      for (const [what, check] of Object.entries(checks)) await t.test(what, (t) => check(t, place));
    });
  }
}

async function embedded(options: readonly string[]): Promise<Place> {
  const site = await Site.embedded('--pace', '0', '--login-failures', '0', ...options);
  return {
    site,
    accounts: (...ids) => site.database.seed({ user: ids.map(account) }),
    online: (_, id) => User.online(site.node(0), id),
  };
}

async function cluster(options: readonly string[]): Promise<Place> {
  const site = await ClusterSite.start(2, () => [...options]);
  return {
    site,
    accounts: (...ids) => site.accounts(...ids),
    online: (node, id) => site.online(node, id),
  };
}

function account(id: number) {
  return { id, name: `u${id}`, password: 'pw', state: 'offline' };
}

/** What a user is answered. */
export async function ask(user: User, request: Document): Promise<Document> {
  await user.say(request);
  return user.hear();
}

/** What the items of a list say, which are texts of JSON. */
export function items(list: readonly string[] = []): Document[] {
  return list.map((text) => JSON.parse(text));
}
