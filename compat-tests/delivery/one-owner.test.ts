import { Redis as RedisClient } from 'ioredis';
import t from 'tap';
import { Line } from '../campaign/line.js';
import { until } from '../harness/deadline.js';
import { Reader, Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

const ROUNDS = 6;
/** The errno of a login to an account that is in use. */
const IN_USE = 2;

const site = await DeliverySite.start(t, 1 + ROUNDS);
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
    // The table keeps what the database is told of users, in order.
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
  },
);
