import {
  byConversation,
  type Conversation,
  fitting,
  type HistoryFound,
  type HistoryPage,
  type HistoryRange,
  type HistoryRow,
  type HistorySearch,
  type HistoryStore,
  type KeptMessage,
  lookedAt,
  MOST_LOOKED_AT,
  type Near,
  NOTHING,
  narrowed,
  pairsOf,
} from '../history.js';
import { chunks } from './chunks.js';
import type { Database } from './database.js';
import type { Ask, Row } from './link.js';
import { textOf } from './text.js';

/** Texts are kept as the bytes of their UTF-8: no charset of a connection, and no collation, changes them. */
const TABLES = [
  `create table if not exists historyconversation (
    id int unsigned not null auto_increment primary key, low int not null, high int not null,
    last int unsigned not null, unique key users (low, high)) engine = innodb`,
  `create table if not exists historymessage (
    conversation int unsigned not null, number int unsigned not null, time bigint not null,
    document mediumblob not null, words varbinary(4000) not null,
    primary key (conversation, number), key time (time)) engine = innodb`,
  `create table if not exists historyindex (
    conversation int unsigned not null, pair int unsigned not null, number int unsigned not null,
    primary key (conversation, pair, number)) engine = innodb`,
  `create table if not exists historymember (
    conversation int unsigned not null, userid int not null, since int unsigned not null,
    primary key (conversation, userid)) engine = innodb`,
];

/** How many connections the history has at most: chat goes on beside it. */
const [WRITING, READING] = [1, 2];
/** At most this many pairs of a text are counted, to find those that few messages have. */
const COUNTED = 12;
/** The longest message of a history is in one statement, two characters for each of its bytes. */
const LEAST_BYTES = 512 * 1024;
/** Rows of the index in one statement. */
const INDEX_ROWS = 5000;
/** At most this many bytes of texts are indexed at once. */
const TEXTS = 20_000;
/** Rows that one statement deletes: from a thousand on MariaDB may look through the whole table for them. */
const DELETED_ROWS = 500;
/**
 * Of a conversation the last messages that were kept, at most this many, are looked at for one that may be there
 * already.
 */
const RECENT = 5000;

interface Numbered extends KeptMessage {
  readonly conversation: number;
  readonly number: number;
}

/** The history of conversations. Statements have no values beside ints and bytes as hex: each is another one. */
export function history(db: Database): HistoryStore {
  const [write, read] = [db.narrow(WRITING), db.narrow(READING)];
  return {
    openHistory: async () => {
      if (db.mostBytes < LEAST_BYTES)
        throw new Error('max_allowed_packet is too small for a history: 1 MiB is needed');
      for (const table of TABLES) await write.ask(table);
    },
    keepHistory: async (messages) => {
      const groups = byConversation(messages).sort(([a], [b]) => compare(a, b));
      await write.session(async ({ ask }, again) => {
        if (again && (await isThere(ask, messages))) return;
        await ask('set transaction isolation level read committed; start transaction');
        try {
          await keep(db, ask, groups);
          await ask('commit');
        } catch (error) {
          await ask('rollback').catch(() => {});
          throw error;
        }
      });
    },
    historyPage: (page) => read.session(({ ask }) => pageOf(ask, page)),
    searchHistory: (search) => read.session(({ ask }) => found(ask, search)),
    expireHistory: (before, most) => write.session(({ ask }) => expire(ask, before, most)),
    removeHistory: (conversation, numbers) =>
      write.session(({ ask }) => removeNumbers(ask, conversation, numbers)),
  };
}

function compare(a: Conversation | undefined, b: Conversation | undefined): number {
  return (a?.low ?? 0) - (b?.low ?? 0) || (a?.high ?? 0) - (b?.high ?? 0);
}

/** Whether an earlier run of the same call has come through: all its messages are there, or none. */
async function isThere(ask: Ask, [first]: readonly KeptMessage[]): Promise<boolean> {
  if (first === undefined) return true;
  const { rows } = await ask(
    `select 1 from historyconversation c join historymessage m on m.conversation = c.id
     where c.low = ${first.low} and c.high = ${first.high} and m.number + ${RECENT} > c.last
     and m.time = ${first.at} and m.document = ${hex(first.document)} limit 1`,
  );
  return rows.length > 0;
}

async function keep(db: Database, ask: Ask, groups: readonly (readonly KeptMessage[])[]): Promise<void> {
  const states = await lockAll(ask, groups);
  await noteMembers(db, ask, groups);
  const messages = groups.flatMap((group): Numbered[] => {
    const { id, last } = states.get(keyOf(group[0])) ?? { id: 0, last: 0 };
    return group.map((message, i) => ({ ...message, conversation: id, number: last + 1 + i }));
  });
  for (const part of chunks(
    messages,
    db.mostBytes,
    ({ document, text }) => 6 * (document.length + text.length),
  ))
    await ask(
      `insert into historymessage (conversation, number, time, document, words) values ${part.map(
        (m) => `(${m.conversation}, ${m.number}, ${m.at}, ${hex(m.document)}, ${hex(m.text)})`,
      )}`,
    );
  const pairs = messages.flatMap((m) =>
    pairsOf(m.text).map((pair) => [m.conversation, pair, m.number] as const),
  );
  // As the table has them: each page is looked for once.
  pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  for (let i = 0; i < pairs.length; i += INDEX_ROWS)
    await ask(
      `insert into historyindex (conversation, pair, number) values ${pairs.slice(i, i + INDEX_ROWS).map((row) => `(${row})`)}`,
    );
  const counted = groups.map((group) => {
    const { id, last } = states.get(keyOf(group[0])) ?? { id: 0, last: 0 };
    return `when ${id} then ${last + group.length}`;
  });
  await ask(
    `update historyconversation set last = case id ${counted.join(' ')} else last end
     where id in (${[...states.values()].map(({ id }) => id)})`,
  );
}

interface State {
  readonly id: number;
  readonly last: number;
}

function keyOf(of: Conversation | undefined): string {
  return `${of?.low} ${of?.high}`;
}

/** Locks the conversations, always in the same order, and makes those that are not there. */
async function lockAll(ask: Ask, groups: readonly (readonly KeptMessage[])[]): Promise<Map<string, State>> {
  const wanted = groups.map(([first]) => `(${first?.low}, ${first?.high})`);
  const { rows } = await ask(
    `select low, high from historyconversation where (low, high) in (${wanted.join(', ')})`,
  );
  const there = new Set(rows.map(({ low, high }) => `(${low}, ${high})`));
  const missing = wanted.filter((each) => !there.has(each));
  if (missing.length > 0)
    await ask(
      `insert ignore into historyconversation (low, high, last) values ${missing.map((each) => each.replace(')', ', 0)'))}`,
    );
  const locked = await ask(
    `select id, low, high, last from historyconversation where (low, high) in (${wanted.join(', ')})
     order by low, high for update`,
  );
  return new Map(
    locked.rows.map(({ id, low, high, last }) => [`${low} ${high}`, { id: Number(id), last: Number(last) }]),
  );
}

/** A user who has left a group is forgotten; a new one sees the messages that are kept from now on. */
async function noteMembers(
  { names }: Database,
  ask: Ask,
  groups: readonly (readonly KeptMessage[])[],
): Promise<void> {
  const ids = groups.flatMap(([first]) => (first?.low === 0 ? [first.high] : []));
  if (ids.length === 0) return;
  const { table, groupid, userid } = names.groupuser;
  await ask(
    `delete m from historymember m join historyconversation c on c.id = m.conversation
     left join ${table} g on g.${groupid} = c.high and g.${userid} = m.userid
     where c.low = 0 and c.high in (${ids}) and g.${userid} is null`,
  );
  await ask(
    `insert ignore into historymember (conversation, userid, since)
     select distinct c.id, g.${userid}, c.last from historyconversation c join ${table} g on g.${groupid} = c.high
     left join historymember m on m.conversation = c.id and m.userid = g.${userid}
     where c.low = 0 and c.high in (${ids}) and m.userid is null`,
  );
}

interface Seen {
  readonly id: number;
  readonly above: number;
  readonly below: number;
}

/** The conversation, and which numbers of it can be seen; undefined for none. */
async function seen(
  ask: Ask,
  { low, high, member, above, below, from, until }: HistoryRange,
): Promise<Seen | undefined> {
  const since =
    member === undefined
      ? '0 as since from historyconversation c'
      : `m.since from historyconversation c join historymember m on m.conversation = c.id and m.userid = ${member}`;
  const { rows } = await ask(`select c.id, c.last, ${since} where c.low = ${low} and c.high = ${high}`);
  const [row] = rows;
  if (row === undefined) return undefined;
  const id = Number(row.id);
  const steps = narrowed({
    ...{ from, until },
    above: Math.max(above, Number(row.since)),
    below: Math.min(below, Number(row.last) + 1),
  });
  for (let step = steps.next(); ; step = steps.next(await nearest(ask, id, step.value))) {
    if (step.done) return { id, ...step.value };
  }
}

async function nearest(ask: Ask, conversation: number, number: number): Promise<Near> {
  const { rows } = await ask(
    `select number, time from historymessage where conversation = ${conversation} and number >= ${number}
     order by number limit 1`,
  );
  const [row] = rows;
  return row && { number: Number(row.number), at: Number(row.time) };
}

async function pageOf(ask: Ask, page: HistoryPage): Promise<HistoryFound> {
  const range = await seen(ask, page);
  if (range === undefined) return NOTHING;
  const part = lookedAt(range, page.newest);
  const { rows } = await ask(
    `select number, length(document) as bytes from historymessage force index (primary)
     where conversation = ${range.id} and number > ${part.above} and number < ${part.below}
     and time >= ${page.from} and time <= ${page.until}
     order by number ${page.newest ? 'desc' : 'asc'} limit ${page.most + 1}`,
  );
  const { fits, next } = fitting(rows.map(toSize), page.most);
  const found = await documents(ask, range.id, fits);
  return { rows: found.sort((a, b) => a.number - b.number), next: next ?? part.next };
}

/**
 * Looks for the pair that the fewest messages have, then at those of them that have the next rarest one, too. Where each
 * pair is in very many, it looks at the newest of these.
 */
async function found(ask: Ask, search: HistorySearch): Promise<HistoryFound> {
  const range = await seen(ask, search);
  if (range === undefined) return NOTHING;
  const { id, above, below } = range;
  const within = (pair: number) =>
    `conversation = ${id} and pair = ${pair} and number > ${above} and number < ${below}`;
  const counted = await ask(
    pairsOf(search.text)
      .slice(0, COUNTED)
      .map(
        (pair) =>
          `select ${pair} as pair, count(*) as n from (select 1 from historyindex where ${within(pair)} limit ${MOST_LOOKED_AT}) p${pair}`,
      )
      .join(' union all '),
  );
  const [rarest, second] = counted.rows
    .map(({ pair, n }) => ({ pair: Number(pair), n: Number(n) }))
    .sort((a, b) => a.n - b.n);
  if (rarest === undefined || rarest.n === 0) return NOTHING;
  const some = `select number from historyindex where ${within(rarest.pair)} order by number desc limit ${MOST_LOOKED_AT}`;
  const lowest =
    rarest.n < MOST_LOOKED_AT
      ? undefined
      : (await ask(`select min(number) as n from (${some}) s`)).rows[0]?.n;
  const other =
    second === undefined
      ? ''
      : `join historyindex o on o.conversation = ${id} and o.pair = ${second.pair} and o.number = s.number`;
  const { rows } = await ask(
    `select straight_join m.number, length(m.document) as bytes from (${some}) s ${other}
     join historymessage m on m.conversation = ${id} and m.number = s.number
     where m.time >= ${search.from} and m.time <= ${search.until} and instr(m.words, ${hex(search.text)}) > 0
     order by m.number desc limit ${search.most + 1}`,
  );
  const { fits, next } = fitting(rows.map(toSize), search.most);
  const end = lowest === undefined ? undefined : Number(lowest);
  return { rows: (await documents(ask, id, fits)).sort((a, b) => b.number - a.number), next: next ?? end };
}

async function documents(
  ask: Ask,
  conversation: number,
  sizes: readonly { readonly number: number }[],
): Promise<HistoryRow[]> {
  if (sizes.length === 0) return [];
  const { rows } = await ask(
    `select number, time, document from historymessage
     where conversation = ${conversation} and number in (${sizes.map(({ number }) => number)})`,
  );
  return rows.map(({ number, time, document }) => ({
    number: Number(number),
    at: Number(time),
    document: textOf(document),
  }));
}

async function expire(ask: Ask, before: number, most: number): Promise<number> {
  const { rows } = await ask(
    `select conversation, number, words from historymessage where time < ${before} limit ${most}`,
  );
  await removeAll(ask, rows);
  return rows.length;
}

async function removeNumbers(
  ask: Ask,
  { low, high }: Conversation,
  numbers: readonly number[],
): Promise<void> {
  if (numbers.length === 0) return;
  const { rows } = await ask(
    `select m.conversation, m.number, m.words from historyconversation c
     join historymessage m on m.conversation = c.id and m.number in (${numbers})
     where c.low = ${low} and c.high = ${high}`,
  );
  await removeAll(ask, rows);
}

/** Deletes messages, and before them their rows in the index. */
async function removeAll(ask: Ask, rows: readonly Row[]): Promise<void> {
  for (const part of chunks(rows, TEXTS, ({ words }) => textOf(words).length)) {
    const pairs = part.flatMap(({ conversation, number, words }) =>
      pairsOf(textOf(words)).map((pair) => `(${conversation}, ${pair}, ${number})`),
    );
    for (let i = 0; i < pairs.length; i += DELETED_ROWS)
      await ask(
        `delete from historyindex where (conversation, pair, number) in (${pairs.slice(i, i + DELETED_ROWS).join(', ')})`,
      );
    await ask(
      `delete from historymessage where (conversation, number) in (${part.map(({ conversation, number }) => `(${conversation}, ${number})`).join(', ')})`,
    );
  }
}

/** The UTF-8 of a text, as SQL. */
function hex(text: string): string {
  return text === '' ? "''" : `x'${Buffer.from(text).toString('hex')}'`;
}

function toSize({ number, bytes }: Readonly<Record<string, unknown>>) {
  return { number: Number(number), bytes: Number(bytes) };
}
