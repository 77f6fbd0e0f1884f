import type { Group, GroupUser, Member } from '../store.js';
import type { EmbeddedDatabase } from './database.js';
import { SqlRefused } from './sql-error.js';
import { isWhole, text, toState } from './users.js';

/** As a LIMIT: no limit. */
const ALL = -1;

/** A group without its users, or one of the users of the group before it. */
type GroupRow = Group | GroupUser;

/** Puts groups and users together again. */
export function wholeGroups(rows: readonly GroupRow[]): Group[] {
  const whole: (Group & { users: GroupUser[] })[] = [];
  for (const row of rows) {
    if ('users' in row) whole.push({ ...row, users: [] });
    else whole.at(-1)?.users.push(row);
  }
  return whole;
}

/** Groups and their members, in the tables `allgroup` and `groupuser`; a member comes once (DIFFERENCES 14). */
export function groups(db: EmbeddedDatabase) {
  const insert = db.prepare('INSERT INTO allgroup (groupname, groupdesc) VALUES (?, ?)');
  const nameTaken = db.prepare('SELECT 1 FROM allgroup WHERE groupname = ?');
  // A refused insert uses up an id, as in MySQL.
  const burnId = db.prepare("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'allgroup'");
  const join = db.prepare(
    'INSERT INTO groupuser (groupid, userid, grouprole) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM groupuser WHERE groupid = ?1 AND userid = ?2)',
  );
  const ofUser = db.prepare(
    'SELECT DISTINCT a.id, a.groupname, a.groupdesc FROM groupuser b JOIN allgroup a ON a.id = b.groupid WHERE b.userid = ? ORDER BY a.id',
  );
  const byId = db.prepare('SELECT id, groupname, groupdesc FROM allgroup WHERE id = ?');
  const role = db.prepare('SELECT grouprole FROM groupuser WHERE groupid = ? AND userid = ?');
  const leave = db.prepare('DELETE FROM groupuser WHERE groupid = ? AND userid = ?');
  const leaveAll = db.prepare('DELETE FROM groupuser WHERE groupid = ?');
  const remove = db.prepare('DELETE FROM allgroup WHERE id = ?');
  const rename = db.prepare('UPDATE allgroup SET groupname = ? WHERE id = ?');
  // The order that MariaDB gives: it reads a small table as it stands when most of it is wanted, else by the index.
  const withNames = db.prepare(
    `SELECT u.id, u.name, u.state, b.grouprole FROM
       (SELECT userid, grouprole, CASE WHEN
          2 * (SELECT count(*) FROM groupuser WHERE groupid = ?1) > (SELECT count(*) FROM (SELECT 1 FROM groupuser LIMIT 1000))
        THEN min(rowid) ELSE userid END AS place
        FROM groupuser WHERE groupid = ?1 GROUP BY userid ORDER BY place LIMIT ?2) b
     JOIN user u ON u.id = b.userid ORDER BY b.place`,
  );
  const withStates = db.prepare(
    'SELECT DISTINCT b.userid, u.state FROM groupuser b LEFT JOIN user u ON u.id = b.userid WHERE b.groupid = ?',
  );
  const ids = db.prepare('SELECT DISTINCT userid FROM groupuser WHERE groupid = ?');

  return {
    createGroup: (id: number, groupname: string, groupdesc: string): number | undefined => {
      if (!isWhole(groupname) || !isWhole(groupdesc)) return undefined;
      try {
        const groupid = insert.run(groupname, groupdesc).lastInsertRowid;
        join.run(groupid, id, 'creator');
        return groupid;
      } catch (error) {
        if (!(error instanceof SqlRefused)) throw error;
        if (nameTaken.all(groupname).length > 0) burnId.run();
        return undefined;
      }
    },
    addGroup: (id: number, groupid: number): boolean => {
      join.run(groupid, id, 'normal');
      return true;
    },
    roleIn: (groupid: number, userid: number): string | undefined => {
      const roles = role.all(groupid, userid).map((row) => text(row.grouprole).toLowerCase());
      return roles.includes('creator') ? 'creator' : roles[0];
    },
    removeMember: (groupid: number, userid: number): boolean => leave.run(groupid, userid).changes > 0,
    removeGroup: (groupid: number): readonly { readonly id: number }[] => {
      const members = ids.all(groupid).map(({ userid }) => ({ id: Number(userid) }));
      leaveAll.run(groupid);
      remove.run(groupid);
      return members;
    },
    renameGroup: (groupid: number, groupname: string): boolean => {
      if (!isWhole(groupname)) return false;
      try {
        return rename.run(groupname, groupid).changes > 0;
      } catch (error) {
        if (error instanceof SqlRefused) return false;
        throw error;
      }
    },
    // Flat, so that it can be cut anywhere on its way to another thread.
    groups: (id: number, most = ALL): readonly GroupRow[] =>
      ofUser
        .all(id)
        .flatMap((row) => [
          toGroup(row),
          ...(most === 0 ? [] : withNames.all(Number(row.id), most).map(toGroupUser)),
        ]),
    group: (groupid: number): readonly GroupRow[] =>
      byId.all(groupid).flatMap((row) => [toGroup(row), ...withNames.all(groupid, ALL).map(toGroupUser)]),
    members: (groupid: number): readonly Member[] =>
      withStates.all(groupid).map((row) => ({ id: Number(row.userid), state: toState(row.state) })),
    memberIds: (groupid: number): readonly { readonly id: number }[] =>
      ids.all(groupid).map(({ userid }) => ({ id: Number(userid) })),
  };
}

function toGroup(row: Record<string, unknown>): Group {
  return { id: Number(row.id), groupname: text(row.groupname), groupdesc: text(row.groupdesc), users: [] };
}

function toGroupUser(row: Record<string, unknown>): GroupUser {
  return { id: Number(row.id), name: text(row.name), role: text(row.grouprole), state: toState(row.state) };
}
