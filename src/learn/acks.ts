import { numberOf } from '../client/core/foreign.js';
import type { Plain } from '../dialect/shapes.js';
import { isCalled, REPLY_WORDS } from '../dialect/words.js';
import type { Reply, Verb } from '../protocol/verbs.js';
import type { Ack, Acks } from './ack.js';
import { followers } from './heard.js';
import type { Outcome } from './outcome.js';
import type { Understood } from './verbs.js';

/** Numbers of messages that come from other users. */
export function relayedNumbers(kinds: readonly Understood[]): Set<number> {
  const relays = ['chat', 'groupChat', 'friendRequest'];
  return new Set(
    kinds.filter(({ verb, relayed }) => relayed || relays.includes(verb)).map(({ number }) => number),
  );
}

/** Finds the replies to each request. A reply that fits nowhere is told to `note`. */
export function acksOf(kinds: readonly Understood[], typeKey: string, note: (text: string) => void): Acks {
  const relayed = relayedNumbers(kinds);
  const next = followers(kinds);
  const all = new Map<Reply, { number: number; acks: Ack[] }>();
  for (const { verb, asked } of kinds) {
    for (const one of asked) {
      const goesOn = verb === 'login' && isInside(next.get(one.at)?.verb);
      for (const { document } of one.answers) {
        const number = numberOf(document[typeKey]);
        if (relayed.has(number)) continue;
        const reply = verb === 'login' ? replyToLogin(document, typeKey) : verb;
        const known = all.get(reply) ?? { number, acks: [] };
        if (known.number === number) known.acks.push({ document, asked: one, goesOn });
        else note(`${number} came after ${verb}, and was not understood`);
        all.set(reply, known);
      }
    }
  }
  return all;
}

/** Lists may follow the reply in documents of their own. */
function replyToLogin(document: Plain, typeKey: string): Reply {
  const [key, other] = Object.keys(document).filter((name) => name !== typeKey);
  if (key === undefined || other !== undefined || !Array.isArray(document[key])) return 'login';
  if (isCalled(key, REPLY_WORDS.friends)) return 'friendsAfterLogin';
  return isCalled(key, REPLY_WORDS.groups) ? 'groupsAfterLogin' : 'login';
}

/** Whether it is a request that only users who are logged in make. */
function isInside(verb: Verb | undefined): boolean {
  return verb !== undefined && !['login', 'register', 'heartbeat'].includes(verb);
}

/** Replies to requests that were done, and to those that were not. */
export function split(
  acks: readonly Ack[],
  { key, ok }: Outcome,
): { readonly done: Ack[]; readonly failed: Ack[] } {
  const isDone = ({ document }: Ack) =>
    key === undefined || document[key] === undefined || document[key] === ok;
  return { done: acks.filter(isDone), failed: acks.filter((ack) => !isDone(ack)) };
}
