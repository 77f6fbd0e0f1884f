import { MOST_SEQS, type NumberedMessage, type SeqState, type Store } from '../store.js';
import type { Database } from './database.js';
import { textOf } from './text.js';

/** The table is made when the first user numbers its messages: else the database has the tables of the original only. */
const TABLE = `create table if not exists chatseq (
  userid int not null,
  place smallint not null,
  seq int not null,
  state enum('open', 'here', 'elsewhere', 'stored', 'never') character set ascii not null,
  node varchar(32) character set ascii collate ascii_bin not null,
  toid int not null,
  groupid int not null,
  sent bigint not null,
  primary key (userid, place)
)`;

const IS_THERE = `select 1 from information_schema.tables
  where table_schema = database() and table_name = 'chatseq'`;

/** Columns change from left to right, so that `seq`, on which the others depend, is the last. */
const CHANGES = ['state', 'node', 'toid', 'groupid', 'sent', 'seq']
  .map(
    (column) =>
      `${column} = if(values(seq) > seq or (values(seq) = seq and values(state) <> 'open'), values(${column}), ${column})`,
  )
  .join(', ');

/**
 * At most this many rows are in one statement, and at most as many bytes as its packet holds: the bytes before them,
 * and of each row.
 */
const MOST_ROWS = 200;
const [FIRST_BYTES, ROW_BYTES] = [1200, 200];

/** How many connections write at once. */
const LANES = 1;

/** The numbers of messages, in the table `chatseq`: each user has a ring of MOST_SEQS places. */
export function seqs(db: Database): Pick<Store, 'keepSeqs' | 'seqs'> {
  const writes = db.narrow(LANES);
  let isThere = false;
  const make = async () => {
    if (!isThere && (await db.ask(IS_THERE)).rows.length === 0) await db.ask(TABLE);
    isThere = true;
  };
  return {
    keepSeqs: async (messages) => {
      await make();
      const most = Math.max(1, Math.min(MOST_ROWS, Math.floor((db.mostBytes - FIRST_BYTES) / ROW_BYTES)));
      for (let from = 0; from < messages.length; from += most) {
        const rows = sorted(messages.slice(from, from + most)).map(rowOf);
        await writes.ask(
          `insert into chatseq (userid, place, seq, state, node, toid, groupid, sent)
           values ${rows.map(() => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')} on duplicate key update ${CHANGES}`,
          rows.flat(),
        );
      }
    },
    seqs: async (userid) => {
      await make();
      const { rows } = await db.ask(
        `select seq, ${db.bytes('state')} as state, ${db.bytes('node')} as node, toid, groupid, sent
         from chatseq where userid = ?`,
        [userid],
      );
      return rows.map((row) => toMessage(userid, row));
    },
  };
}

/** All who write rows lock them in one order: else two could wait for each other. */
function sorted(messages: readonly NumberedMessage[]): NumberedMessage[] {
  const place = ({ seq }: NumberedMessage) => seq % MOST_SEQS;
  return [...messages].sort((a, b) => a.userid - b.userid || place(a) - place(b));
}

function rowOf({ userid, seq, state, node, toid, groupid, sent }: NumberedMessage) {
  return [userid, seq % MOST_SEQS, seq, state, node, toid, groupid, sent];
}

function toMessage(userid: number, row: Readonly<Record<string, unknown>>): NumberedMessage {
  return {
    userid,
    seq: Number(row.seq),
    state: textOf(row.state) as SeqState,
    node: textOf(row.node),
    toid: Number(row.toid),
    groupid: Number(row.groupid),
    sent: Number(row.sent),
  };
}
