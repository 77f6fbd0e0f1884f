import { setTimeout as delay } from 'node:timers/promises';
import type { Person } from '../person.js';
import type { Target } from '../target.js';
import { framed, requestText, sentFraming } from '../wire.js';
import type { World } from '../world.js';
import { Line } from './line.js';
import { templates } from './numbered.js';
import type { Tally } from './tally.js';
import { type Outcome, Traffic } from './traffic.js';

/** How many messages of a pair are on their way at a time, pipelined. */
const PIPELINED = 16;

/** How often it is looked whether somebody has stopped, in milliseconds. */
const LOOK = 200;

/** The parts of a run. */
export interface Trial {
  readonly world: World;
  readonly tally: Tally;
  readonly clients: number;
  /** Messages a second; as fast as they arrive unless given. */
  readonly rate: number | undefined;
}

/** Traffic that goes on by itself until the tally stops; `end` is called then. */
export interface Running {
  /** Waits for what is on its way, and tells what was lost. */
  end(): Promise<Outcome>;
}

export type Scenario = (trial: Trial) => Promise<Running>;

const NOTHING: Outcome = { lost: 0, twice: 0, disordered: 0 };

/** Logs accounts in on lines of the generator, eight at a time. */
async function enterAll(
  world: World,
  count: number,
): Promise<{ people: Person['account'][]; lines: Line[] }> {
  const people: Person['account'][] = [];
  const lines: Line[] = [];
  while (people.length < count) {
    const some = Array.from({ length: Math.min(8, count - people.length) }, () => world.register());
    people.push(...(await Promise.all(some)));
  }
  for (const account of people) lines.push(await enter(world, account));
  return { people, lines };
}

async function enter(
  { dialect, target, words }: World,
  { id, name, password }: Person['account'],
): Promise<Line> {
  const line = await Line.open(target.place.port, undefined, target.place.host);
  const byName = [...dialect.requests.values()].find(({ verb }) => verb === 'login')?.byName;
  const login = requestText(dialect, 'login', byName ? { name, password } : { id, password });
  const answer = JSON.stringify(await line.ask(framed(sentFraming(dialect), Buffer.from(login))));
  if (!words.isLoggedIn(answer)) throw new Error(`a login is answered ${answer}`);
  return line;
}

/** Pairs: one of each sends, the other gets. */
function pairs(inFlight: number): Scenario {
  return async (trial) => {
    const { world, clients } = trial;
    const { people, lines } = await enterAll(world, 2 * clients);
    const senders = Array.from({ length: clients }, (_, n) => {
      const [from, to] = [people[2 * n], people[2 * n + 1]];
      return { id: from?.id, name: from?.name, toid: to?.id, toname: undefined, time: TIME };
    });
    const receivers = senders.map((_, n) => [2 * n + 1]);
    return traffic(trial, 'chat', senders, lines, receivers, inFlight);
  };
}

const TIME = '2024-02-22 18:01:23';

/** One group of all clients, who all write: each goes on when all others have got its message. */
const group: Scenario = async (trial) => {
  const { world, clients } = trial;
  const creator = await world.person();
  const people = await world.people(clients);
  const groupid = await world.group(creator, people);
  const accounts = people.map(({ account }) => account);
  for (const person of [creator, ...people]) {
    await person.logOut();
    await person.close();
  }
  const lines: Line[] = [];
  for (const account of accounts) lines.push(await enter(world, account));
  const senders = accounts.map(({ id, name }) => ({ id, name, groupid, time: TIME }));
  const receivers = senders.map((_, n) => lines.map((_, other) => other).filter((other) => other !== n));
  return traffic(trial, 'groupChat', senders, lines, receivers, 1);
};

function traffic(
  { tally, rate, world }: Trial,
  verb: 'chat' | 'groupChat',
  senders: readonly Record<string, unknown>[],
  lines: readonly Line[],
  receivers: readonly (readonly number[])[],
  inFlight: number,
): Running {
  const patience = world.target.limits.answer;
  const settings = { inFlight: rate === undefined ? inFlight : 0, patience };
  const going = new Traffic(lines, templates(world.dialect, verb, senders), receivers, tally, settings);
  const timer = setInterval(() => going.look(), LOOK);
  if (rate === undefined) going.begin();
  else going.atRate(rate, () => delay(1)).catch((error: unknown) => tally.fail(String(error)));
  return {
    end: async () => {
      clearInterval(timer);
      tally.going = false;
      const end = Date.now() + patience;
      while (going.missing > 0 && Date.now() < end && tally.failure === undefined) await delay(10);
      for (const line of lines) line.close();
      return going.outcome();
    },
  };
}

/** All clients log in and out, over and over, on connections that stay. */
const logins: Scenario = async ({ world, tally, clients }) => {
  const people = await world.people(clients);
  const loop = async (person: Person) => {
    const first = person.welcome;
    while (tally.going) {
      await person.tell('logout', {});
      const since = performance.now();
      tally.begun++;
      const text = await person.logIn();
      if (!world.words.isLoggedIn(text)) throw new Error(`a login is answered ${text.slice(0, 200)}`);
      if (text !== first) throw new Error(`a login is answered otherwise than before: ${text.slice(0, 200)}`);
      tally.finish(since, performance.now());
    }
  };
  const loops = people.map((person) => loop(person).catch((error: unknown) => tally.fail(String(error))));
  return {
    end: async () => {
      tally.going = false;
      await Promise.all(loops);
      return NOTHING;
    },
  };
};

/** All clients connect and close, over and over. */
const connections: Scenario = async ({ world, tally, clients }) => {
  const { port, host }: Target['place'] = world.target.place;
  const loop = async () => {
    while (tally.going) {
      const since = performance.now();
      tally.begun++;
      const line = await Line.open(port, undefined, host);
      tally.finish(since, performance.now());
      await line.closed();
    }
  };
  const loops = Array.from({ length: clients }, () =>
    loop().catch((error: unknown) => tally.fail(String(error))),
  );
  return {
    end: async () => {
      tally.going = false;
      await Promise.all(loops);
      return NOTHING;
    },
  };
};

/** By their names. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'one-to-one': pairs(1),
  pipelined: pairs(PIPELINED),
  group,
  logins,
  connections,
};
