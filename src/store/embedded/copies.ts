import { COPIES_AT_ONCE } from '../copies.js';
import type { EmbeddedDatabase } from './database.js';

/** A stored message, and its place in the table. */
export interface Copy {
  readonly place: number;
  readonly text: string;
}

/** Copies of one message in `offlinemessage`. */
export function copies(db: EmbeddedDatabase) {
  const find = db.prepare(
    `SELECT rowid AS place, message FROM offlinemessage
     WHERE userid IN (SELECT value FROM json_each(?)) AND instr(message, ?) > 0
     ORDER BY rowid LIMIT ${COPIES_AT_ONCE} OFFSET ?`,
  );
  const removeOne = db.prepare('DELETE FROM offlinemessage WHERE rowid = ?');
  return {
    findCopies: (userids: readonly number[], part: string, skip: number): readonly Copy[] =>
      find.all(JSON.stringify(userids), part, skip).map(({ place, message }) => ({
        place: Number(place),
        text: String(message),
      })),
    removeCopiesAt: (places: readonly number[]): void => {
      for (const place of places) removeOne.run(place);
    },
  };
}
