import { coalesce } from '../coalesce.js';
import type { Group, GroupUser, Member, Store } from '../store.js';
import type { Database } from './database.js';
import { unlessRefused } from './failure.js';
import { textOf } from './text.js';
import { unique } from './unique.js';
import { ONLINE, stateOf } from './users.js';

type Groups = Pick<Store, 'groups' | 'createGroup' | 'addGroup' | 'members'>;

/** The groups and who is in them. */
export function groups(db: Database): Groups {
  return {
    groups: (id) => read(db, id),
    createGroup: (id, groupname, groupdesc) => unlessRefused(create(db, id, groupname, groupdesc)),
    // One at a time, so that each sees what the one before has added.
    addGroup: coalesce((id, groupid) => add(db, id, groupid)),
    // Many messages to one group at once need its members only once.
    members: coalesce((groupid) => members(db, groupid)),
  };
}

/** The original's queries: their shapes decide the order of the rows (PROTOCOL.md section 5). */
async function read(db: Database, id: number): Promise<Group[]> {
  const { rows } = await db.ask(
    `select a.id, ${db.bytes('a.groupname')} as groupname, ${db.bytes('a.groupdesc')} as groupdesc
     from allgroup a inner join groupuser b on b.groupid = a.id where b.userid = ?`,
    [id],
  );
  const found = unique(
    rows.map((row) => ({
      id: Number(row.id),
      groupname: textOf(row.groupname),
      groupdesc: textOf(row.groupdesc),
    })),
  );
  return Promise.all(found.map(async (group) => ({ ...group, users: await readUsers(db, group.id) })));
}

async function readUsers(db: Database, groupid: number): Promise<GroupUser[]> {
  const { rows } = await db.ask(
    `select a.id, ${db.bytes('a.name')} as name, ${ONLINE}, ${db.bytes('b.grouprole')} as role
     from user a inner join groupuser b on b.userid = a.id where b.groupid = ?`,
    [groupid],
  );
  return unique(
    rows.map((row) => ({
      id: Number(row.id),
      name: textOf(row.name),
      state: stateOf(row),
      role: textOf(row.role),
    })),
  );
}

/** Also those without an account: the original stores messages for them. */
async function members(db: Database, groupid: number): Promise<Member[]> {
  const { rows } = await db.ask(
    `select b.userid as id, ${ONLINE} from groupuser b left join user a on a.id = b.userid
     where b.groupid = ?`,
    [groupid],
  );
  return unique(rows.map((row) => ({ id: Number(row.id), state: stateOf(row) })));
}

async function create(db: Database, id: number, groupname: string, groupdesc: string): Promise<number> {
  let groupid = 0;
  await db.transaction(async (ask) => {
    const group = await ask('insert into allgroup (groupname, groupdesc) values (?, ?)', [
      groupname,
      groupdesc,
    ]);
    await ask(`insert into groupuser (groupid, userid, grouprole) values (?, ?, 'creator')`, [
      group.insertId,
      id,
    ]);
    groupid = group.insertId;
    return true;
  });
  return groupid;
}

/** Adds what is not there, also where no key of the table says so (DIFFERENCES 14). */
async function add(db: Database, id: number, groupid: number): Promise<void> {
  await unlessRefused(
    db.ask(
      `insert into groupuser (groupid, userid, grouprole) select ?, ?, 'normal' from dual
       where not exists (select 1 from groupuser where groupid = ? and userid = ?)`,
      [groupid, id, groupid, id],
    ),
  );
}
