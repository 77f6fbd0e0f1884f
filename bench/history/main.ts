import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { newFolder } from '../../compat-tests/harness/folder.js';
import { MariaDb } from '../../compat-tests/harness/mariadb.js';
import { openThreaded } from '../../src/store/embedded/threaded.js';
import { folded, type KeptMessage, ofUsers } from '../../src/store/history.js';
import { openMysql } from '../../src/store/mysql/mysql.js';
import type { Store } from '../../src/store/store.js';

/*
 * The history of conversations: what a message costs to write and to keep, how long a page, a search and the end of old
 * messages take. One conversation has half of all messages, 1,000 others the rest.
 */

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '1000000' }, store: { type: 'string', multiple: true } },
});
const MESSAGES = Number(values.messages);
const BATCH = 100;
const ASKED = 40;

/** The messages are those of 30 days. */
const DAYS = 30 * 86_400_000;
const BEGIN = Date.now() - DAYS;
const APART = Math.floor(DAYS / MESSAGES);

const LARGE = ofUsers(1, 2);

/** The common characters and words are drawn more often, as in a language. */
const CHARACTERS = [
  ...'的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴切微注',
];
const WORDS =
  'the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more write go see number no way could people my than first water been call who oil its now find long down day did get come made may part over new sound take only little work know place year live me back give most very after thing our just name good sentence man think say great where help through much before line right too mean old any same tell boy follow came want show also around form three small set put end does another well large must big even such because turn here why ask went men read need land different home us move try kind hand picture again change off play spell air away animal house point page letter mother answer found study still learn should america world'.split(
    ' ',
  );

let state = 12_345;
/** From 0 to 1, the same each time. */
function random(): number {
  state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
  return state / 0x7fffffff;
}
const drawn = <T>(from: readonly T[]) => from[Math.floor(random() ** 2 * from.length)] as T;

function text(): string {
  if (random() < 0.5) return Array.from({ length: 4 + random() * 24 }, () => drawn(CHARACTERS)).join('');
  return Array.from({ length: 2 + random() * 10 }, () => drawn(WORDS)).join(' ');
}

function message(n: number): KeptMessage {
  const { low, high } = random() < 0.5 ? LARGE : ofUsers(3, 4 + Math.floor(random() * 1000));
  const msg = text();
  const document = JSON.stringify({
    id: low,
    msg,
    msgid: 6,
    name: 'zhang san',
    time: '2026-01-01 00:00:00',
    toid: high,
  });
  return { low, high, at: BEGIN + n * APART, document, text: folded(msg) };
}

function show(what: string, times: number[]): void {
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    (times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0).toFixed(1);
  console.log(`${what}: median ${at(0.5)} ms, 95 of 100 below ${at(0.95)} ms, longest ${at(1)} ms`);
}

async function timed(what: string, count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const begun = performance.now();
    await work(n);
    times.push(performance.now() - begun);
  }
  show(what, times);
}

async function measure(store: Store, size: () => Promise<number>): Promise<void> {
  await store.openHistory();
  const [empty, begun] = [await size(), performance.now()];
  const batches: number[] = [];
  for (let n = 0; n < MESSAGES; n += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, i) => message(n + i));
    const before = performance.now();
    await store.keepHistory(batch);
    batches.push(performance.now() - before);
  }
  const each = ((performance.now() - begun) / MESSAGES) * 1000;
  console.log(
    `${MESSAGES} messages: ${each.toFixed(0)} µs and ${(((await size()) - empty) / MESSAGES).toFixed(0)} bytes each`,
  );
  show(`${BATCH} messages written`, batches);
  const range = { ...LARGE, member: undefined, above: 0, below: 2 ** 32, from: 0, until: 2 ** 50, most: 50 };
  await timed('the last page', ASKED, () => store.historyPage({ ...range, newest: true }));
  const below = () => 1 + Math.floor((random() * MESSAGES) / 2);
  await timed('a page anywhere', ASKED, () => store.historyPage({ ...range, newest: true, below: below() }));
  const searched: readonly (readonly [string, () => string])[] = [
    ['two characters', () => drawn(CHARACTERS) + drawn(CHARACTERS)],
    ['the two commonest', () => '的一'],
    ['four characters', () => Array.from({ length: 4 }, () => drawn(CHARACTERS)).join('')],
    ['a common word', () => drawn(WORDS)],
    ['two words', () => `${drawn(WORDS)} ${drawn(WORDS)}`],
    ['what is nowhere, of common parts', () => 'theandthe'],
    ['what is nowhere', () => 'qzxjv'],
  ];
  for (const [what, draw] of searched)
    await timed(`search: ${what}`, ASKED, () =>
      store.searchHistory({ ...range, most: 20, text: folded(draw()) }),
    );
  await timed('search: a time long ago', ASKED, () =>
    store.searchHistory({
      ...range,
      most: 20,
      until: BEGIN + (MESSAGES / 10) * APART,
      text: folded(drawn(WORDS)),
    }),
  );
  await timed('100 old messages deleted', ASKED, () =>
    store.expireHistory(BEGIN + (MESSAGES / 10) * APART, 100),
  );
}

async function embedded(): Promise<void> {
  const folder = newFolder();
  const file = join(folder.path, 'chat.db');
  const store = await openThreaded({ file });
  try {
    await measure(store, async () => statSync(file).size);
  } finally {
    await store.close();
    folder.remove();
  }
}

async function mariadb(): Promise<void> {
  const server = await MariaDb.start();
  const url = await server.createDatabase('chat');
  const store = await openMysql({ url, charset: 'gbk' });
  const beside = await createConnection(url);
  try {
    await measure(store, async () => {
      const [rows] = await beside.query<RowDataPacket[]>(
        `select sum(data_length + index_length) as n from information_schema.tables where table_name like 'history%'`,
      );
      return Number(rows[0]?.n);
    });
  } finally {
    await beside.end();
    await store.close();
    await server.stop();
  }
}

const stores = { embedded, mariadb };
for (const [name, run] of Object.entries(stores)) {
  if (values.store !== undefined && !values.store.includes(name)) continue;
  console.log(`\n${name}`);
  await run();
}
