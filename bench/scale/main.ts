import { parseArgs } from 'node:util';
import { InProcessHub } from '../../src/bus/in-process.js';
import { costOfRemote } from './memory.js';
import { ScaleNode } from './node.js';
import { type Counts, Traffic } from './traffic.js';

/*
 * How traffic between nodes grows with their number: the buses of many nodes in one process, real code on the medium
 * without a network, and a count of every word. Prints tables for docs/scaling.md.
 */

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '2,8,32,128' },
    users: { type: 'string', default: '4096' },
    brief: { type: 'boolean', default: false },
  },
});
const sizes = values.brief ? [2, 8] : values.nodes.split(',').map(Number);
const users = values.brief ? 64 : Number(values.users);
if (![...sizes, users].every((n) => Number.isInteger(n) && n > 1))
  throw new Error('usage: node build/bench/scale/main.js [--nodes 2,8,32,128] [--users 4096]');

const MESSAGE = Buffer.from(JSON.stringify({ msgid: 6, id: 1, toid: 2, msg: 'x'.repeat(60) }));
const BURST = 100;
const GROUP = 50;

/** The events, and how often each happens. */
type Event = readonly [
  what: string,
  times: number,
  work: (nodes: readonly ScaleNode[], traffic: Traffic) => unknown,
];

/** User n is on node n modulo their number. */
function nodeOf(nodes: readonly ScaleNode[], userid: number): ScaleNode {
  const node = nodes[userid % nodes.length];
  if (node === undefined) throw new Error('there are no nodes');
  return node;
}

const EVENTS: readonly Event[] = [
  ['a login', 1, (nodes) => nodeOf(nodes, users).login(users)],
  [
    `a login, ${BURST} at once on one node`,
    BURST,
    (nodes) => Promise.all(range(BURST).map((n) => nodeOf(nodes, 0).login(10 * users + n))),
  ],
  ['a logout', 1, (nodes) => nodeOf(nodes, users).logout(users)],
  ['a message to a user of another node', 1, (nodes) => nodeOf(nodes, 0).send([1], MESSAGE)],
  [
    `the same, ${BURST} at once to all nodes`,
    BURST,
    (nodes) => {
      for (const n of range(BURST)) nodeOf(nodes, 0).send([1 + (n % (nodes.length - 1))], MESSAGE);
    },
  ],
  [
    `a message to a group of ${GROUP} on all nodes`,
    1,
    (nodes) =>
      nodeOf(nodes, 0).send(
        range(GROUP)
          .map((n) => n + 1)
          .filter((id) => id % nodes.length !== 0),
        MESSAGE,
      ),
  ],
  [
    `${BURST} messages are stored for offline users, between two beats`,
    1,
    (nodes, traffic) => {
      for (const n of range(BURST)) nodeOf(nodes, 0).stored(3 * users + n);
      traffic.beat();
    },
  ],
];

function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

type Row = readonly [what: string, counts: Counts];

async function measure(size: number): Promise<Row[]> {
  const [hub, traffic] = [new InProcessHub(), new Traffic()];
  const nodes: ScaleNode[] = [];
  for (const _ of range(size)) {
    const node = new ScaleNode(traffic.medium(hub));
    await node.start();
    nodes.push(node);
  }
  for (const userid of range(users)) await nodeOf(nodes, userid).login(userid);
  const rows: Row[] = [];
  for (const [what, times, work] of EVENTS) {
    const { said, heard, bytes, channels } = await traffic.of(() => work(nodes, traffic));
    const each = {
      said: said / times,
      heard: heard / times,
      bytes: bytes / times,
      channels: channels / times,
    };
    rows.push([what, each]);
  }
  const newcomer = new ScaleNode(traffic.medium(hub));
  rows.push([`a node joins ${users} users`, await traffic.of(() => newcomer.start())]);
  rows.push(['a node leaves', await traffic.of(() => newcomer.close())]);
  for (const node of nodes) await node.close();
  return rows;
}

function shown(value: number): string {
  return value >= 100 ? `${Math.round(value)}` : `${Math.round(value * 100) / 100}`;
}

const tables = new Map<number, Row[]>();
for (const size of sizes) tables.set(size, await measure(size));
const titles: readonly [title: string, of: keyof Counts][] = [
  ['Words said (what Redis is asked for)', 'said'],
  ['Words received (what Redis delivers)', 'heard'],
  ['Bytes received', 'bytes'],
];
for (const [title, of] of titles) {
  console.log(`\n${title}, ${users} users:\n\n| | ${sizes.map((n) => `${n} nodes`).join(' | ')} |`);
  console.log(`|---|${sizes.map(() => '---:|').join('')}`);
  const [first = []] = tables.values();
  for (const [row, [what]] of first.entries()) {
    const cells = sizes.map((size) => shown(tables.get(size)?.[row]?.[1][of] ?? Number.NaN));
    console.log(`| ${what} | ${cells.join(' | ')} |`);
  }
}

const remotes = values.brief ? 1000 : 200_000;
const { bytes, us } = await costOfRemote(remotes);
console.log(
  `\nOf ${remotes} users on another node each costs ${Math.round(bytes)} bytes, and ${us.toFixed(1)} us when a node joins.`,
);
