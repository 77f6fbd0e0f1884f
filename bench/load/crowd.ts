import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../../compat-tests/harness/child.js';
import { Line } from '../../src/compat/load/line.js';
import { Meter, rss } from '../../src/compat/load/usage.js';
import { FIRST_USER } from './message.js';
import { chatInPairs } from './pairs.js';
import { figure, rate } from './report.js';
import { each, type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { seedUsers } from './seed.js';

/** Client processes, and users of each: a process holds no more files, and an address has no more ports. */
const PROCESSES = 4;
const USERS_EACH = 15_000;
/** The first users are no part of the crowd: they chat beside it. */
const PAIRS = 50;
/** For the memory of what was needed only while logging in to be given back, in ms. */
const SETTLE = 15_000;

const CLIENT = 'build/bench/load/crowd-client.js';

/** 60,000 users log in from several addresses, stay, and others chat beside them. */
export const crowd: Scenario = {
  name: 'crowd',
  operation: 'login that stays',
  nodes: 1,
  workers: 4,
  onRelay: false,
  run: (trial) => withCrowd(trial, gather),
};

/** Does the work with processes for a crowd, which are yet to be started, and how many users are of each. */
export async function withCrowd(
  trial: Trial,
  work: (trial: Trial, clients: Child[], count: number) => Promise<Outcome>,
): Promise<Outcome> {
  const count = trial.brief ? 500 : USERS_EACH;
  await seedUsers(storageOf(trial), PROCESSES * count + 2 * PAIRS);
  const clients: Child[] = [];
  try {
    return await work(trial, clients, count);
  } finally {
    for (const client of clients) await client.stop('SIGKILL');
  }
}

/** Starts all processes; resolves when all users are there. */
export async function fill(port: number, clients: Child[], count: number): Promise<void> {
  for (let n = 0; n < PROCESSES; n++) clients.push(start(port, n, count));
  await Promise.all(clients.map((client) => entered(client, count)));
}

async function gather(trial: Trial, clients: Child[], count: number): Promise<Outcome> {
  const { pids, ports } = trial.site;
  const port = ports[0]!;
  // The first ones make the workers load and compile what they need for any.
  const first = await each(Array(16).fill(port), (to) => Line.open(to));
  for (const line of first) line.close();
  const before = rss(pids.server);
  const meter = new Meter(pids);
  await fill(port, clients, count);
  const usage = meter.read();
  await delay(trial.brief ? SETTLE / 10 : SETTLE);
  const value = (rss(pids.server) - before) / (PROCESSES * count);
  const beside = await chatInPairs(trial, PAIRS, 1);
  const ended = clients.reduce((sum, { log }) => sum + log.split('ended').length - 1, 0);
  const remark = `${figure(rate(beside))} messages/s beside them`;
  return {
    operations: PROCESSES * count,
    usage,
    lost: ended + beside.lost,
    failure: beside.failure,
    extra: { name: 'bytes each', value },
    remark,
  };
}

/** A process whose users come from an address of their own. */
function start(port: number, n: number, count: number): Child {
  const firstId = FIRST_USER + 2 * PAIRS + n * count;
  return new Child(process.execPath, [CLIENT, `${port}`, `127.0.0.${2 + n}`, `${firstId}`, `${count}`]);
}

/** All users of a process are there. It may take as long as it takes, but not stand still. */
async function entered(client: Child, count: number): Promise<void> {
  for (let n = 1; n <= 100; n++) await client.logged(new RegExp(`^${(n * count) / 100} entered$`, 'm'));
}
