import { Redis as Driver } from 'ioredis';
import t from 'tap';
import type { Entry } from '../../src/bus/bytes.js';
import { ENTRY, encode } from '../../src/bus/wire.js';
import { ClusterSite } from '../cluster/site.js';
import { measured, startProbed } from '../harness/stalls.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

/** The longest that a forged batch may hold up all others, in ms of CPU time. */
const MOST = 50;
/** The name of a node that nobody has. */
const FORGER = 'f'.repeat(16);
const NOTHING = Buffer.alloc(0);

/** Entries for so many users, one each. */
function entries(kind: number, length: number): Entry[] {
  return Array.from({ length }, (_, n) => ({ kind, userids: [n + 100], bytes: Buffer.from('x') }));
}

/** Batches that a stranger who can write to Redis may send to a node: more than any node of ours sends. */
const FORGED: Readonly<Record<string, readonly Entry[]>> = {
  'very many messages': entries(ENTRY.message, 490_000),
  'very many of no kind': entries(9, 490_000),
  'very many that are empty': Array(600_000).fill({ kind: ENTRY.message, userids: [], bytes: NOTHING }),
  'one message for very many users': [
    {
      kind: ENTRY.message,
      userids: Array.from({ length: 30_000 }, (_, n) => n + 100),
      bytes: Buffer.from('x'),
    },
  ],
};

const ids = Array.from({ length: 1_000_000 }, (_, n) => n + 100);
const some = ids.slice(0, 16_384);
const bansOf = (userids: readonly number[]) => userids.map((userid) => ({ userid, seconds: 60 }));
const speech = { name: 'x', fingerprint: 'x' };
const seen = Array(500_000).fill({ node: FORGER, incarnation: 1, number: 1 });
/** The most that is read, and more than that. */
const FORGED_LISTS: Readonly<Record<string, readonly Buffer[]>> = {
  'users who are taken': [some, ids].map((userids) => encode('taken', FORGER, { userids })),
  'users who are let go': [some, ids].map((userids) => encode('released', FORGER, { userids })),
  'users who are let in': [some, ids].map((userids) => encode('owned', FORGER, { userids })),
  'users who come': [some, ids].map((came) => encode('moved', FORGER, { came, left: [] })),
  'users who leave': [some, ids].map((left) => encode('moved', FORGER, { came: [], left })),
  'nodes that were heard': [encode('state', FORGER, { hello: false, userids: [], seen, speech })],
  'accounts that are banned': [some, ids].map((userids) =>
    encode('banned', FORGER, { still: false, bans: bansOf(userids) }),
  ),
};

const site = await ClusterSite.start(0);
t.teardown(() => site.stop());
await site.accounts(1, 2);

t.test('a forged batch, or list of users, of any length holds up nobody', async (t) => {
  const server = await startProbed([
    ...['--mysql', site.url, '--redis', site.redis.url],
    ...['--pace', '0', '--login-failures', '0'],
  ]);
  t.teardown(() => server.child.stop('SIGKILL'));
  const redis = new Driver(site.redis.port, '127.0.0.1');
  t.teardown(() => redis.disconnect());
  const [channel = ''] = (await redis.call('PUBSUB', 'CHANNELS', 'chat-server:node:*')) as string[];
  // Or it would be found dead while one of these is looked at, sooner or later, and that would count as what it costs.
  const forger = redis.duplicate();
  t.teardown(() => forger.disconnect());
  await forger.subscribe(channel.replace(/\w+$/, FORGER));
  const [one, two] = [await User.online(server, 1), await User.online(server, 2)];
  /** Resolves when what was published before has been handled. */
  const handled = async (text: string) => {
    await redis.publish('2', `{"msgid":6,"id":9,"toid":2,"msg":"${text}"}`);
    while ((await two.hear()).msg !== text);
  };
  await handled('first');
  let incarnation = 0;
  for (const [what, entries] of Object.entries(FORGED)) {
    const bytes = encode('batch', FORGER, { incarnation: ++incarnation, number: 1, entries });
    await measured(server);
    await redis.publish(channel, bytes);
    await handled(what);
    const { stall } = await measured(server);
    t.ok(stall <= MOST, `${what}: held up for ${stall} ms`);
  }
  for (const [what, frames] of Object.entries(FORGED_LISTS))
    for (const bytes of frames) {
      await measured(server);
      await redis.publish(channel, bytes);
      await handled(`${what} ${bytes.length}`);
      const { stall } = await measured(server);
      t.ok(stall <= MOST, `${what}, ${bytes.length} bytes: held up for ${stall} ms`);
    }
  await one.chat(1, 2, 'still');
  t.match(await two.hear(), { msg: 'still' });
  await Promise.all([one.close(), two.close()]);
});
