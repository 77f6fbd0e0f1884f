import { ANYWHERE } from '../check/asking.js';
import { ConfigError } from '../config.js';
import { type AdminPort, type Asked, ask, NoAnswer } from '../net/ask.js';
import type { Settings } from '../options.js';
import { counted } from '../text/counted.js';
import { printable } from '../text/printable.js';

/** How long a server may take to answer, in ms. */
const PATIENCE = 5000;

/** A user, as the admin port of a server tells of one; one of another version may leave out some of it. */
export interface UserThere {
  readonly id: number;
  readonly address: string;
  readonly name?: string;
  /** In ms since 1970. */
  readonly since?: number;
  /** In s. */
  readonly idle?: number;
  readonly node?: string;
}

/** The facts about a user, a column each. */
const COLUMNS: Readonly<Record<string, (user: UserThere) => string>> = {
  id: ({ id }) => String(id),
  address: ({ address }) => address,
  name: ({ name = '' }) => name,
  since: ({ since }) => timeOf(since),
  'idle s': ({ idle = '' }) => String(idle),
  node: ({ node = '' }) => node,
};

/** Says who is logged in on a running server: a line for each, with tabs between its columns. */
export async function users(settings: Settings): Promise<void> {
  const found = await usersThere(settings);
  if (process.stdout.isTTY) console.log(Object.keys(COLUMNS).join('\t'));
  const told = Object.values(COLUMNS);
  for (const user of found) console.log(told.map((column) => printable(String(column(user)))).join('\t'));
}

/** Everybody who is logged in on the servers that the options name, by id. */
export async function usersThere(settings: Settings): Promise<UserThere[]> {
  const found = await askEach<readonly UserThere[]>(settings, { path: 'users' });
  return found.flat().sort((a, b) => a.id - b.id);
}

/** To the second, as in the log; what is no time is left out. */
export function timeOf(time: number | undefined): string {
  const date = new Date(Number(time));
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/\.\d+/, '');
}

/**
 * Ends the connection of a user of a running server; with `--for` the user may not come back to any node for that
 * time.
 */
export async function kick(settings: Settings, userid: string): Promise<void> {
  const { for: minutes } = settings;
  const path = ['kick', encodeURIComponent(userid), ...(minutes === undefined ? [] : [minutes])].join('/');
  const answers = await askEach<{ kicked: number }>(settings, { method: 'POST', path });
  const kicked = sum(answers.map((answer) => answer.kicked));
  if (kicked === 0 && minutes === undefined)
    throw new Error(
      `user ${userid} is not logged in on ${answers.length > 1 ? 'these servers' : 'this server'}`,
    );
  if (kicked > 0) console.log(`the connection of user ${userid} is ended`);
  console.log(
    minutes === undefined
      ? 'the user may log in again at once: --for MINUTES keeps it out'
      : `user ${userid} may not log in for ${counted(minutes, 'minute')}, on no node of the cluster`,
  );
}

/** Writes a text to everybody who is logged in on a running server. */
export async function say(settings: Settings, text: string): Promise<void> {
  const answers = await askEach<{ told: number }>(settings, { method: 'POST', path: 'say', body: text });
  const told = sum(answers.map((answer) => answer.told));
  console.log(`${counted(told, 'user was', 'users were')} told`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The servers that the options name: the one of --admin, and other nodes. */
function targetsOf({ admin, 'admin-peers': peers = [] }: Settings): readonly Target[] {
  const named = peers.map((peer) => ({ ...peer, name: `${peer.host}:${peer.port}` }));
  if (admin === undefined) return named;
  const { ip = '127.0.0.1', port } = admin;
  return [{ host: ANYWHERE[ip] ?? ip, port, name: `${port}` }, ...named];
}

interface Target extends AdminPort {
  readonly name: string;
}

/**
 * The answers of all servers that the options name. When some do not answer, a line for each says so, and the exit
 * status is 1; rejects when none does. Rejects, in one line, when there is nobody to ask.
 */
async function askEach<T>(settings: Settings, asked: Asked): Promise<T[]> {
  const { 'admin-token': token } = settings;
  const targets = targetsOf(settings);
  if (targets.length === 0) throw new ConfigError('which server? give its --admin [IP:]PORT');
  if (token === undefined) throw new ConfigError('the server wants a token: --admin-token-file FILE');
  const answers = await Promise.allSettled(
    targets.map(async (target) => JSON.parse(await askOne(target, { ...asked, token }, targets.length > 1))),
  );
  const failed = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => reason.message);
  if (failed.length === targets.length) throw new Error(failed.join('\n'));
  for (const why of failed) console.error(`chat-server: ${printable(why)}`);
  if (failed.length > 0) process.exitCode = 1;
  return answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value);
}

async function askOne(target: Target, asked: Asked, isOneOfMany: boolean): Promise<string> {
  try {
    return await ask(target, asked, PATIENCE);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof NoAnswer)
      throw new Error(`nobody answers on the admin port ${target.name}: ${message}`);
    throw new Error(`the server ${isOneOfMany ? `${target.name} ` : ''}says: ${message}`);
  }
}
