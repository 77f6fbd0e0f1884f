import { setTimeout as delay } from 'node:timers/promises';
import { Redis as Driver } from 'ioredis';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import t from 'tap';
import { decode, encode } from '../../src/bus/wire.js';
import { ClusterSite } from '../cluster/site.js';
import { untilSilent } from '../harness/deadline.js';
import { measured, startProbed } from '../harness/stalls.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

/** The longest that a node that dies may hold up all others, in ms of CPU time. */
const MOST = 50;
/** The name of a node that is no more than its channel. */
const NODE = 'd'.repeat(16);
/** The number of users on the dead node, and of the messages that each of them gets. */
const USERS = 10_000;
const EACH = 3;
const FIRST = 100;
const userids = Array.from({ length: USERS }, (_, n) => n + FIRST);

const site = await ClusterSite.start(0);
t.teardown(() => site.stop());
await site.accounts(1, ...userids);

t.test('a node that dies with 30,000 messages holds up nobody: all of them are stored', async (t) => {
  const options = ['--mysql', site.url, '--redis', site.redis.url, '--pace', '0', '--login-failures', '0'];
  const database = await createConnection(site.url);
  t.teardown(() => database.end());
  const server = await startProbed(options);
  t.teardown(() => server.child.stop('SIGKILL'));
  const redis = new Driver(site.redis.port, '127.0.0.1');
  t.teardown(() => redis.disconnect());
  const [channel = ''] = (await redis.call('PUBSUB', 'CHANNELS', 'chat-server:node:*')) as string[];
  const node = redis.duplicate();
  t.teardown(() => node.disconnect());
  let arrived = 0;
  node.on('messageBuffer', (_, bytes: Buffer) => {
    const frame = decode(bytes);
    if (frame?.kind !== 'batch') return;
    arrived += frame.entries.filter(({ userids }) => userids.some((id) => id >= FIRST)).length;
  });
  await node.subscribe(channel.replace(/\w+$/, NODE));
  await redis.publish(channel, encode('moved', NODE, { came: userids, left: [] }));
  const writer = await User.online(server, 1);
  for (let text = 1; text <= EACH; text++)
    await writer.say(
      userids.map((toid) => `${JSON.stringify({ id: 1, msg: `${text}`, msgid: 6, toid })}\0`).join(''),
    );
  const come = () => arrived;
  await untilSilent(async () => arrived >= USERS * EACH, come, 'all messages to be with the node');
  await measured(server);
  node.disconnect();
  let rows = 0;
  const isStored = async () => {
    await delay(100);
    const [found] = await database.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM offlinemessage');
    rows = Number(found[0]?.n);
    return rows >= USERS * EACH;
  };
  await untilSilent(isStored, () => rows, 'all messages to be stored');
  const { stall } = await measured(server);
  t.ok(stall <= MOST, `held up for ${stall} ms`);
  await writer.close();
});
