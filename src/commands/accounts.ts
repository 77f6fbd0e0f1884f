import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { mysqlUrl } from '../backends.js';
import type { Settings } from '../options.js';
import { openThreaded } from '../store/embedded/threaded.js';
import { openMysql } from '../store/mysql/mysql.js';
import type { Store, User } from '../store/store.js';
import { counted } from '../text/counted.js';
import { printable } from '../text/printable.js';

/** The highest id: C++ ints. */
const HIGHEST = 2 ** 31 - 1;
/** At most this many stored messages are counted. */
const MOST = 1000;

/** Says what the database knows of a user, by its id or name, also while a server runs. Rejects in one line. */
export async function user(settings: Settings, nameOrId: string): Promise<void> {
  await onStore(settings, async (store) => {
    const found = await find(store, nameOrId);
    const [friends, groups, stored] = await Promise.all([
      store.friends(found.id),
      store.groups(found.id),
      store.storedMessages(found.id, MOST + 1),
    ]);
    const waiting =
      stored.length > MOST ? `more than ${counted(MOST, 'message')}` : counted(stored.length, 'message');
    const rows: [string, string][] = [
      ['id', `${found.id}`],
      ['name', printable(found.name)],
      ['state', found.state],
      ['friends', `${friends.length}`],
      ['groups', `${groups.length}`],
      ['waiting', waiting],
      ...(await whereOf(settings, found.id)),
    ];
    for (const [what, value] of rows) console.log(`${what.padEnd(8)} ${value}`);
  });
}

/** On which nodes the user is, since when, and from where; nothing where the options name none, or have no token. */
async function whereOf(settings: Settings, userid: number): Promise<[string, string][]> {
  const { admin, 'admin-peers': peers, 'admin-token': token } = settings;
  if (token === undefined || (admin === undefined && peers === undefined)) return [];
  const { timeOf, usersThere } = await import('./orders.js');
  const there = (await usersThere(settings)).filter(({ id }) => id === userid);
  if (there.length === 0) return [['node', 'on none of those that were asked']];
  return there.map(({ node = '', since, address, idle = 0 }) => [
    'node',
    printable(`${node}, since ${timeOf(since)}, from ${address}, silent for ${counted(idle, 'second')}`),
  ]);
}

/** Gives a user a new password, which is read from standard input, also while a server runs. Rejects in one line. */
export async function password(settings: Settings, nameOrId: string): Promise<void> {
  await onStore(settings, async (store) => {
    const { id, name } = await find(store, nameOrId);
    const wanted = await readLine(`New password of user ${id}, ${printable(name)}: `);
    if (wanted === '') throw new Error('no password was given: nothing is changed');
    if (!(await store.setPassword(id, wanted)))
      throw new Error('the database refuses it: it is too long, or not in its charset; nothing is changed');
    console.log(`user ${id} has a new password; who is logged in stays so`);
  });
}

async function onStore(settings: Settings, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await open(settings);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

/** The database, beside a server that may use it. */
async function open(settings: Settings): Promise<Store> {
  const { data, dialect, 'mysql-charset': charset } = settings;
  const url = mysqlUrl(settings);
  if (url !== undefined) return await openMysql({ url, charset, poolSize: 1, tables: dialect.tables });
  if (!existsSync(data))
    throw new Error(`there is no ${data}: name it with --data FILE, or --mysql-file FILE`);
  return await openThreaded({ file: data, shared: true, passwordLength: dialect.passwordLength });
}

/** A number is an id, or else a name. */
async function find(store: Store, nameOrId: string): Promise<User> {
  const id = /^\d{1,10}$/.test(nameOrId) ? Number(nameOrId) : undefined;
  const byId = id !== undefined && id <= HIGHEST ? await store.user(id) : undefined;
  const named = byId === undefined ? await store.idOf(nameOrId) : undefined;
  const found = byId ?? (named === undefined ? undefined : await store.user(named));
  if (found === undefined) throw new Error(`there is no user ${printable(nameOrId)}`);
  return found;
}

/** One line of standard input; on a terminal it is asked for, and not shown. */
async function readLine(question: string): Promise<string> {
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}
