import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from '../../compat-tests/harness/server.js';
import type { User } from '../../compat-tests/harness/user.js';
import { LAST, type Model, type Reads } from './model.js';

/** The users: the first one sends, the others are clients of the model. */
export const SENDER = 1;
export const USERS = 21;
const RECEIVER = 2;
const GROUP = 1;

const TEXT = 'a message as people write them, about so long';

export interface Scenario {
  readonly name: string;
  /** Runs it once. Resolves with what the clients of the model have read. */
  run(model: Model, server: Server, sender: User): Promise<Reads>;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: '500 at once', run: (...site) => burst(500, ...site) },
  { name: '100 at once', run: (...site) => burst(100, ...site) },
  { name: '20 at once', run: (...site) => burst(20, ...site) },
  { name: 'login with 50 stored', run: login },
  { name: 'group of 20', run: group },
];

async function burst(count: number, model: Model, server: Server, sender: User): Promise<Reads> {
  const clients = await model.login(server, RECEIVER, 1);
  await sender.say(
    texts(count)
      .map((msg) => chat(msg))
      .join(''),
  );
  return await clients.done();
}

async function login(model: Model, server: Server, sender: User): Promise<Reads> {
  await sender.say(
    texts(50)
      .map((msg) => chat(msg))
      .join(''),
  );
  await sender.settle();
  const clients = await model.login(server, RECEIVER, 1);
  return await clients.done();
}

/**
 * About 100 messages a second for everyone, often two or three at once. The members join when they are logged
 * in already: a login reply with so many of them is longer than 1,023 bytes by itself.
 */
async function group(model: Model, server: Server, sender: User): Promise<Reads> {
  const clients = await model.login(server, RECEIVER, USERS - 1);
  await sender.say({ id: SENDER, msgid: 8, groupname: 'busy', groupdesc: '' });
  for (let id = RECEIVER; id <= USERS; id++) await sender.say({ id, msgid: 9, groupid: GROUP });
  const rest = texts(200);
  while (rest.length > 0) {
    const together = rest.splice(0, 1 + Math.floor(3 * Math.random()));
    await sender.say(together.map((msg) => groupChat(msg)).join(''));
    await delay(-20 * Math.log(Math.random()));
  }
  return await clients.done();
}

function texts(count: number): string[] {
  return Array.from({ length: count }, (_, n) => (n < count - 1 ? `${TEXT}, number ${n}` : LAST));
}

function chat(msg: string): string {
  return message({ msgid: 6, toid: RECEIVER, msg });
}

function groupChat(msg: string): string {
  return message({ msgid: 10, groupid: GROUP, msg });
}

/** As the original client sends it. */
function message(fields: object): string {
  return `${JSON.stringify({ id: SENDER, name: 'sender', time: '2026-11-21 02:00:00', ...fields })}\0`;
}
