import type { Store } from '../store.js';
import type { Database } from './database.js';
import { unlessRefused } from './failure.js';
import { textOf } from './text.js';
import { unique } from './unique.js';

export type GroupChanges = Pick<Store, 'roleIn' | 'removeMember' | 'removeGroup' | 'renameGroup'>;

/**
 * The changes of a group that a member may make. A change that is tried again, as its answer was lost, may find it
 * done.
 *
 * @param db for reads
 * @param changes for changes
 */
export function groupChanges(db: Database, changes: Database): GroupChanges {
  return {
    roleIn: (groupid, userid) => roleIn(db, groupid, userid),
    removeMember: (groupid, userid) => removeMember(changes, groupid, userid),
    removeGroup: (groupid) => removeGroup(changes, groupid),
    renameGroup: (groupid, groupname) => renameGroup(changes, groupid, changes.nameFor(groupname)),
  };
}

/** A membership that exists twice may say two roles: then the higher one counts. */
async function roleIn(db: Database, groupid: number, id: number): Promise<string | undefined> {
  const { table, groupid: group, userid, grouprole } = db.names.groupuser;
  const { rows } = await db.ask(
    `select ${db.bytes(grouprole)} as role from ${table} where ${group} = ? and ${userid} = ?`,
    [groupid, id],
  );
  const roles = rows.map(({ role }) => textOf(role).toLowerCase());
  return roles.includes('creator') ? 'creator' : roles[0];
}

function removeMember(db: Database, groupid: number, id: number): Promise<boolean> {
  const { table, groupid: group, userid } = db.names.groupuser;
  return db.session(async ({ ask }, again) => {
    const { affected } = await ask(`delete from ${table} where ${group} = ? and ${userid} = ?`, [
      groupid,
      id,
    ]);
    return affected > 0 || again;
  });
}

async function removeGroup(db: Database, groupid: number) {
  const { allgroup, groupuser } = db.names;
  // The members that the first try read count: a later try may find none left.
  let members: readonly { readonly id: number }[] = [];
  await db.transaction(async (ask) => {
    const { rows } = await ask(
      `select ${groupuser.userid} as id from ${groupuser.table} where ${groupuser.groupid} = ? for update`,
      [groupid],
    );
    if (rows.length > 0) members = unique(rows.map(({ id }) => ({ id: Number(id) })));
    await ask(`delete from ${groupuser.table} where ${groupuser.groupid} = ?`, [groupid]);
    await ask(`delete from ${allgroup.table} where ${allgroup.id} = ?`, [groupid]);
    return true;
  });
  return members;
}

async function renameGroup(db: Database, groupid: number, groupname: string): Promise<boolean> {
  const { table, id, groupname: column } = db.names.allgroup;
  const statement = `update ${table} set ${column} = ? where ${id} = ?`;
  return (await unlessRefused(db.ask(statement, [groupname, groupid]))) !== undefined;
}
