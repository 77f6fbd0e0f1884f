import { ANYWHERE } from '../check/asking.js';
import type { Address } from '../config/address.js';
import { ConfigError } from '../config.js';
import type { Settings } from '../options.js';
import { counted } from '../text/counted.js';
import { printable } from '../text/printable.js';

/** How long a server may take to answer, in ms. */
const PATIENCE = 5000;

/** A user, as the admin port of a server tells of one; one of another version may leave out some of it. */
interface UserThere {
  readonly id: number;
  readonly address: string;
  readonly name?: string;
  /** In ms since 1970. */
  readonly since?: number;
  /** In s. */
  readonly idle?: number;
  readonly node?: string;
}

/** What is told of a user, a column each. */
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
  const found = await ask<readonly UserThere[]>(settings, 'GET', 'users');
  if (process.stdout.isTTY) console.log(Object.keys(COLUMNS).join('\t'));
  const told = Object.values(COLUMNS);
  for (const user of [...found].sort((a, b) => a.id - b.id))
    console.log(told.map((column) => printable(String(column(user)))).join('\t'));
}

/** To the second, as in the log; what is no time is left out. */
function timeOf(time: number | undefined): string {
  const date = new Date(Number(time));
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/\.\d+/, '');
}

/** Ends the connection of a user of a running server; with `--for` the user may not come back to any node for so long. */
export async function kick(settings: Settings, userid: string): Promise<void> {
  const { for: minutes } = settings;
  const path = ['kick', encodeURIComponent(userid), ...(minutes === undefined ? [] : [minutes])].join('/');
  const { kicked } = await ask<{ kicked: number }>(settings, 'POST', path);
  if (kicked === 0 && minutes === undefined)
    throw new Error(`user ${userid} is not logged in on this server`);
  if (kicked > 0) console.log(`the connection of user ${userid} is ended`);
  console.log(
    minutes === undefined
      ? 'the user may log in again at once: --for MINUTES keeps it out'
      : `user ${userid} may not log in for ${counted(minutes, 'minute')}, on no node of the cluster`,
  );
}

/** Writes a text to everybody who is logged in on a running server. */
export async function say(settings: Settings, text: string): Promise<void> {
  const { told } = await ask<{ told: number }>(settings, 'POST', 'say', text);
  console.log(`${counted(told, 'user was', 'users were')} told`);
}

/** What the admin port of a server answers. Rejects, in one line, with what is wrong and what to do. */
async function ask<T>(settings: Settings, method: string, path: string, body?: string): Promise<T> {
  const { admin, 'admin-token': token } = settings;
  if (admin === undefined) throw new ConfigError('which server? give its --admin [IP:]PORT');
  if (token === undefined) throw new ConfigError('the server wants a token: --admin-token-file FILE');
  // A timer of its own, as that of AbortSignal keeps no process alive: it would end without a word.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(new Error('it does not answer')), PATIENCE);
  const response = await fetch(`${urlOf(admin)}/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    signal: patience.signal,
    ...(body !== undefined && { body }),
  }).catch((error) => {
    clearTimeout(timer);
    const { cause, message } = error as Error & { cause?: { code?: string } };
    throw new Error(`nobody answers on the admin port ${admin.port}: ${cause?.code ?? message}`);
  });
  const text = await response.text().finally(() => clearTimeout(timer));
  if (!response.ok) throw new Error(`the server says: ${text.trim()}`);
  return JSON.parse(text);
}

function urlOf({ ip = '127.0.0.1', port }: Address): string {
  const host = ANYWHERE[ip] ?? ip;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
