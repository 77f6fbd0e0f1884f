import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../../compat-tests/harness/child.js';
import { Line } from '../../src/compat/load/line.js';
import { Meter, rss } from '../../src/compat/load/usage.js';
import { FIRST_USER } from './message.js';
import { chatInPairs } from './pairs.js';
import { figure, rate } from './report.js';
import { each, type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { seedUsers } from './seed.js';

/** Client processes of 60,000, and users of each: a process holds no more files, and an address has no more ports. */
export const PROCESSES = 4;
const USERS_EACH = 15_000;
/** The first users are no part of the crowd: they chat beside it. */
const PAIRS = 50;
/** For the memory of what was needed only while logging in to be given back, in ms. */
const SETTLE = 15_000;

const CLIENT = 'build/bench/load/crowd-client.js';

/** 60,000 users log in from several addresses, stay, and others chat beside them. */
export const crowd = crowdOn('crowd', 4, PROCESSES);

/** 15,000 on one process, which may open no more files on many systems: its rate is what four workers are held against. */
export const crowdAlone = crowdOn('crowd-alone', 1, 1);

function crowdOn(name: string, workers: number, processes: number): Scenario {
  return {
    name,
    operation: 'login that stays',
    nodes: 1,
    workers,
    onlyOurs: true,
    onRelay: false,
    run: (trial) => withCrowd(trial, processes, gather),
  };
}

/** Does the work with a crowd, which is yet to come. */
export async function withCrowd(
  trial: Trial,
  processes: number,
  work: (trial: Trial, crowd: Crowd) => Promise<Outcome>,
): Promise<Outcome> {
  const each = trial.brief ? 500 : USERS_EACH;
  await seedUsers(storageOf(trial), processes * each + 2 * PAIRS);
  const clients: Child[] = [];
  try {
    return await work(trial, { clients, processes, each });
  } finally {
    for (const client of clients) await client.stop('SIGKILL');
  }
}

/** Client processes, those that have started, and how many users each has. */
interface Crowd {
  readonly clients: Child[];
  readonly processes: number;
  readonly each: number;
}

/** Starts all processes; resolves when all users are there. */
export async function fill(port: number, { clients, processes, each }: Crowd): Promise<void> {
  for (let n = 0; n < processes; n++) clients.push(start(port, n, each));
  await Promise.all(clients.map((client) => entered(client, each)));
}

async function gather(trial: Trial, all: Crowd): Promise<Outcome> {
  const { clients } = all;
  const operations = all.processes * all.each;
  const { pids, ports } = trial.site;
  const port = ports[0]!;
  // The first ones make the workers load and compile what they need for any.
  const first = await each(Array(16).fill(port), (to) => Line.open(to));
  for (const line of first) line.close();
  const before = rss(pids.server);
  const meter = new Meter(pids);
  await fill(port, all);
  const usage = meter.read();
  await delay(trial.brief ? SETTLE / 10 : SETTLE);
  const value = (rss(pids.server) - before) / operations;
  const beside = await chatInPairs(trial, PAIRS, 1);
  const ended = clients.reduce((sum, { log }) => sum + log.split('ended').length - 1, 0);
  const remark = `${figure(rate(beside))} messages/s beside them`;
  return {
    operations,
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
