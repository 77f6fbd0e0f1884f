import { createConnection } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { openMysql } from '../../src/store/mysql/mysql.js';
import { StoreUnavailable } from '../../src/store/store.js';
import { MariaDb } from '../harness/mariadb.js';
import { TABLES } from '../harness/tables.js';
import { messageOf, openOn } from './open-mysql.js';
import { SCHEMAS } from './schemas.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());

interface Stuck {
  /** The words of the cause. */
  readonly why: RegExp;
  readonly begin: readonly string[];
  readonly end: readonly string[];
  readonly schema?: string;
}

const inMemory = SCHEMAS.original.replace(
  /(CREATE TABLE IF NOT EXISTS `offlinemessage` [^;]*ENGINE=)InnoDB/,
  '$1MEMORY',
);

const ways: Record<string, Stuck> = {
  'is full': {
    why: /is full/,
    schema: inMemory,
    begin: [
      `begin not atomic
         declare continue handler for 1114 begin end;
         for i in 1..1000 do insert into offlinemessage values (9, 'full'); end for;
       end`,
    ],
    end: ['truncate table offlinemessage'],
  },
  'was renamed': {
    why: /doesn't exist/,
    begin: ['rename table offlinemessage to elsewhere'],
    end: ['rename table elsewhere to offlinemessage'],
  },
  'is not ours to write to': {
    why: /denied/,
    begin: ['revoke insert on chat.offlinemessage from clerk'],
    end: ['grant insert on chat.offlinemessage to clerk'],
  },
  'is read-only': {
    why: /read-only/,
    begin: ['set global read_only = 1'],
    end: ['set global read_only = 0'],
  },
  'is locked': {
    why: /Lock wait timeout/,
    begin: ['lock tables offlinemessage read'],
    end: ['unlock tables'],
  },
};

/** A store that is opened by an account of its own, and a connection that may do anything. */
async function openAsClerk(t: Test, schema?: string) {
  const { url } = await openOn(mariadb, t, schema === undefined ? {} : { schema });
  const admin = await createConnection({ uri: url, multipleStatements: true });
  await admin.query(`create or replace user clerk identified by '123456'; ${TABLES.map((table) => `grant all on chat.${table} to clerk`).join(';')};
    set max_heap_table_size = 16384; alter table offlinemessage force`);
  const store = await openMysql({ url: url.replace('root:', 'clerk:'), charset: 'gbk', patience: 1500 });
  t.teardown(() => Promise.all([store.close(), admin.end()]));
  return { store, admin };
}

for (const [how, { why, begin, end, schema }] of Object.entries(ways)) {
  t.test(`a table that ${how} is away: no message is at fault`, async (t) => {
    const { store, admin } = await openAsClerk(t, schema);
    const messages = ['one', 'two'].map((msg) => ({ userid: 1, message: messageOf(msg) }));
    for (const sql of begin) await admin.query(sql);
    const error: unknown = await store.storeMessages(messages).catch((error: unknown) => error);
    t.type(error, StoreUnavailable);
    t.match(String(error), why);
    t.match(String((error as Error).cause), why);
    for (const sql of end) await admin.query(sql);
    t.strictSame(await store.storeMessages(messages), []);
    t.strictSame(
      await store.storedMessages(1),
      messages.map(({ message }) => message),
    );
  });
}
