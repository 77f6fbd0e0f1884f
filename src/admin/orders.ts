import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Log } from '../ops/log.js';
import { type Answer, json, type Route, text } from './answer.js';
import type { AskAll } from './desk.js';

/** The longest text that can be said, in bytes. */
const MOST = 500;
/** The longest one as it is written into JSON, in bytes: with what stands around it the client reads 1,023 at once. */
const MOST_WRITTEN = 850;

/** Why a text cannot be said to everybody; undefined when it can. */
export function whyNotSaid(said: string): string | undefined {
  if (Buffer.byteLength(said) > MOST) return `more than ${MOST} bytes`;
  return Buffer.byteLength(JSON.stringify(said)) > MOST_WRITTEN
    ? 'too much of it has to be escaped'
    : undefined;
}

/** The node that takes orders. */
interface Ordered {
  /** The name of the node. */
  readonly name: string;
  readonly askAll: AskAll;
  readonly token: string | undefined;
  readonly log: Log;
}

/** The orders that change something, or show users: they need the token. */
export function orders({ name, askAll, token, log }: Ordered): Record<string, Route> {
  const guarded =
    (route: Route): Route =>
    async (request, path) =>
      refusal(request, token) ?? route(request, path);
  return {
    'GET users': guarded(async () => json(await usersOf(name, askAll))),
    'POST kick': guarded(async (_, path) => {
      const [, userid, minutes] = /^(\d{1,10})(?:\/(\d{1,5}))?$/.exec(path) ?? [];
      if (userid === undefined) return text(400, 'not a user id');
      const order = { ask: 'kick', userid: Number(userid) } as const;
      const banned = minutes !== undefined && { minutes: Number(minutes) };
      const kicked = sum(await askAll(order));
      // Its processes tell each other: one that is told before it is asked would not count whom it has had to end.
      if (banned) await askAll({ ...order, ...banned });
      log.info({ userid: Number(userid), kicked, ...banned }, 'a user was kicked');
      return json({ kicked, ...banned });
    }),
    'POST say': guarded(async (request) => {
      const said = await bodyOf(request);
      if (said === undefined) return text(413, `more than ${MOST} bytes`);
      const why = whyNotSaid(said);
      if (said === '') return text(400, 'nothing to say');
      if (why !== undefined) return text(413, why);
      const told = sum(await askAll({ ask: 'say', text: said }));
      log.info({ told }, 'something was said to everybody');
      return json({ told });
    }),
  };
}

/** The users of all processes of this node, with its name. */
async function usersOf(node: string, askAll: AskAll) {
  const users = (await askAll({ ask: 'users' })).flat();
  return users.map((user) => ({ ...user, node }));
}

function refusal({ headers }: IncomingMessage, token: string | undefined): Answer | undefined {
  if (token === undefined) return text(403, 'orders are off: start the server with --admin-token');
  const given = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  const isRight = given.length === wanted.length && timingSafeEqual(given, wanted);
  return isRight ? undefined : text(401, 'the token is not the right one');
}

/** The text of a request; undefined when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MOST) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString().trim();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
