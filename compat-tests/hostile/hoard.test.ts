import { readFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { startServer } from '../harness/server.js';
import { type Document, User } from '../harness/user.js';

const STORED = 100_000;
/** Well below what all of them would take at once, well above what V8 keeps for itself, which differs by version. */
const MOST_MB = 100;

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

const server = await startServer(['--mysql', url, '--pace', '0']);
t.teardown(() => server.child.stop('SIGKILL'));

/** The most memory that the server had, in MB. */
function memory(): number {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

t.test('very many stored messages make no login slow and take little memory', async (t) => {
  const before = memory();
  const user = await User.connect(server);
  const reply = await user.login(1);
  t.ok(reply.offlinemsg.length < STORED / 10, `the reply waits for ${reply.offlinemsg.length} of them`);
  const other = await User.online(server, 2);
  let next = 1;
  const expect = ({ n }: Document) => n === next && next++;
  for (const text of reply.offlinemsg) expect(JSON.parse(text));
  t.ok(next > 100, `${next - 1} came with it`);
  await other.chat(2, 1, 'newer');
  let heard = await user.hear();
  for (; expect(heard); heard = await user.hear());
  t.equal(next, STORED + 1, 'all came, in order');
  t.equal(heard.msg, 'newer', 'and then what is newer');
  t.comment(`${memory().toFixed()} MB, ${before.toFixed()} before`);
  t.ok(memory() < before + MOST_MB, `it took ${(memory() - before).toFixed()} MB`);
  await user.close();
  t.same((await database.rows()).offlinemessage, []);
  await other.close();
});
