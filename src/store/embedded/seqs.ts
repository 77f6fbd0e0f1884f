import { MOST_SEQS, type NumberedMessage, type SeqState } from '../store.js';
import type { EmbeddedDatabase } from './database.js';
import { text } from './users.js';

/** The numbers of messages, in the table `chatseq`: each user has a ring of MOST_SEQS places. */
export function seqs(db: EmbeddedDatabase) {
  const put = db.prepare(
    `INSERT INTO chatseq (userid, place, seq, state, node, toid, groupid, sent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (userid, place) DO UPDATE SET seq = excluded.seq, state = excluded.state, node = excluded.node,
       toid = excluded.toid, groupid = excluded.groupid, sent = excluded.sent
     WHERE excluded.seq > seq OR (excluded.seq = seq AND excluded.state <> 'open')`,
  );
  const byUser = db.prepare(
    'SELECT seq, state, node, toid, groupid, sent FROM chatseq WHERE userid = ? ORDER BY seq',
  );
  return {
    keepSeqs: (messages: readonly NumberedMessage[]): void => {
      for (const { userid, seq, state, node, toid, groupid, sent } of messages)
        put.run(userid, seq % MOST_SEQS, seq, state, node, toid, groupid, sent);
    },
    seqs: (userid: number): readonly NumberedMessage[] =>
      byUser.all(userid).map((row) => ({
        userid,
        seq: Number(row.seq),
        state: text(row.state) as SeqState,
        node: text(row.node),
        toid: Number(row.toid),
        groupid: Number(row.groupid),
        sent: Number(row.sent),
      })),
  };
}
