import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { MariaDb } from '../harness/mariadb.js';
import { metric } from '../harness/metric.js';
import { openMysql } from '../harness/mysql-database.js';
import { MB, mostResident } from '../harness/resident.js';
import { startServer } from '../harness/server.js';
import { type Document, User } from '../harness/user.js';

const STORED = 100_000;
/** The database gives at most this many rows of one user at once. */
const MOST_ROWS = 500;
/** At most 256 KiB are on their way to the user, and what else waits. All of them would be 43 MB. */
const MOST_KEPT = 2 * MB;
/**
 * All of them at once took 356 MB and more. V8 leaves more uncollected the more memory the machine has: up to 33 MB by
 * Node 20, 153 MB by Node 24.
 */
const MOST = 250 * MB;

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const url = await mariadb.createDatabase('chat');
const database = await openMysql(url);
t.teardown(() => database.close());
await database.seed({
  user: [1, 2].map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' })),
});
const admin = await createConnection(url);
t.teardown(() => admin.end());
const message = `concat('{"id":2,"msg":"', repeat('x', 400), '","msgid":6,"n":', seq, ',"toid":1}')`;
await admin.query(`insert into offlinemessage select 1, ${message} from seq_1_to_${STORED}`);

// The database notes how many rows each statement gives.
for (const note of ["log_output = 'TABLE'", 'long_query_time = 0', 'slow_query_log = 1'])
  await admin.query(`set global ${note}`);

const server = await startServer(['--mysql', url, '--pace', '0', '--admin', '0']);
t.teardown(() => server.child.stop('SIGKILL'));

/** The most rows of stored messages that the database has given at once. */
async function mostRows(): Promise<number> {
  const [rows] = await admin.query(
    "select max(rows_sent) as most from mysql.slow_log where sql_text like '%offlinemessage%'",
  );
  return Number((rows as { most: number }[])[0]?.most);
}

t.test('very many stored messages make no login slow and take little memory', async (t) => {
  // Before the other one: what the database gives to two who log in at once is read together, up to 4,000 rows.
  const other = await User.online(server, 2);
  const before = mostResident(server.child.pid);
  const user = await User.connect(server);
  const reply = await user.login(1);
  t.ok(reply.offlinemsg.length < STORED / 10, `the reply waits for ${reply.offlinemsg.length} of them`);
  let next = 1;
  const expect = ({ n }: Document) => n === next && next++;
  for (const text of reply.offlinemsg) expect(JSON.parse(text));
  t.ok(next > 100, `${next - 1} came with it`);
  await other.chat(2, 1, 'newer');
  let kept = 0;
  let heard = await user.hear();
  for (; expect(heard); heard = await user.hear())
    if (next % (STORED / 50) === 0) kept = Math.max(kept, await metric(server, 'chat_backlog_bytes'));
  t.equal(next, STORED + 1, 'all came, in order');
  t.equal(heard.msg, 'newer', 'and then what is newer');
  const rows = await mostRows();
  t.ok(rows > 0 && rows <= MOST_ROWS, `${rows} rows were read at once`);
  t.ok(kept < MOST_KEPT, `${kept} bytes waited for it`);
  const grown = mostResident(server.child.pid) - before;
  t.ok(grown < MOST, `it took ${(grown / MB).toFixed()} MB`);
  await user.close();
  t.same((await database.rows()).offlinemessage, []);
  await other.close();
});
