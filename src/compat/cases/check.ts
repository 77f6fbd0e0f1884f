import { readDocument } from '../../client/core/document.js';
import { textOf } from '../../client/core/foreign.js';
import type { Verb } from '../../protocol/verbs.js';
import type { Case, Need } from '../case.js';
import { type Finding, SAME, same, type Text, Wrong } from '../finding.js';
import type { Person } from '../person.js';
import { requestOf } from '../wire.js';
import type { World } from '../world.js';

/** A sentence in both languages. */
export function text(en: string, zh: string): Text {
  return { en, zh };
}

/** A case; what it returns nothing for is as in the original. */
export function ask(
  id: string,
  why: Text,
  run: (world: World) => Promise<Finding | undefined>,
  needs: readonly Need[] = [],
): Case {
  return { id, why, needs, run: async (world) => (await run(world)) ?? SAME };
}

/** Nothing came. */
export function none(got: readonly string[], shows: Text): void {
  if (got.length > 0) throw new Wrong({ wanted: '', got: got.join(''), shows });
}

/** The document that came is a message as its sender wrote it, or as the dialect has it passed on. */
export function relayed(person: Person, verb: Verb, got: string, sent: string): void {
  const [, { change }] = requestOf(person.speaker.dialect, verb);
  const shows = text('the message comes as another one than was sent', '收到的消息与发送的不一样');
  if (change === undefined) {
    same(got, sent, shows);
    return;
  }
  const msg = (some: string) => textOf(readDocument(some)?.msg);
  if (msg(got) !== msg(sent)) throw new Wrong({ wanted: sent, got, shows });
}

/** Hears the next document, which must be that message. */
export async function hears(person: Person, verb: Verb, sent: string, what = 'a message'): Promise<void> {
  relayed(person, verb, await person.hear(what), sent);
}

/** Two people write to each other: the server still does what it is for. */
export async function talk(one: Person, two: Person, about: string): Promise<void> {
  await hears(two, 'chat', await one.chat(two.account, `do you know: ${about}?`), `chat beside ${about}`);
  await hears(one, 'chat', await two.chat(one.account, `of course: ${about}`), `chat beside ${about}`);
}

/** The texts of messages, in order. */
export function texts(documents: readonly string[]): string[] {
  return documents.map((document) => textOf(readDocument(document)?.msg));
}

/** Everything that was stored for somebody who has just logged in: in the reply to it, and what comes around that. */
export async function collect(person: Person): Promise<string[]> {
  return [...person.storedBefore, ...person.words.stored(person.welcome), ...(await person.settle())];
}
