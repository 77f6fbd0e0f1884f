import { coalesce } from '../coalesce.js';
import type { Group, GroupUser, Member, Store } from '../store.js';
import type { Database } from './database.js';
import { unlessRefused } from './failure.js';
import { type GroupChanges, groupChanges } from './group-changes.js';
import { nameOf } from './joiner.js';
import type { Row } from './link.js';
import { online, stateOf } from './states.js';
import { textOf } from './text.js';
import { type Read, reader } from './together.js';
import { unique } from './unique.js';

type Groups = Pick<
  Store,
  'groups' | 'group' | 'createGroup' | 'addGroup' | 'members' | 'memberIds' | keyof GroupChanges
>;

/** How many connections make groups, and members of them, at once. */
const CHANGES = 2;

/** How many groups of one login are asked for at once, so that one in very many holds up no others. */
const AT_ONCE = 4;

/** The groups and their members. Members for a login are read on connections that no other question waits for. */
export function groups(db: Database, read: Read, lists: Read): Groups {
  const crowds = reader(db);
  const changes = db.narrow(CHANGES);
  // Those who log in at once are often in the same groups.
  const users = coalesce((groupid: number, most: number) => usersIn(db, crowds, groupid, most));
  return {
    groups: (id, most = ALL) => groupsOf(db, lists, users, { id, most }),
    group: (groupid) => oneGroup(db, lists, users, groupid),
    ...groupChanges(db, changes),
    createGroup: (id, groupname, groupdesc) =>
      unlessRefused(create(changes, id, db.nameFor(groupname), db.nameFor(groupdesc))),
    // One at a time, so that each sees the row that the one before has added.
    addGroup: coalesce((id, groupid) => add(changes, id, groupid)),
    // Many messages to one group at once need its members only once.
    members: coalesce((groupid) => members(db, read, groupid)),
    memberIds: coalesce((groupid) => memberIds(db, read, groupid)),
  };
}

type UsersIn = (groupid: number, most: number) => Promise<readonly GroupUser[]>;

/** More members than a group can have. */
const ALL = Number.MAX_SAFE_INTEGER;

/** The original's queries: their shapes decide the order of the rows (PROTOCOL.md section 5). */
async function groupsOf(
  db: Database,
  lists: Read,
  users: UsersIn,
  { id, most }: { readonly id: number; readonly most: number },
): Promise<Group[]> {
  const { allgroup, groupuser } = db.names;
  const rows = await lists(
    `select a.${allgroup.id} as id, ${db.bytes(`a.${allgroup.groupname}`)} as groupname,
     ${db.bytes(`a.${allgroup.groupdesc}`)} as groupdesc
     from ${allgroup.table} a inner join ${groupuser.table} b on b.${groupuser.groupid} = a.${allgroup.id}
     where b.${groupuser.userid} = ?`,
    [id],
  );
  const found = unique(rows.map(toGroup));
  if (most === 0) return found.map((group) => ({ ...group, users: [] }));
  const whole: Group[] = [];
  for (let from = 0; from < found.length; from += AT_ONCE) {
    const some = found.slice(from, from + AT_ONCE);
    whole.push(
      ...(await Promise.all(some.map(async (group) => ({ ...group, users: await users(group.id, most) })))),
    );
  }
  return whole;
}

async function oneGroup(
  db: Database,
  lists: Read,
  users: UsersIn,
  groupid: number,
): Promise<Group | undefined> {
  const { table, id, groupname, groupdesc } = db.names.allgroup;
  const [row] = await lists(
    `select a.${id} as id, ${db.bytes(`a.${groupname}`)} as groupname, ${db.bytes(`a.${groupdesc}`)} as groupdesc
     from ${table} a where a.${id} = ?`,
    [groupid],
  );
  return row && { ...toGroup(row), users: await users(groupid, ALL) };
}

function toGroup(row: Row) {
  return { id: Number(row.id), groupname: nameOf(row.groupname), groupdesc: nameOf(row.groupdesc) };
}

/** Without a limit the statement is the original's: a limit may change how the database reads the table. */
async function usersIn(db: Database, lists: Read, groupid: number, most: number): Promise<GroupUser[]> {
  const { user, groupuser } = db.names;
  const rows = await lists(
    `select a.${user.id} as id, ${db.bytes(`a.${user.name}`)} as name, ${online(db)},
     ${db.bytes(`b.${groupuser.grouprole}`)} as role
     from ${user.table} a inner join ${groupuser.table} b on b.${groupuser.userid} = a.${user.id}
     where b.${groupuser.groupid} = ?${most === ALL ? '' : ` limit ${most}`}`,
    [groupid],
  );
  return unique(
    rows.map((row) => ({
      id: Number(row.id),
      name: nameOf(row.name),
      state: stateOf(row),
      role: textOf(row.role),
    })),
  );
}

/** Also those without an account: the original stores messages for them. */
async function members(db: Database, read: Read, groupid: number): Promise<Member[]> {
  const { user, groupuser } = db.names;
  const rows = await read(
    `select b.${groupuser.userid} as id, ${online(db)}
     from ${groupuser.table} b left join ${user.table} a on a.${user.id} = b.${groupuser.userid}
     where b.${groupuser.groupid} = ?`,
    [groupid],
  );
  return unique(rows.map((row) => ({ id: Number(row.id), state: stateOf(row) })));
}

async function memberIds(db: Database, read: Read, groupid: number) {
  const { table, userid, groupid: group } = db.names.groupuser;
  const rows = await read(`select ${userid} as id from ${table} where ${group} = ?`, [groupid]);
  return unique(rows.map(({ id }) => ({ id: Number(id) })));
}

async function create(db: Database, id: number, groupname: string, groupdesc: string): Promise<number> {
  const { allgroup, groupuser } = db.names;
  const columns = `${groupuser.groupid}, ${groupuser.userid}, ${groupuser.grouprole}`;
  let groupid = 0;
  await db.transaction(async (ask) => {
    const group = await ask(
      `insert into ${allgroup.table} (${allgroup.groupname}, ${allgroup.groupdesc}) values (?, ?)`,
      [groupname, groupdesc],
    );
    await ask(`insert into ${groupuser.table} (${columns}) values (?, ?, 'creator')`, [group.insertId, id]);
    groupid = group.insertId;
    return true;
  });
  return groupid;
}

/** Adds what is not there, also where no key of the table says so (DIFFERENCES 14). See friends. */
async function add(db: Database, id: number, groupid: number): Promise<boolean> {
  const { table, groupid: group, userid: user, grouprole } = db.names.groupuser;
  const added = await unlessRefused(
    db.ask(
      `insert into ${table} (${group}, ${user}, ${grouprole}) select ?, ?, 'normal' from dual
       where not exists (select 1 from ${table} where ${group} = ? and ${user} = ?)`,
      [groupid, id, groupid, id],
    ),
  );
  if (added !== undefined) return true;
  const { rows } = await db.ask(`select 1 from ${table} where ${group} = ? and ${user} = ?`, [groupid, id]);
  return rows.length > 0;
}
