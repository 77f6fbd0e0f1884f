import { Line, withLines } from '../../src/compat/load/line.js';
import { Tally } from '../../src/compat/load/tally.js';
import { enter } from './enter.js';
import { FIRST_USER, login, logout, register } from './message.js';
import { each, measure, type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { seedUsers } from './seed.js';

/** How many clients are at it at a time. */
const AT_ONCE = 8;
/** With this many accounts in turns each has long been left when its turn comes again. */
const USERS = 4000;

/** Clients that connect, log in and close, over and over. */
export const connects: Scenario = {
  name: 'connects',
  operation: 'connect, login, close',
  nodes: 1,
  onRelay: false,
  run: async (trial) => {
    await seedUsers(storageOf(trial), USERS);
    return await storm(trial, async (_client, turn) => {
      const line = await enter(trial.site.ports[0]!, FIRST_USER + (turn % USERS));
      line.close();
    });
  },
};

/** Clients that stay connected, and log in and out, over and over. */
export const logins: Scenario = {
  name: 'logins',
  operation: 'login and logout',
  nodes: 1,
  onRelay: false,
  run: async (trial) => {
    await seedUsers(storageOf(trial), USERS);
    const leave = new Map<number, Buffer>();
    return await onOpenLines(trial, async (line, client, turn) => {
      const id = FIRST_USER + (turn % USERS);
      accepted(await line.ask(Buffer.concat([leave.get(client) ?? Buffer.alloc(0), login(id)])));
      leave.set(client, logout(id));
    });
  },
};

/** Clients that register one account after another. */
export const registers: Scenario = {
  name: 'registers',
  operation: 'registration',
  nodes: 1,
  onRelay: false,
  run: (trial) =>
    onOpenLines(trial, async (line, _client, turn) => {
      accepted(await line.ask(register(`new${turn}`)));
    }),
};

type Act = (line: Line, client: number, turn: number) => Promise<void>;

async function onOpenLines(trial: Trial, act: Act): Promise<Outcome> {
  const lines = await each(Array(AT_ONCE).fill(trial.site.ports[0]!), (port) => Line.open(port));
  return await withLines(lines, () => storm(trial, (client, turn) => act(lines[client]!, client, turn)));
}

/** All clients do the same, over and over; no two have the same turn. */
async function storm(trial: Trial, act: (client: number, turn: number) => Promise<void>): Promise<Outcome> {
  const tally = new Tally();
  const client = async (number: number) => {
    while (tally.going) {
      const turn = tally.begun++;
      const since = performance.now();
      await act(number, turn);
      tally.finish(since, performance.now());
    }
  };
  for (let number = 0; number < AT_ONCE; number++)
    client(number).catch((error: unknown) => tally.fail(`after ${tally.done}: ${error}`));
  // A server that dies of many logins would do so before it is warm.
  return await measure(trial, tally, trial.target.loginGap > 0 ? 0 : trial.warmUp);
}

function accepted(answer: Readonly<Record<string, unknown>>): void {
  if (answer.errno !== 0) throw new Error(`answered ${JSON.stringify(answer)}`);
}
