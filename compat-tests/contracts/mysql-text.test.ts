import assert from 'node:assert/strict';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { MariaDb } from '../harness/mariadb.js';
import { asBytes, likeTheOriginal, messageOf, openOn } from './open-mysql.js';
import { user } from './open-store.js';
import { SCHEMAS } from './schemas.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const open = (t: Test, options: Parameters<typeof openOn>[2] = {}) => openOn(mariadb, t, options);

t.test('any name is stored as the original does, or else with joiners (DIFFERENCES 20)', async (t) => {
  const { store, url } = await open(t, { schema: SCHEMAS['all utf8mb4'] });
  const original = await likeTheOriginal(t, url);
  const stored = async (password: string) => {
    const [rows] = await original.query(`select hex(name) as name from user where password = '${password}'`);
    return (rows as { name: string }[])[0]?.name;
  };
  let [count, refused, joined] = [0, 0, 0];
  const check = async (name: string) => {
    count++;
    const id = await store.register(name, `ours${count}`);
    const ours = await stored(`ours${count}`);
    if (id !== undefined) assert.equal((await store.user(id))?.name, name);
    await original.query(`delete from user where password = 'ours${count}'`);
    const insert = `insert into user (name, password) values ('${asBytes(name)}', 'its${count}')`;
    await original.query(insert).catch((error) => assert.ok(error.sqlState, error));
    const its = await stored(`its${count}`);
    if (its !== undefined) assert.equal(ours, its);
    if (ours === undefined) refused++;
    else if (its === undefined) joined++;
    await original.query('delete from user');
  };
  const character = fc.oneof(
    fc.constantFrom('你', '好', '吗', 'é', '😀', 'a', '~', '\u007f', '\u0080', '\uffff'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  // Quotes, backslashes and NULs are what the original's own way cannot carry.
  const names = fc.string({ unit: character, maxLength: 40 }).filter((name) => !/['\\\0\u2060]/.test(name));
  await fc.assert(fc.asyncProperty(names, check), { numRuns: 500 });
  t.ok(refused > 5, `${refused} of ${count} names were refused`);
  t.ok(joined > 20, `${joined} of ${count} names got joiners`);
});

t.test('a name, and the same with joiners, is one name (DIFFERENCES 20)', async (t) => {
  const { store } = await open(t);
  for (const [name, ...same] of [
    ['你好吗', '你好吗\u2060', '\u2060你好吗', '你\u2060好\u2060吗'],
    ['张三', '张\u2060三', '\u2060张三\u2060'],
    ['李', '李\u2060'],
  ] as [string, ...string[]][]) {
    const id = await store.register(name, 'pw');
    t.match(await store.user(Number(id)), { name });
    for (const other of [name, ...same]) {
      t.equal(await store.register(other, 'pw'), undefined, 'is taken');
      t.equal(await store.idOf(other), id);
    }
  }
});

t.test('names of groups, where the column can hold them, get joiners too (DIFFERENCES 20)', async (t) => {
  for (const [schema, holds] of [
    [SCHEMAS.original, false],
    [SCHEMAS['all utf8mb4'], true],
  ] as const) {
    const { store } = await open(t, { schema });
    const id = await store.register('one', 'pw');
    const groupid = await store.createGroup(Number(id), '三年级', '我们的班');
    t.equal(groupid !== undefined, holds);
    const group = { id: groupid, groupname: '三年级', groupdesc: '我们的班' };
    t.match(await store.groups(Number(id)), holds ? [group] : []);
  }
});

t.test('a name that is not UTF-8 over gbk is read as GBK (DIFFERENCES 15)', async (t) => {
  const { store, database } = await open(t, { schema: SCHEMAS['all utf8mb4'] });
  await database.seed({
    user: [user(1, '张三'), user(2, 'café'), user(3, '李小龙')],
    friend: [{ userid: 1, friendid: 3 }],
    allgroup: [{ id: 4, groupname: '你好吗', groupdesc: '描述' }],
    groupuser: [{ groupid: 4, userid: 3, grouprole: 'creator' }],
  });
  t.match(await store.user(1), { name: '张三' });
  t.match(await store.user(2), { name: 'café' });
  t.match(await store.friends(1), [{ name: '李小龙' }]);
  t.match(await store.groups(3), [{ groupname: '你好吗', groupdesc: '描述', users: [{ name: '李小龙' }] }]);
});

t.test('with utf8mb4 every text is stored as it is', async (t) => {
  const { store, database } = await open(t, { schema: SCHEMAS['all utf8mb4'], charset: 'utf8mb4' });
  const id = await store.register('你好吗😀', '密码é');
  t.match(await store.user(Number(id)), { name: '你好吗😀', password: '密码é' });
  await store.createGroup(Number(id), '一个组', '😀');
  t.match(await store.groups(Number(id)), [
    { groupname: '一个组', groupdesc: '😀', users: [{ name: '你好吗😀' }] },
  ]);
  t.match((await database.rows()).user, [{ name: '你好吗😀', password: '密码é' }]);
});

t.test('rows come in the order that the original gets them in', async (t) => {
  const { store, database, url } = await open(t);
  const original = await likeTheOriginal(t, url);
  const ids = [31, 7, 19, 3, 40, 11];
  await database.seed({
    user: ids.map((id) => user(id, `u${id}`)),
    friend: ids.map((friendid) => ({ userid: 7, friendid })),
    allgroup: ids.map((id) => ({ id, groupname: `g${99 - id}`, groupdesc: '' })),
    groupuser: ids.flatMap((groupid) =>
      [40, 7, 3].map((userid) => ({ groupid, userid, grouprole: 'normal' })),
    ),
  });
  const its = async (sql: string) => ((await original.query(sql))[0] as { id: number }[]).map(({ id }) => id);
  const groups = await store.groups(7);
  t.strictSame(
    (await store.friends(7)).map(({ id }) => id),
    await its(
      'select a.id,a.name,a.state from user a inner join friend b on b.friendid=a.id where b.userid=7',
    ),
  );
  t.strictSame(
    groups.map(({ id }) => id),
    await its(
      'select a.id,a.groupname,a.groupdesc from allgroup a inner join groupuser b on a.id=b.groupid where b.userid=7',
    ),
  );
  t.strictSame(
    groups[0]?.users.map(({ id }) => id),
    await its(
      `select a.id,a.name,a.state,b.grouprole from user a inner join groupuser b on b.userid=a.id where b.groupid=${groups[0]?.id}`,
    ),
  );
});

t.test('messages of other programs are read, and removed exactly', async (t) => {
  const schemas: [string, string[]][] = [
    [SCHEMAS.original, ['plain', 'café']],
    [SCHEMAS.original.replace('CHARSET=latin1', 'CHARSET=utf8'), ['plain', '直接', 'café']],
    [SCHEMAS['all utf8mb4'], ['plain', '直接', '直接写😀', 'café']],
  ];
  for (const [schema, texts] of schemas) {
    await t.test(`${texts}`, async (t) => {
      const { store, database, url } = await open(t, { schema });
      const original = await likeTheOriginal(t, url);
      const messages = texts.map(messageOf);
      const column = schema === SCHEMAS.original ? 'latin1' : 'utf8';
      const hex = (message: string) => Buffer.from(message, column).toString('hex');
      await database.seed({
        offlinemessage: messages.map((message) => ({ userid: 1, message: { hex: hex(message) } })),
      });
      // These bytes pair up in GBK: an original stores them where the column can hold such text.
      const pairs = messageOf('你好');
      const insert = `insert into offlinemessage values (1, '${asBytes(pairs)}')`;
      const took = await original.query(insert).then(
        () => true,
        () => false,
      );
      t.equal(took, schema !== SCHEMAS.original);
      const read = await store.storedMessages(1);
      // A character that GBK lacks comes as a question mark, as it does in the original.
      t.strictSame(
        read,
        [...messages, ...(took ? [pairs] : [])].map((text) => text.replace('😀', '?')),
      );
      await store.storeMessages([{ userid: 1, message: messageOf('plain') }]);
      await store.removeMessages(1, read);
      t.match((await database.rows()).offlinemessage, [{ message: messageOf('plain') }]);
      t.strictSame(await store.storedMessages(1), [messageOf('plain')]);
    });
  }
});
