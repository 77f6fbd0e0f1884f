import t from 'tap';
import { COLUMNS } from '../tables.js';
import { type Found, namesIn } from './names.js';

/** A database with these tables in the place of chat.sql's. */
function database(names: Record<string, string>, columns: Record<string, readonly string[]> = {}): Found {
  return new Map(
    Object.entries(COLUMNS).map(([table, own]) => [names[table] ?? table, columns[table] ?? own]),
  );
}

t.test('tables and columns are found whatever their case and underscores', async (t) => {
  const capitals = { user: 'User', allgroup: 'AllGroup', groupuser: 'group_user', friend: 'FRIEND' };
  const names = namesIn(database(capitals, { friend: ['user_id', 'FriendId'] }));
  t.match(names, {
    user: { table: '`User`', id: '`id`' },
    allgroup: { table: '`AllGroup`' },
    groupuser: { table: '`group_user`' },
    friend: { table: '`FRIEND`', userid: '`user_id`', friendid: '`FriendId`' },
    offlinemessage: { table: '`offlinemessage`' },
  });
});

t.test('of two that it could be it is the one that is called exactly so', async (t) => {
  const found = new Map([...database({}), ['User', COLUMNS.user], ['USER', COLUMNS.user]]);
  t.equal(namesIn(found).user.table, '`user`');
  found.delete('user');
  t.throws(() => namesIn(found), {
    message:
      'User and USER could both be its table user: say which one it is in a dialect file, {"tables":{"user":"User"}}',
  });
  t.equal(namesIn(found, { user: { table: 'USER' } }).user.table, '`USER`');
});

t.test('names that are given', async (t) => {
  const found = database({ user: 'people' }, { groupuser: ['groupid', 'userid', 'role'] });
  const names = namesIn(found, {
    user: { table: 'people' },
    groupuser: { columns: { grouprole: 'role' } },
  });
  t.match(names, { user: { table: '`people`' }, groupuser: { grouprole: '`role`' } });
});

t.test('what is not found is told, with what there is and what to write', async (t) => {
  t.throws(() => namesIn(database({ user: 'people' })), {
    message:
      'it has no table user; there are people, friend, allgroup, groupuser, offlinemessage: say which one it is in a dialect file, {"tables":{"user":"…"}}, or let chat-server init with the same options create it',
  });
  t.throws(() => namesIn(database({}, { groupuser: ['groupid', 'userid', 'role'] })), {
    message:
      'its table groupuser has no column grouprole; there are groupid, userid, role: say which one it is in a dialect file, {"tables":{"groupuser":{"columns":{"grouprole":"…"}}}}',
  });
  t.throws(() => namesIn(new Map()), {
    message: 'it has no table user, nor any other: chat-server init with the same options creates them',
  });
});
