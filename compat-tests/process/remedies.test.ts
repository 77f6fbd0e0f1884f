import { existsSync, writeFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { Redis } from '../harness/redis.js';

// Each check, and what it says to do, is a process of its own.
t.setTimeout(600_000);
const folder = newFolder();
const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
t.teardown(async () => {
  await Promise.all([mariadb.stop(), redis.stop()]);
  folder.remove();
});

/** A remedy that is a command begins like this: the others are words. */
const COMMAND = /^(?:\(umask .* && )?(?:node|mysql|redis-cli|mkdir|ulimit) /;

interface Outcome {
  readonly status: number | string;
  readonly output: string;
  /** The remedies that are commands, whole. */
  readonly commands: readonly string[];
}

/** The findings of a check: its arguments are words of a shell. */
async function check(args: string): Promise<Outcome> {
  const child = new Child('sh', ['-c', `node dist/main.js check ${args}`]);
  const status = await child.ended;
  const remedies = [...child.log.matchAll(/^ +-> (.*)$/gm)].map(([, remedy = '']) => remedy);
  return { status, output: child.log, commands: remedies.filter((remedy) => COMMAND.test(remedy)) };
}

/** Pastes a command into a shell without a terminal, and types what it asks for. */
async function paste(t: Test, command: string, typed = ''): Promise<void> {
  const script = `${folder.path}/pasted.sh`;
  writeFileSync(script, command);
  writeFileSync(`${folder.path}/typed`, typed);
  const child = new Child('setsid', ['--wait', 'sh', '-c', `. ${script} <${folder.path}/typed`]);
  t.equal(await child.ended, 0, `${command}\n${child.log}`);
}

/** A new database, and a file with its URL. */
async function database(t: Test, name: string) {
  const url = await mariadb.createDatabase(name);
  const file = `${folder.path}/url of ${name}`;
  writeFileSync(file, `${url}\n`);
  const rows = await openMysql(url);
  t.teardown(() => rows.close());
  return { url, file, rows, options: `--mysql-file '${file}' --redis ${redis.url}` };
}

t.test('each remedy of a check that is a command works when it is pasted', async (t) => {
  const { url, rows, options } = await database(t, 'chat');
  await rows.seed({
    friend: [
      { userid: 1, friendid: 2 },
      { userid: 1, friendid: 2 },
    ],
  });
  const admin = await createConnection(url);
  t.teardown(() => admin.end());
  await admin.query('drop table groupuser');
  await admin.query("set global sql_mode = ''");
  const places = `--spool '${folder.path}/no folder/spool' --log-file ${folder.path}/logs/chat.log`;
  const before = await check(`${options} ${places}`);
  t.equal(before.status, 1);
  t.notMatch(before.output, /123456/, 'no password is shown');
  t.equal(new Set(before.commands).size, 6, before.commands.join('\n'));
  for (const command of new Set(before.commands)) await paste(t, command, '123456\n');
  const after = await check(`${options} ${places}`);
  t.equal(after.status, 0, after.output);
  t.notMatch(after.output, /^(broken|warning)/m);
  t.notOk(existsSync('chat.db'));
});

t.test('an account without a right to the database', async (t) => {
  const url = new URL(await mariadb.createDatabase('closed'));
  const admin = await createConnection(url.href);
  t.teardown(() => admin.end());
  await admin.query("create user 'o''clock'@'%' identified by 'x'");
  [url.username, url.password] = ["o'clock", 'x'];
  const file = `${folder.path}/closed`;
  writeFileSync(file, url.href);
  const before = await check(`--mysql-file ${file}`);
  t.equal(before.status, 1);
  t.match(before.output, /database +\S+\/closed: o'clock@% has no right to it/);
  t.equal(before.commands.length, 1, before.output);
  for (const command of before.commands) await paste(t, command, '123456\n');
  t.match((await check(`--mysql-file ${file}`)).output, /fine +database/);
});

t.test('a database that is not there, in any shape of options', async (t) => {
  const file = `${folder.path}/nothing`;
  writeFileSync(file, mariadb.url('nothing'));
  const found = await check(`--mysql-file ${file} --mysql-charset utf8mb4`);
  t.equal(found.commands.length, 1);
  await paste(t, found.commands[0] ?? '');
  t.match(await check(`--mysql-file ${file} --mysql-charset utf8mb4`), { status: 0, output: /fine +tables/ });
});

t.test(
  'a password in the command line is not shown: the remedy asks for it, and keeps it in a file',
  async (t) => {
    const url = mariadb.url('asked');
    const found = await check(`--mysql ${url}`);
    t.notMatch(found.output, /123456/);
    const [command = ''] = found.commands;
    await paste(
      t,
      `main=$PWD/dist/main.js; cd ${folder.path}; ${command.replace('dist/main.js', '"$main"')}`,
      `${url}\n`,
    );
    t.match(await check(`--mysql ${url}`), { status: 0, output: /fine +tables/ });
  },
);

t.test('rights that Redis does not give', async (t) => {
  const limited = await Redis.start({
    args: ['--user', 'clerk', 'on', '>pw', 'resetchannels', '-@all', '+ping', '+info'],
  });
  t.teardown(() => limited.stop());
  const { file } = await database(t, 'rights');
  const secret = `${folder.path}/redis`;
  writeFileSync(secret, `redis://clerk:pw@127.0.0.1:${limited.port}`);
  const options = `--mysql-file '${file}' --redis-file ${secret}`;
  for (let found = await check(options); found.status !== 0; found = await check(options)) {
    const commands = found.commands.filter((command) => command.startsWith('redis-cli'));
    t.equal(commands.length, 1, found.output);
    if (commands.length === 0) break;
    await paste(t, commands[0] ?? '');
  }
});
