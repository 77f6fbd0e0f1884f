import { setTimeout as delay } from 'node:timers/promises';
import { Tally } from '../../src/compat/load/tally.js';
import { Meter, rss } from '../../src/compat/load/usage.js';
import { chat, FIRST_USER } from './message.js';
import { each, measure, type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { ids, seedUsers } from './seed.js';
import { Tab, type TabOptions, withTabs } from './tab.js';

/** For the memory of what was needed only while connecting to be given back, in ms. */
const SETTLE = 2000;

/** Pairs of users on WebSockets: one sends, and sends the next as the other gets the one before. */
export function webPairs(name: string, count: number, options: TabOptions): Scenario {
  return {
    name,
    operation: 'message',
    nodes: 1,
    web: true,
    onRelay: false,
    run: async (trial) => {
      await seedUsers(storageOf(trial), 2 * count);
      const tabs = await each(ids(2 * count), (id) => Tab.open(portOf(trial), id, options));
      const tally = new Tally();
      for (let i = 0; i < count; i++) link(tally, tabs[2 * i]!, tabs[2 * i + 1]!, FIRST_USER + 2 * i);
      return await withTabs(tabs, () => measure(trial, tally));
    },
  };
}

function link(tally: Tally, sender: Tab, receiver: Tab, id: number): void {
  // The same documents as on the plain port, where a NUL ends each.
  const message = chat(id, id + 1)
    .toString()
    .slice(0, -1);
  let sentAt = 0;
  const send = (now: number) => {
    tally.begun++;
    sentAt = now;
    sender.send(message);
  };
  receiver.onDocument = (document) => {
    if (document.length !== message.length) tally.fail('a delivered message is damaged');
    const now = performance.now();
    tally.finish(sentAt, now);
    if (tally.going) send(now);
  };
  for (const tab of [sender, receiver]) tab.onEnd = () => tally.fail('a connection ended');
  send(performance.now());
}

/** Tabs that are logged in and do nothing: the memory of each. */
export const idleTabs: Scenario = {
  name: 'idle-tabs',
  operation: 'login of a page that stays',
  nodes: 1,
  web: true,
  onRelay: false,
  run: async (trial) => {
    const count = trial.brief ? 1000 : 10_000;
    await seedUsers(storageOf(trial), count + WARM);
    const open = (id: number) => Tab.open(portOf(trial), id, { counts: true });
    // The first ones make the server load and compile what it needs for any.
    const first = await each(ids(WARM), open);
    const { pids } = trial.site;
    const before = rss(pids.server);
    const meter = new Meter(pids);
    const tabs = await each(ids(count + WARM).slice(WARM), open);
    return await withTabs([...first, ...tabs], () => weigh(trial, tabs, meter, before));
  },
};

const WARM = 8;

async function weigh(trial: Trial, tabs: readonly Tab[], meter: Meter, before: number): Promise<Outcome> {
  let lost = 0;
  for (const tab of tabs) tab.onEnd = () => lost++;
  await delay(trial.brief ? SETTLE / 4 : SETTLE);
  const usage = meter.read();
  const value = (usage.rss - before) / tabs.length;
  return { operations: tabs.length, usage, lost, extra: { name: 'bytes each', value } };
}

function portOf({ site }: Trial): number {
  if (site.web === undefined) throw new Error('the server serves no page for browsers');
  return site.web;
}
