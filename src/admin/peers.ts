import { z } from 'zod';
import { type AdminPort, ask, urlOf } from '../net/ask.js';
import { json, type Route } from './answer.js';

/** How long another node may take to answer, in ms. */
const PATIENCE = 2000;
/** They are asked this seldom, in ms, however many look at the page. */
const EVERY = 2000;
/** No status is longer, in bytes. A few KB on the wire unpack to many MB, which take this node's event loop to be read. */
const MOST = 262_144;

/** Another node as the page shows it. */
export interface Peer {
  /** Where its own page is. */
  readonly url: string;
  /** Why it says nothing; undefined when it does. */
  readonly silent?: string;
  readonly name?: string;
  readonly version?: string;
  /** In s. */
  readonly uptime?: number;
  readonly users?: number;
  readonly problems?: readonly string[];
  readonly unready?: readonly string[];
}

/** The fields that are read of another node's status; one of another version may have more. */
const STATUS = z.object({
  name: z.string(),
  version: z.string(),
  uptime: z.number(),
  problems: z.array(z.string()),
  unready: z.array(z.string()),
  values: z.record(z.string(), z.unknown()),
});

/** How the other nodes are, which the operator has named. Only the operator chooses who is asked. */
export function peers(places: readonly AdminPort[]): Route {
  let last: Promise<Peer[]> | undefined;
  return async () => {
    last ??= Promise.all(places.map(look)).finally(() => {
      setTimeout(() => {
        last = undefined;
      }, EVERY).unref();
    });
    return json(await last);
  };
}

async function look(place: AdminPort): Promise<Peer> {
  const url = urlOf(place);
  try {
    const { values, ...said } = STATUS.parse(
      JSON.parse(await ask(place, { path: 'status' }, PATIENCE, MOST)),
    );
    return { url, users: Number(values.chat_users), ...said };
  } catch (error) {
    return { url, silent: whyOf(error) };
  }
}

function whyOf(error: unknown): string {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 'it is no chat-server';
  return error instanceof Error ? error.message : String(error);
}
