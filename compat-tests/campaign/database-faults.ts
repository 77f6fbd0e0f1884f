import { setTimeout as delay } from 'node:timers/promises';
import { between, type Fault, ON_MARIADB } from './fault.js';

/** How long the database is not as it should be, in ms. */
const [LEAST, MOST] = [1000, 8000];

/** Statements that break something, and those that make it good again. */
function statements(breaks: readonly string[], mends: readonly string[]): Fault {
  return {
    modes: ON_MARIADB,
    run: async ({ site, random }) => {
      await site.sql(...breaks);
      await delay(between(random, LEAST, MOST));
      await site.sql(...mends);
    },
  };
}

const CHAT = `'chat'@'127.0.0.1'`;

/** Faults of the database. */
export const DATABASE_FAULTS: Readonly<Record<string, Fault>> = {
  'database-restart': {
    modes: ON_MARIADB,
    run: async ({ site, random }) => {
      await site.mariadb?.kill();
      await delay(between(random, 0, 5000));
      await site.mariadb?.start();
    },
  },
  'database-pause': {
    modes: ON_MARIADB,
    run: async ({ site, random }) => {
      site.mariadb?.freeze();
      await delay(between(random, 500, 10_000));
      site.mariadb?.thaw();
    },
  },
  'table-away': statements(
    ['rename table offlinemessage to elsewhere'],
    ['rename table elsewhere to offlinemessage'],
  ),
  'no-right': statements(
    [`revoke insert on chat.offlinemessage from ${CHAT}`],
    [`grant insert on chat.offlinemessage to ${CHAT}`],
  ),
  'read-only': statements(['set global read_only = 1'], ['set global read_only = 0']),
  // The very error of a disk without room, which cannot be made without harming the machine.
  'disk-full': statements(
    [
      `create trigger full before insert on offlinemessage for each row
       signal sqlstate 'HY000' set mysql_errno = 1114, message_text = 'The table offlinemessage is full'`,
    ],
    ['drop trigger full'],
  ),
  'locked-table': held('lock tables offlinemessage write'),
  'locked-row': held('select * from user where id > 100 limit 1 for update'),
  'locked-rows': held('select * from user where id > 100 for update'),
};

/** A statement whose connection then does nothing for a while, with what it has locked. */
function held(statement: string): Fault {
  return {
    modes: ON_MARIADB,
    run: async ({ site, random }) => {
      const connection = await site.connect();
      await connection.query('begin');
      await connection.query(statement);
      await delay(between(random, LEAST, MOST));
      await connection.end();
    },
  };
}
