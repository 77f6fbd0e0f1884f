import {
  byConversation,
  type Conversation,
  fitting,
  type HistoryFound,
  type HistoryPage,
  type HistoryRange,
  type HistoryRow,
  type HistorySearch,
  type KeptMessage,
  lookedAt,
  MOST_LOOKED_AT,
  NOTHING,
  narrowed,
  pairsOf,
} from '../history.js';
import type { EmbeddedDatabase, Row } from './database.js';
import { text } from './users.js';

/**
 * A message's id is its conversation's id and behind it, in the low 32 bits, its number: so the full-text index, which
 * knows only ids, can be asked for one conversation, the newest first. The index has pairs of characters as words.
 */
const TABLES = [
  `CREATE TABLE IF NOT EXISTS historyconversation (
    id INTEGER PRIMARY KEY, low INTEGER NOT NULL, high INTEGER NOT NULL, last INTEGER NOT NULL, UNIQUE (low, high))`,
  `CREATE TABLE IF NOT EXISTS historymessage (
    id INTEGER PRIMARY KEY, time INTEGER NOT NULL, document TEXT NOT NULL, words TEXT NOT NULL)`,
  'CREATE INDEX IF NOT EXISTS historymessage_time ON historymessage (time)',
  `CREATE TABLE IF NOT EXISTS historymember (
    conversation INTEGER NOT NULL, userid INTEGER NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (conversation, userid)) WITHOUT ROWID`,
  `CREATE VIRTUAL TABLE IF NOT EXISTS historyindex USING fts5(
    pairs, content='', contentless_delete=1, detail=none, tokenize='ascii')`,
];

/** At most 16 pairs of a text are compared, by the first 200 messages of each; the 4 rarest are asked for. */
const [SAMPLED, SAMPLE, ASKED_FOR] = [16, 200, 4];
const MOST_NUMBER = 4_294_967_295;

/** The history of conversations. */
export function history(db: EmbeddedDatabase) {
  const tables = TABLES.map((sql) => db.prepare(sql));
  const begin = db.prepare(
    'INSERT INTO historyconversation (low, high, last) SELECT ?1, ?2, 0 WHERE NOT EXISTS (SELECT 1 FROM historyconversation WHERE low = ?1 AND high = ?2)',
  );
  const find = db.prepare('SELECT id, last FROM historyconversation WHERE low = ? AND high = ?');
  const count = db.prepare('UPDATE historyconversation SET last = ? WHERE id = ?');
  const forget = db.prepare(
    'DELETE FROM historymember WHERE conversation = ?1 AND userid NOT IN (SELECT userid FROM groupuser WHERE groupid = ?2)',
  );
  const welcome = db.prepare(
    `INSERT INTO historymember (conversation, userid, since) SELECT DISTINCT ?1, userid, ?3 FROM groupuser
     WHERE groupid = ?2 AND userid NOT IN (SELECT userid FROM historymember WHERE conversation = ?1)`,
  );
  const put = db.prepare(
    'INSERT INTO historymessage (id, time, document, words) VALUES ((?1 << 32) | ?2, ?3, ?4, ?5)',
  );
  const index = db.prepare('INSERT INTO historyindex (rowid, pairs) VALUES ((?1 << 32) | ?2, ?3)');
  const joined = db.prepare('SELECT since FROM historymember WHERE conversation = ? AND userid = ?');
  const inRange = 'id > (?1 << 32) | ?2 AND id < (?1 << 32) | ?3 AND +time >= ?4 AND +time <= ?5';
  const sizes = (order: string) =>
    db.prepare(
      `SELECT id & 4294967295 AS number, octet_length(document) AS bytes FROM historymessage WHERE ${inRange} ORDER BY id ${order} LIMIT ?6`,
    );
  const [oldest, newest] = [sizes('ASC'), sizes('DESC')];
  const nearest = db.prepare(
    `SELECT id & 4294967295 AS number, time FROM historymessage
     WHERE id >= (?1 << 32) | ?2 AND id < (?1 << 32) | ${MOST_NUMBER} ORDER BY id LIMIT 1`,
  );
  const one = db.prepare('SELECT time, document FROM historymessage WHERE id = (?1 << 32) | ?2');
  const having = `historyindex MATCH ?4 AND rowid > (?1 << 32) | ?2 AND rowid < (?1 << 32) | ?3 ORDER BY rowid DESC`;
  const nth = db.prepare(
    `SELECT rowid & 4294967295 AS number FROM historyindex WHERE ${having} LIMIT 1 OFFSET ?5`,
  );
  // The newest that have the pairs, and of these the ones that have the text.
  const withText = db.prepare(
    `SELECT m.id & 4294967295 AS number, octet_length(m.document) AS bytes
     FROM (SELECT rowid AS id FROM historyindex WHERE ${having} LIMIT ${MOST_LOOKED_AT}) s
     CROSS JOIN historymessage m ON m.id = s.id
     WHERE m.time >= ?5 AND m.time <= ?6 AND instr(m.words, ?7) > 0 ORDER BY m.id DESC LIMIT ?8`,
  );
  const old = db.prepare(
    'SELECT id >> 32 AS conversation, id & 4294967295 AS number FROM historymessage WHERE time < ? LIMIT ?',
  );
  const drop = db.prepare('DELETE FROM historymessage WHERE id = (?1 << 32) | ?2');
  const dropIndex = db.prepare('DELETE FROM historyindex WHERE rowid = (?1 << 32) | ?2');
  const remove = (conversation: number, number: number) => {
    drop.run(conversation, number);
    dropIndex.run(conversation, number);
  };

  const stateOf = ({ low, high }: Conversation) => {
    const [row] = find.all(low, high);
    return row && { id: Number(row.id), last: Number(row.last) };
  };
  const keepAll = ([first, ...others]: readonly KeptMessage[]) => {
    if (first === undefined) return;
    const { low, high } = first;
    begin.run(low, high);
    const { id, last } = stateOf(first) ?? { id: 0, last: 0 };
    if (low === 0) {
      forget.run(id, high);
      welcome.run(id, high, last);
    }
    const messages = [first, ...others];
    for (const [i, { at, document, text: words }] of messages.entries()) {
      put.run(id, last + 1 + i, at, document, words);
      const pairs = pairsOf(words);
      if (pairs.length > 0) index.run(id, last + 1 + i, pairs.map(word).join(' '));
    }
    count.run(last + messages.length, id);
  };
  const narrow = (id: number, range: HistoryRange) => {
    const steps = narrowed(range);
    for (let step = steps.next(); ; ) {
      if (step.done) return { id, ...step.value };
      const [row] = nearest.all(id, step.value);
      step = steps.next(row && { number: Number(row.number), at: Number(row.time) });
    }
  };
  /** The conversation, and above which number of it the range begins; undefined when there is nothing to be seen. */
  const seen = (range: HistoryRange) => {
    const conversation = stateOf(range);
    if (conversation === undefined) return undefined;
    const { id } = conversation;
    const below = Math.min(range.below, conversation.last + 1);
    if (range.member === undefined) return narrow(id, { ...range, below });
    const [row] = joined.all(id, range.member);
    return row && narrow(id, { ...range, below, above: Math.max(range.above, Number(row.since)) });
  };
  const documents = (id: number, numbers: readonly { readonly number: number }[]) =>
    numbers.flatMap(({ number }): HistoryRow[] =>
      one.all(id, number).map((row) => ({ number, at: Number(row.time), document: text(row.document) })),
    );

  return {
    openHistory: (): void => {
      for (const table of tables) table.run();
    },
    keepHistory: (messages: readonly KeptMessage[]): void => {
      for (const some of byConversation(messages)) keepAll(some);
    },
    historyPage: (page: HistoryPage): HistoryFound => {
      const range = seen(page);
      if (range === undefined) return NOTHING;
      const part = lookedAt(range, page.newest);
      const rows = (page.newest ? newest : oldest)
        .all(range.id, part.above, part.below, page.from, page.until, page.most + 1)
        .map(toSize);
      const { fits, next } = fitting(rows, page.most);
      const found = documents(range.id, fits);
      return { rows: page.newest ? found.reverse() : found, next: next ?? part.next };
    },
    searchHistory: (search: HistorySearch): HistoryFound => {
      const range = seen(search);
      if (range === undefined) return NOTHING;
      const { id, above, below } = range;
      const numberOf = (words: string, place: number) => {
        const [row] = nth.all(id, above, below, words, place - 1);
        return row && Number(row.number);
      };
      // Of pairs that few messages have, the same number of messages goes back further.
      const rarest = pairsOf(search.text)
        .slice(0, SAMPLED)
        .map((pair) => ({ pair: word(pair), reaches: numberOf(word(pair), SAMPLE) ?? 0 }))
        .sort((a, b) => a.reaches - b.reaches);
      const words = rarest
        .slice(0, ASKED_FOR)
        .map(({ pair }) => pair)
        .join(' AND ');
      const rows = withText
        .all(id, above, below, words, search.from, search.until, search.text, search.most + 1)
        .map(toSize);
      const { fits, next } = fitting(rows, search.most);
      return { rows: documents(id, fits), next: next ?? numberOf(words, MOST_LOOKED_AT) };
    },
    removeHistory: ({ low, high }: Conversation, numbers: readonly number[]): void => {
      const id = stateOf({ low, high })?.id ?? 0;
      for (const number of numbers) remove(id, number);
    },
    expireHistory: (before: number, most: number): number => {
      const rows = old.all(before, most);
      for (const { conversation, number } of rows) remove(Number(conversation), Number(number));
      return rows.length;
    },
  };
}

function word(pair: number): string {
  return pair.toString(36);
}

function toSize({ number, bytes }: Row) {
  return { number: Number(number), bytes: Number(bytes) };
}
