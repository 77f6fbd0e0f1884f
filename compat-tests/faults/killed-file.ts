import Sqlite from 'libsql';
import { Client } from '../harness/client.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

/** The work of a server on its embedded file, and how often it is killed meanwhile. */
export interface Plan {
  readonly file: string;
  /** Registrations, and as many messages, that are to be confirmed. */
  readonly count: number;
  readonly clients: number;
  readonly kills: number;
  /** A number from 0 to 1, as Math.random gives. */
  readonly random: () => number;
}

/** The result of it. Each of the last three must be 0. */
export interface Tally {
  registrations: number;
  messages: number;
  kills: number;
  lost: number;
  /** Ids that were given to two names. */
  givenTwice: number;
  /** Messages that are stored twice. */
  storedTwice: number;
}

/** The account that all messages are for, and that is never online. */
const ABSENT = 1;

/** Registers and stores while the server is killed again and again, and counts what of it is in the file. */
export async function killAgainAndAgain(plan: Plan): Promise<Tally> {
  const names = new Map<string, number>();
  const messages = new Set<string>();
  let asked = 0;
  let kills = 0;
  const enough = () => names.size >= plan.count && messages.size >= plan.count;

  while (!enough()) {
    const server = await startServer(['--data', plan.file, '--pace', '0', '--login-failures', '0']);
    // The point of the kill is a number of answers, which falls anywhere between two steps of the others.
    const share = (plan.count * 2 - names.size - messages.size) / Math.max(1, plan.kills - kills + 1);
    let left = kills < plan.kills ? Math.ceil(share * plan.random()) : Number.POSITIVE_INFINITY;
    const answered = () => {
      left--;
      if (left === 0) server.child.signal('SIGKILL');
    };
    const one = async () => {
      const user = new User(await Client.connect(server.port));
      const own = await register(user, `n${++asked}`);
      await user.login(own);
      while (!enough()) {
        await register(user, `n${++asked}`);
        const text = `m${++asked}`;
        await user.chat(own, ABSENT, text);
        await user.settle();
        messages.add(text);
        answered();
      }
    };
    const register = async (user: User, name: string): Promise<number> => {
      const { errno, id } = await user.register(name);
      if (errno !== 0) throw new Error(`${name}: ${errno}`);
      names.set(name, id);
      answered();
      return id;
    };
    if (asked === 0) await register(await User.connect(server), 'absent');
    const ends = await Promise.allSettled(Array.from({ length: plan.clients }, one));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed === undefined || left > 0) {
      const status = await server.child.stop();
      if (failed !== undefined) throw failed.reason;
      if (status !== 0) throw new Error(`the server ended with ${status}`);
    } else kills++;
    await server.child.ended;
  }
  return {
    registrations: names.size,
    messages: messages.size,
    kills,
    ...compare(plan.file, names, messages),
  };
}

function compare(file: string, names: ReadonlyMap<string, number>, messages: ReadonlySet<string>) {
  const db = new Sqlite(file, { timeout: 5000 });
  const users = db.prepare('SELECT id, name FROM user').all() as { id: number; name: string }[];
  const stored = db.prepare('SELECT message FROM offlinemessage').all() as { message: string }[];
  db.close();
  const ids = new Map(users.map(({ id, name }) => [name, id]));
  const texts = stored.map(({ message }) => String(JSON.parse(message).msg));
  const found = new Set(texts);
  const lostNames = [...names].filter(([name, id]) => ids.get(name) !== id).map(([name]) => name);
  const lost = [...lostNames, ...[...messages].filter((text) => !found.has(text))];
  // The number says when it was asked for: `n` is a name, `m` a message.
  if (lost.length > 0) console.error(`lost: ${lost.slice(0, 20).join(' ')}`);
  return {
    lost: lost.length,
    givenTwice: names.size - new Set(names.values()).size,
    storedTwice: texts.length - found.size,
  };
}
