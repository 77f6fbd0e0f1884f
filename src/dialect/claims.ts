import type { Claim, FieldNames } from '../protocol/fields.js';
import type { DialectFile } from './file.js';
import { isCalled, WORDS } from './words.js';

/**
 * The fields of a request that a reader may take for its sender, beside the one that the server reads.
 *
 * 1. Every name that the dialect gives the sender's id in any request: a client reads all messages by one habit.
 * 2. Where a request may come without an id (`absentId`: `connection`), nobody has said which field the clients
 *    show: then also all that forks call a sender.
 * 3. Never a field that means something else in this request.
 *
 * @param ints the names of the request's fields that hold ids
 * @param texts the names of the request's fields that hold texts
 * @param mayBeAbsent whether a request may come without an id
 */
export function claimsOf(
  file: DialectFile,
  { ints, texts }: Pick<FieldNames, 'ints' | 'texts'>,
  mayBeAbsent: boolean,
): FieldNames['claims'] {
  const own = new Set(ints.id.names);
  const others = new Set(
    [...Object.entries(ints), ...Object.entries(texts)].flatMap(([field, { names }]) =>
      field === 'id' || field === 'name' ? [] : names,
    ),
  );
  const ids = new Set([...own, ...namesOfIds(file)].filter((name) => own.has(name) || !others.has(name)));
  if (!mayBeAbsent && ids.size === 1) return undefined;
  return (name) => {
    if (ids.has(name)) return 'id';
    return mayBeAbsent && !others.has(name) ? wordFor(name) : undefined;
  };
}

/** The names of a sender's id in all requests of a dialect. */
function namesOfIds({ requestFields, verbs = {} }: DialectFile): string[] {
  const named = [requestFields, ...Object.values(verbs).map((verb) => verb?.requestFields)];
  return named.flatMap((fields) => fields?.id ?? []);
}

function wordFor(name: string): Claim | undefined {
  if (isCalled(name, WORDS.id)) return 'idOrName';
  return isCalled(name, WORDS.name) ? 'name' : undefined;
}
