import { COPIES_BYTES, LOOKED_AT, type Looked } from '../copies.js';
import type { EmbeddedDatabase } from './database.js';

/** A stored message, and its place in the table. */
export interface Copy {
  readonly place: number;
  readonly text: string;
}

/** Where a look goes on: behind this place of what is stored for that user, by its place in the list of users. */
export interface Here {
  readonly user: number;
  readonly place: number;
}

/** What is looked at before a look ends, however many users it is about: a user, too, costs a question. */
const [MOST_LOOKS, ROWS_AT_ONCE] = [LOOKED_AT, 16];

/** Copies of one message in `offlinemessage`. */
export function copies(db: EmbeddedDatabase) {
  const find = db.prepare(
    `SELECT rowid AS place, CASE WHEN instr(message, ?3) > 0 THEN message END AS text, length(message) AS bytes
     FROM offlinemessage WHERE userid = ?1 AND rowid > ?2 ORDER BY rowid LIMIT ${ROWS_AT_ONCE}`,
  );
  const removeOne = db.prepare('DELETE FROM offlinemessage WHERE rowid = ?');
  return {
    /** Looks at some of what is stored for these users, and ends soon: nobody else is answered meanwhile. */
    findCopies: (
      userids: readonly number[],
      part: string,
      { user, place }: Here = { user: 0, place: 0 },
    ): Looked<Copy, Here> => {
      const found: Copy[] = [];
      let [at, behind, bytes] = [user, place, 0];
      for (let looks = 0; looks < MOST_LOOKS && bytes < COPIES_BYTES; ) {
        const userid = userids[at];
        if (userid === undefined) return { found, next: undefined };
        const rows = find.all(userid, behind, part);
        for (const row of rows) {
          behind = Number(row.place);
          bytes += Number(row.bytes);
          if (row.text !== null) found.push({ place: behind, text: String(row.text) });
        }
        looks += 1 + rows.length;
        if (rows.length < ROWS_AT_ONCE) [at, behind] = [at + 1, 0];
      }
      return { found, next: { user: at, place: behind } };
    },
    removeCopiesAt: (places: readonly number[]): void => {
      for (const place of places) removeOne.run(place);
    },
  };
}
