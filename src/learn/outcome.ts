import { isCalled, REPLY_WORDS } from '../dialect/words.js';
import type { Ack, Acks } from './ack.js';

/** The field that says how a request ended, and its value when all went well. */
export interface Outcome {
  readonly key: string | undefined;
  /** Undefined when nothing was seen to go well. */
  readonly ok: unknown;
}

/** The values of most forks for success. */
const USUAL: readonly unknown[] = [0, true, 'success', 'ok', 'SUCCESS', 'OK'];

/** The fields that only the reply to a successful login has. */
const TOLD = [
  ...REPLY_WORDS.id,
  ...REPLY_WORDS.name,
  ...REPLY_WORDS.friends,
  ...REPLY_WORDS.groups,
  ...REPLY_WORDS.offlinemsg,
];

/**
 * Finds it in the replies to logins and registrations: a user who got in was told something, or went on. A guess is
 * told to `note`.
 */
export function outcomeOf(acks: Acks, typeKey: string, note: (text: string) => void = () => {}): Outcome {
  const entries = [...(acks.get('login')?.acks ?? []), ...(acks.get('register')?.acks ?? [])];
  const key = keyIn(entries, typeKey);
  if (key === undefined) return { key, ok: undefined };
  const proven = entries.find((ack) => isProven(ack, key, typeKey));
  if (proven !== undefined) return { key, ok: proven.document[key] };
  const guess = USUAL.find((value) => entries.some(({ document }) => document[key] === value));
  note(
    guess === undefined
      ? `no login and no registration succeeded: what "${key}" is then is not known`
      : `no login and no registration was seen to succeed: ${JSON.stringify(guess)} in "${key}" was taken for success`,
  );
  return { key, ok: guess };
}

function keyIn(entries: readonly Ack[], typeKey: string): string | undefined {
  const documents = entries.map(({ document }) => document);
  const names = [...new Set(documents.flatMap((document) => Object.keys(document)))];
  return REPLY_WORDS.errno
    .flatMap((word) => names.filter((name) => isCalled(name, [word])))
    .find((name) => name !== typeKey && documents.some((document) => !Array.isArray(document[name])));
}

/** Whether a reply shows by something else than its outcome that all went well. */
function isProven({ document, asked, goesOn }: Ack, key: string, typeKey: string): boolean {
  const said = new Set(Object.values(asked.document));
  const isTold = (name: string) => name !== key && name !== typeKey && isCalled(name, TOLD);
  return goesOn || Object.entries(document).some(([name, value]) => isTold(name) && !said.has(value));
}
