import type { Dialect } from '../protocol/dialect.js';
import { INT_FIELDS, TEXT_FIELDS } from '../protocol/fields.js';
import { ORIGINAL_SPOKEN } from '../protocol/numbers.js';
import type { Verb } from '../protocol/verbs.js';
import { requestOf } from './wire.js';

/** What the original's numbers ask for. */
const VERBS = new Map<number, Verb>(
  Object.entries(ORIGINAL_SPOKEN.requests).map(([verb, number]) => [number, verb as Verb]),
);

/** The number of a request, also in broken JSON; one that goes on as a fraction or an exponent is another number. */
const NUMBER = /("msgid\\*"\s*:\s*)(\d{1,10})(?![\d.eE])/g;

/** The name of a field, also in a string that holds JSON. */
const NAME = new RegExp(String.raw`"(${[...INT_FIELDS, ...TEXT_FIELDS].join('|')})(?=\\*"\s*:)`, 'g');

/** What a text in the original's words asks for. */
export function verbsIn(text: string): Verb[] {
  return [...text.matchAll(NUMBER)].flatMap(([, , digits]) => VERBS.get(Number(digits)) ?? []);
}

/**
 * A text of JSON, or of broken JSON, in the original's words, with the numbers and the names of a dialect. A number that
 * asks for nothing in the original, or for what the dialect has not, stays.
 */
export function translated(text: string, dialect: Dialect): string {
  if (dialect.name === 'original') return text;
  const known = verbsIn(text).find((verb) => numberOf(verb, dialect) !== undefined);
  const fields = known === undefined ? dialect.fields : requestOf(dialect, known)[1].fields;
  const names: Readonly<Record<string, { readonly names: readonly string[] }>> = {
    ...fields.ints,
    ...fields.texts,
  };
  return text
    .replace(NUMBER, (_, before: string, digits: string) => {
      const verb = VERBS.get(Number(digits));
      return `${before}${(verb && numberOf(verb, dialect)) ?? digits}`;
    })
    .replace(NAME, (_, name: string) => `"${names[name]?.names[0] ?? name}`);
}

function numberOf(verb: Verb, { requests }: Dialect): number | undefined {
  return [...requests].find(([, request]) => request.verb === verb)?.[0];
}
