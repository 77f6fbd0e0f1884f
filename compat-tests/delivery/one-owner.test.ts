import { Redis as RedisClient } from 'ioredis';
import t from 'tap';
import { Line } from '../campaign/line.js';
import { writeDialect } from '../dialects/site.js';
import { until } from '../harness/deadline.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

const ROUNDS = 6;
const TAKEOVERS = 8;
/** The errno of a login to an account that is in use. */
const IN_USE = 2;

const site = await DeliverySite.start(t, 2 + ROUNDS + 1);
const redis = new RedisClient(site.redis.port);
t.teardown(() => redis.disconnect());

/** How many nodes listen for a user. */
async function owners(id: number): Promise<number> {
  const [, count] = await redis.pubsub('NUMSUB', `${id}`);
  return Number(count);
}

t.test(
  'a node says late that a user has left it, who is on a second node by then: a third lets nobody in',
  async (t) => {
    const [first, second, third] = [await site.node(), await site.node(), await site.node()];
    const database = await site.connect();
    // What the database is told of users, in order.
    await database.query('create table told (id int, state varchar(10))');
    await database.query(
      'create trigger telling after update on user for each row insert into told values (new.id, new.state)',
    );
    const writer = await Writer.online(third, 1);
    const isToldOffline = async (id: number) => {
      const [rows] = await database.query("select id from told where id = ? and state = 'offline'", [id]);
      return Array.isArray(rows) && rows.length > 0;
    };
    for (let round = 0; round < ROUNDS; round++) {
      const reader = await Reader.online(first, 2 + round);
      const before = writer.sent;
      await writer.write(reader.id, 20);
      await reader.hearAll(writer.sent, before + 1);
      // Its last word waits; nobody listens for the user any more, as if the node had crashed.
      first.database.stall();
      reader.line.destroy();
      await until(async () => (await owners(reader.id)) === 0, 'the first node to let go');
      await reader.enter(second);
      await writer.write(reader.id, 20);
      first.database.heal();
      await until(() => isToldOffline(reader.id), 'the late word');
      for (let n = 0; n < 10; n++) {
        const other = await Line.open(third.port, (_from, _to, n) => t.fail(`${n} comes to another`));
        t.equal(await other.login(reader.id), IN_USE, 'it has its owner');
        other.destroy();
      }
      await writer.write(reader.id, 20);
      await reader.hearAll(writer.sent, before + 1);
      t.equal(await owners(reader.id), 1);
      await reader.leave();
      t.equal(reader.repeated, 0, 'nothing comes twice');
      t.equal(reader.inversions, 0, 'in order');
    }
    // The others speak another dialect, and would not start beside these.
    for (const { child } of [first, second, third]) await child.stop();
  },
);

t.test(
  'a user is taken over again and again, by three nodes or three workers: nothing twice, nothing lost',
  async (t) => {
    const takeover = writeDialect({ takeover: true });
    t.teardown(() => takeover.remove());
    const options = ['--dialect', takeover.path];
    const nodes = [await site.node(...options), await site.node(...options), await site.node(...options)];
    const workers = await site.workers(3, ...options);
    for (const [what, places] of Object.entries({ nodes, workers: [workers, workers, workers] })) {
      const id = 2 + ROUNDS;
      const [writer, reader] = [await Writer.online(places[0] ?? workers, 1), new Reader(id)];
      const lines: Line[] = [];
      await reader.enter(places[1] ?? workers);
      for (let n = 0; n < TAKEOVERS; n++) {
        lines.push(reader.line);
        const old = reader.line;
        // They are on their way while the user goes from one connection to the next.
        await writer.write(id, 300);
        await reader.enter(places[n % 3] ?? workers);
        await old.closed;
        await reader.hearAll(writer.sent, writer.sent - 299);
      }
      await reader.hearAll(writer.sent);
      t.equal(reader.repeated, 0, `${what}: nothing twice of ${writer.sent}`);
      t.equal(reader.inversions, 0, 'in order');
      t.same(
        lines.map(({ isOpen }) => isOpen),
        lines.map(() => false),
        'each was ended',
      );
      if (what === 'nodes') t.equal(await owners(id), 1, 'one owner');
      await reader.leave();
      await writer.line.end();
    }
  },
);
