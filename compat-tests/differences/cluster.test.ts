import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { documentStream } from '../../src/client/stream.js';
import { ClusterSite } from '../cluster/site.js';
import { until } from '../harness/deadline.js';
import { type Document, User } from '../harness/user.js';
import { readScenario } from '../replay/scenario.js';

const site = await ClusterSite.start(1);
t.teardown(() => site.stop());

/** The texts that a recording's clients sent to users who were offline, and the ones that the original stored. */
function recorded(scenario: string): { sent: string[]; stored: string[] } {
  const { steps, after } = readScenario(scenario);
  const texts = steps.flatMap((step) => (step.do === 'send' ? [String(step.bytes).slice(0, -1)] : []));
  return {
    sent: texts.filter((text) => JSON.parse(text).msgid === 6).map((text) => JSON.parse(text).msg),
    stored: after.offlinemessage.map(({ message }) => String(message)),
  };
}

/** Sends texts from user 1 to user 2, who is offline. Returns the rows, and what user 2 gets when it logs in. */
async function sendStored(texts: readonly string[]): Promise<{ rows: string[]; got: Document[] }> {
  await site.accounts(1, 2);
  const from = await site.online(0, 1);
  for (const msg of texts) await from.say({ ...CHAT, msg });
  await from.settle();
  const rows = (await storedRows()).map(String);
  const to = await User.connect(site.node(0));
  const { offlinemsg } = await to.login(2);
  await Promise.all([from.close(), to.close()]);
  return { rows, got: offlinemsg.map((text: string) => JSON.parse(text)) };
}

const CHAT = { id: 1, msgid: 6, name: 'u1', time: '2020-02-22 00:43:59', toid: 2 };

async function storedRows(): Promise<unknown[]> {
  return (await site.database.rows()).offlinemessage.map(({ message }) => message);
}

t.test('DIFFERENCES 6: stored texts of any alphabet arrive', async (t) => {
  const { sent, stored } = recorded('offline-text-original-defects');
  const isRead = (text: string) => sent.some((msg) => text.includes(JSON.stringify(msg)));
  t.same([sent.length, stored.filter(isRead).length], [7, 1], 'the original keeps one of seven as it was');
  const texts = [...sent, '😀'.repeat(20), 'Ωб\u2028\u007f\u0001', '\\u0041', ''];
  const { rows, got } = await sendStored(texts);
  t.same(
    got,
    texts.map((msg) => ({ ...CHAT, msg })),
  );
  t.ok(
    rows.every((row) => /^[ -~]{1,500}$/.test(row)),
    'in ASCII, which every charset has',
  );
});

t.test('DIFFERENCES 7: stored texts of any length arrive, split', async (t) => {
  const { sent, stored } = recorded('offline-long-original-defect');
  t.same([sent.length, stored.length], [2, 1], 'the original loses the long one');
  const texts = [...sent, '好😀'.repeat(1000), 'x'.repeat(60_000)];
  const { rows, got } = await sendStored(texts);
  t.ok(rows.every((row) => row.length <= 500));
  t.same(
    got.map(({ msg, ...others }) => others),
    got.map(() => CHAT),
  );
  t.equal(got.map(({ msg }) => msg).join(''), texts.join(''));
  t.ok(
    got.every(({ msg }) => msg.isWellFormed()),
    'never inside a character',
  );
});

const LARGE = Array.from({ length: 100 }, (_, n) =>
  JSON.stringify({ ...CHAT, msg: `${n} ${'x'.repeat(60_000)}` }),
);

/** Stores more for user 2 than a connection takes whose client does not read; the column is a wide one. */
async function storeLarge(): Promise<void> {
  await site.accounts(1, 2);
  const connection = await createConnection(site.mariadb.url('chat'));
  await connection.query('alter table offlinemessage modify message mediumtext not null');
  await connection.end();
  await store(LARGE);
}

/** Adds rows beside the server. */
async function store(texts: readonly string[]): Promise<void> {
  const connection = await createConnection(site.mariadb.url('chat'));
  await connection.query('insert into offlinemessage values ?', [texts.map((text) => [2, text])]);
  await connection.end();
}

const LOGIN = { id: 2, msgid: 1, password: 'pw' };

/** Logs user 2 in, and reads no more than the first bytes of the reply. */
async function loginWithoutReading(): Promise<Socket> {
  const socket = connect(site.node(0).port, '127.0.0.1');
  socket.write(`${JSON.stringify(LOGIN)}\0`);
  await once(socket, 'readable');
  return socket;
}

/** The stored messages in what user 2 gets: in its login reply, or after it. */
function textsIn(document: Document): string[] {
  return document.msgid === 2 ? (document.offlinemsg ?? []) : [JSON.stringify(document)];
}

function isSame(texts: readonly unknown[], others: readonly unknown[]): boolean {
  return isDeepStrictEqual([...texts].sort(), [...others].sort());
}

t.test('DIFFERENCES 8: stored messages are kept until they have left', async (t) => {
  const { steps } = readScenario('chat-offline');
  const looks = steps.flatMap((step) => (step.do === 'expect-db' ? [step.tables.offlinemessage.length] : []));
  t.same(looks, [3, 0], 'the original deletes them whoever reads its reply');
  await storeLarge();
  const socket = await loginWithoutReading();
  socket.resetAndDestroy();
  await until(async () => (await site.database.online()).length === 0, 'user 2 to be gone');
  const kept = await storedRows();
  t.ok(kept.length > 0, `${kept.length} of ${LARGE.length} have not left`);
  const user = await User.connect(site.node(0));
  await user.say(LOGIN);
  const got: string[] = [];
  while (got.length < kept.length) got.push(...textsIn(await user.hear()));
  t.ok(isSame(got, kept));
  await user.close();
});

t.test('DIFFERENCES 8: only stored messages that were in the reply are deleted', async (t) => {
  await storeLarge();
  const socket = await loginWithoutReading();
  const more = [LARGE[0]!, JSON.stringify({ ...CHAT, msg: 'more' })];
  await store(more);
  const got: string[] = [];
  const cut = documentStream();
  socket.on('data', (bytes) => {
    for (const text of cut(bytes)) got.push(...textsIn(JSON.parse(text)));
  });
  const sent = [...LARGE, ...more];
  // A row that has left is deleted a moment later: until then it is seen twice.
  const isEachOnce = async () =>
    got.length >= LARGE.length && isSame([...(await storedRows()), ...got], sent);
  await t.resolves(until(isEachOnce, 'each message to be delivered or stored, once'));
  socket.destroy();
});

t.test('DIFFERENCES 15: a name that is not UTF-8 over gbk is read as GBK', async (t) => {
  const stored = readScenario('names-chinese').after.user[0];
  t.same(
    stored,
    { id: 1, name: '寮犱笁', password: '瀵嗙爜', state: 'offline' },
    'how the original stores 张三',
  );
  const account = { password: 'pw', state: 'offline' };
  await site.database.seed({
    user: [
      { ...account, id: 1, name: '张三' },
      { ...account, id: 2, name: '寮犱笁' },
    ],
    friend: [{ userid: 2, friendid: 1 }],
    allgroup: [{ id: 1, groupname: 'g', groupdesc: '' }],
    groupuser: [1, 2].map((userid) => ({ groupid: 1, userid, grouprole: 'normal' })),
  });
  const user = await User.connect(site.node(0));
  const { name, friends, groups } = await user.login(2);
  t.equal(name, '张三', 'written by the original');
  const names = (texts: string[]) => texts.map((text) => JSON.parse(text).name);
  t.same(names(friends), ['张三'], 'written as Chinese by another program');
  t.same(names(JSON.parse(groups[0]).users), ['张三', '张三']);
  t.equal((await user.login(1)).name, '张三');
  await user.close();
});
