import { setTimeout as delay } from 'node:timers/promises';
import { Counter } from '../../src/compat/load/counter.js';
import { type Line, withLines } from '../../src/compat/load/line.js';
import { Tally } from '../../src/compat/load/tally.js';
import { Meter } from '../../src/compat/load/usage.js';
import { enter } from './enter.js';
import { FIRST_USER, GROUP_SENDER_AT, groupChat } from './message.js';
import { each, measure, type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { ids, seedGroup, seedUsers } from './seed.js';

/** How long stored messages may fail to grow in number before the rest counts as lost, in ms. */
const SILENCE = 2000;

/**
 * A group, some of its members online. Each of these sends, and sends the next when all others who are
 * online have got the one before.
 */
export function group(
  name: string,
  members: number,
  online: number,
  { nodes = 1, workers = 1 } = {},
): Scenario {
  return {
    name,
    operation: 'message',
    nodes,
    workers,
    onRelay: false,
    run: async (trial) => {
      const { site, target } = trial;
      const storage = storageOf(trial);
      await seedUsers(storage, members);
      await seedGroup(storage, members);
      const port = (id: number) => site.ports[id % site.ports.length]!;
      const lines = await each(ids(online), (id) => enter(port(id), id), target.loginGap);
      const tally = new Tally();
      return await withLines(lines, async () => {
        const talk = () => converse(tally, lines);
        const outcome = await measureStored(trial, tally, talk, members - online);
        const value = (outcome.operations * (online - 1)) / outcome.usage.seconds;
        return { ...outcome, extra: { name: 'deliveries/s', value } };
      });
    },
  };
}

/** Where some are offline, from the first message to when the last of them is stored: storing must not fall behind unseen. */
async function measureStored(
  trial: Trial,
  tally: Tally,
  begin: () => void,
  offline: number,
): Promise<Outcome> {
  if (offline === 0) {
    begin();
    return await measure(trial, tally);
  }
  const meter = new Meter(trial.site.pids);
  begin();
  await tally.lasts(trial.seconds * 1000);
  const lost = await tally.stop();
  const unstored = await missing(trial, tally.begun * offline);
  const { failure, done } = tally;
  const latency = tally.takeLatency();
  return { operations: done, usage: meter.read(), latency, lost: lost + unstored, failure };
}

/** Waits until `expected` messages are stored. Returns how many never were. */
async function missing(trial: Trial, expected: number): Promise<number> {
  const storage = storageOf(trial);
  let stored = await storage.stored();
  let seen = stored;
  for (let since = performance.now(); stored < expected && performance.now() - since < SILENCE; ) {
    await delay(50);
    stored = await storage.stored();
    if (stored !== seen) since = performance.now();
    seen = stored;
  }
  return expected - stored;
}

function converse(tally: Tally, lines: readonly Line[]): void {
  const messages = lines.map((_, i) => groupChat(FIRST_USER + i));
  const sentAt = new Float64Array(lines.length);
  const awaited = new Int32Array(lines.length);
  const send = (i: number, now: number) => {
    tally.begun++;
    sentAt[i] = now;
    awaited[i] = lines.length - 1;
    lines[i]!.send(messages[i]!);
  };
  const delivered = (bytes: Uint8Array, at: number) => {
    const i = fourDigits(bytes, at + GROUP_SENDER_AT) - FIRST_USER;
    if (awaited[i]! <= 0) tally.note('messages were delivered twice');
    if (--awaited[i]! !== 0) return;
    const now = performance.now();
    tally.finish(sentAt[i]!, now);
    if (tally.going) send(i, now);
  };
  for (const line of lines) {
    const counter = new Counter(messages[0]!.length - 1, tally, delivered);
    line.onBytes = (bytes, count) => counter.push(bytes, count);
    line.onEnd = () => tally.fail('a connection ended');
  }
  for (const i of lines.keys()) send(i, performance.now());
}

function fourDigits(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) value = value * 10 + bytes[i]! - 0x30;
  return value;
}
