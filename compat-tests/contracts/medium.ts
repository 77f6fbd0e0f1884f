import type { Test } from 'tap';
import type { Medium } from '../../src/bus/medium.js';
import { until } from '../harness/deadline.js';
import { MediumNode } from './medium-node.js';

type Nodes = readonly [a: MediumNode, b: MediumNode, c: MediumNode];

/** The contract of every medium with channels of users, whatever it is built on. `open` makes a new node on one medium for all tests. */
export function channelContract(t: Test, name: string, open: () => Medium): void {
  keep(t, name, open, { ...CHANNELS, ...ONE_ORDER, ...WORDS });
}

/** The same where users' channels are at several places: the messages of each user keep their order. */
export function shardedContract(t: Test, name: string, open: () => Medium): void {
  keep(t, name, open, { ...CHANNELS, ...ORDERS, ...WORDS });
}

/** The contract of every medium, also of one without channels. */
export function wordContract(t: Test, name: string, open: () => Medium): void {
  keep(t, name, open, WORDS);
}

type Contract = Readonly<Record<string, (t: Test, nodes: Nodes) => Promise<void>>>;

function keep(t: Test, name: string, open: () => Medium, contract: Contract): void {
  t.test(name, async (t) => {
    for (const [what, check] of Object.entries(contract)) {
      await t.test(what, async (t) => {
        const node = () => MediumNode.start(t, open());
        await check(t, [await node(), await node(), await node()]);
      });
    }
  });
}

const hi = Buffer.from('{"msg":"hi"}');

const CHANNELS: Contract = {
  'publish tells how many nodes got the message': async (t, [a, b, c]) => {
    t.equal(await a.medium.publish(1, hi), 0);
    await b.medium.subscribe(1);
    t.equal(await a.medium.publish(1, hi), 1);
    await c.medium.subscribe(1);
    t.equal(await a.medium.publish(1, hi), 2);
    t.equal(await a.medium.publish(11, hi), 0);
    t.same(await b.texts(2), [`${hi}`, `${hi}`]);
    t.same(await c.texts(1), [`${hi}`]);
    t.same(a.received, []);
  },

  'a node reaches its own users': async (t, [a]) => {
    await a.medium.subscribe(1);
    t.equal(await a.medium.publish(1, hi), 1);
    t.same(await a.texts(1), [`${hi}`]);
  },

  'messages come with the user they are for': async (t, [a, b]) => {
    const ids = [0, 1, 10, 2147483647, -2147483648];
    await Promise.all(ids.map((id) => b.medium.subscribe(id)));
    await Promise.all(ids.map((id) => a.medium.publish(id, Buffer.from(`${id}`))));
    t.same((await b.texts(ids.length)).sort(), ids.map(String).sort());
    t.same(
      b.received.map(({ userid }) => `${userid}`),
      b.received.map(({ message }) => `${message}`),
    );
  },

  'subscribers counts nodes': async (t, [a, b, c]) => {
    t.equal(await a.medium.subscribers(1), 0);
    await b.medium.subscribe(1);
    await b.medium.subscribe(1);
    t.equal(await a.medium.subscribers(1), 1, 'subscribing again changes nothing');
    await c.medium.subscribe(1);
    t.equal(await b.medium.subscribers(1), 2);
  },

  'unsubscribe stops the messages of that user only': async (t, [a, b]) => {
    await b.medium.subscribe(1);
    await b.medium.subscribe(2);
    await b.medium.unsubscribe(1);
    await b.medium.unsubscribe(3);
    t.equal(await a.medium.publish(1, hi), 0);
    t.equal(await a.medium.publish(2, Buffer.from('2')), 1);
    t.same(await b.texts(1), ['2']);
    await b.medium.unsubscribe(2);
    await b.medium.subscribe(1);
    t.equal(await a.medium.publish(1, Buffer.from('back')), 1);
    t.same(await b.texts(2), ['2', 'back']);
  },

  'payloads are bytes': async (t, [a, b]) => {
    await b.medium.subscribe(1);
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const payloads = [every, Buffer.from('\r\n'), Buffer.alloc(0), Buffer.alloc(1_000_000, '好')];
    for (const payload of payloads) await a.medium.publish(1, payload);
    await b.texts(payloads.length);
    t.ok(b.received.every(({ message }, i) => payloads[i]?.equals(message)));
  },

  'the last of many calls counts': async (t, [a, b]) => {
    const ids = Array.from({ length: 200 }, (_, id) => id);
    const calls = ids.flatMap((id) =>
      Array.from({ length: 2 + (id % 9) }, (_, k) =>
        k % 2 ? b.medium.unsubscribe(id) : b.medium.subscribe(id),
      ),
    );
    await Promise.all(calls);
    const counts = await Promise.all(ids.map((id) => a.medium.subscribers(id)));
    t.same(
      counts,
      ids.map((id) => (id % 9) % 2),
    );
  },

  'a node that closes receives no more': async (t, [a, b]) => {
    await b.medium.subscribe(1);
    await b.medium.close();
    await until(async () => (await a.medium.subscribers(1)) === 0, 'the node to be gone');
    t.equal(await a.medium.publish(1, hi), 0);
    t.same(b.received, []);
  },
};

/** Publishes 10,000 messages to three users together. Resolves with the texts. */
async function publishMany(t: Test, [a, b]: Nodes): Promise<string[]> {
  await Promise.all([1, 2, 3].map((id) => b.medium.subscribe(id)));
  const texts = Array.from({ length: 10_000 }, (_, i) => `{"n":${i}}`);
  const counts = await Promise.all(texts.map((text, i) => a.medium.publish(1 + (i % 3), Buffer.from(text))));
  t.ok(counts.every((count) => count === 1));
  await b.texts(texts.length);
  return texts;
}

const ONE_ORDER: Contract = {
  'a message comes behind what the same node said before it': async (t, [a, b, c]) => {
    await meet([a, b, c]);
    const ids = Array.from({ length: 60 }, (_, id) => id);
    await Promise.all(ids.map((id) => b.medium.subscribe(id)));
    const before = b.all.length;
    // Long ones first: what must wait for them has a long way to come.
    for (const id of ids) {
      void a.medium.tell(b.name, Buffer.from(`${id}`.padEnd(20_000)));
      void a.medium.publish(id, Buffer.from(`${id}`));
    }
    await b.until(() => b.all.length === before + 2 * ids.length, 'everything');
    const texts = b.all.slice(before).map((text) => text.length);
    const words = (until: number) => texts.slice(0, until).filter((length) => length === 20_000).length;
    const early = ids.filter((id) => words(b.all.indexOf(`${id}`, before) - before) <= id);
    t.same(early, []);
  },

  '10,000 messages keep their order, none waits for another': async (t, nodes) => {
    const texts = await publishMany(t, nodes);
    t.same(await nodes[1].texts(texts.length), texts);
  },
};

const ORDERS: Contract = {
  "10,000 messages keep each user's order, none waits for another": async (t, nodes) => {
    const texts = await publishMany(t, nodes);
    for (const id of [1, 2, 3])
      t.same(
        nodes[1].received.filter(({ userid }) => userid === id).map(({ message }) => `${message}`),
        texts.filter((_, i) => 1 + (i % 3) === id),
      );
  },
};

/** Nodes are heard by those who came before them, and then hear them too. */
async function meet([a, b, c]: Nodes): Promise<void> {
  for (const [speaker, others] of [
    [c, [a, b]],
    [b, [a, c]],
  ] as const) {
    void speaker.medium.tell(undefined, Buffer.from(GREETING));
    for (const node of others) await node.until(() => node.heard.includes(GREETING), 'the greeting');
  }
}

const GREETING = 'here I am';

/** The words that a node has heard since they met. */
function said({ heard }: MediumNode): string[] {
  return heard.filter((word) => word !== GREETING);
}

const WORDS: Contract = {
  'nodes speak to one or to all, in order': async (t, nodes) => {
    const [a, b, c] = nodes;
    await meet(nodes);
    for (let n = 0; n < 100; n++) void a.medium.tell(b.name, Buffer.from(`${n}`));
    t.ok((await a.medium.tell(undefined, Buffer.from('all'))) >= 3);
    t.ok((await a.medium.tell(c.name, Buffer.from('c'))) >= 1);
    await b.until(() => said(b).length === 101, '101 words');
    await c.until(() => said(c).length === 2, '2 words');
    t.same(said(b), [...Array.from({ length: 100 }, (_, n) => `${n}`), 'all']);
    t.same(said(c), ['all', 'c']);
  },

  'the end of a node is noticed': async (_, [a, b]) => {
    a.known.push(b.name);
    await b.medium.close();
    await a.until(() => a.gone.includes(b.name), 'the end to be noticed');
  },

  'words of all sizes come whole': async (t, nodes) => {
    const [a, b] = nodes;
    await meet(nodes);
    const words = [0, 1, 3, 4, 5, 1000, 65_536, 300_000, 1].map((size) => 'x'.repeat(size));
    for (const word of words) void a.medium.tell(b.name, Buffer.from(word));
    await b.until(() => said(b).length === words.length, 'all words');
    t.same(said(b), words);
  },

  'a node that closes has sent what it said': async (t, nodes) => {
    const [a, b] = nodes;
    await meet(nodes);
    const words = Array.from({ length: 50 }, (_, n) => `${n}${'.'.repeat(20_000)}`);
    for (const word of words) void a.medium.tell(b.name, Buffer.from(word));
    await a.medium.close();
    await b.until(() => said(b).length === words.length, 'all words');
    t.same(said(b), words);
  },
};
