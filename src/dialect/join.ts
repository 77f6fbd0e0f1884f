import type { DialectFile } from './file.js';

type Verbs = NonNullable<DialectFile['verbs']>;

/** Puts two parts of a file together; a verb that is in both is joined. */
export function join(one: DialectFile, other: DialectFile): DialectFile {
  const names = Object.keys({ ...one.verbs, ...other.verbs }) as (keyof Verbs)[];
  const verbs = names.map((verb) => [verb, { ...one.verbs?.[verb], ...other.verbs?.[verb] }]);
  return { ...one, ...other, ...(verbs.length > 0 && { verbs: Object.fromEntries(verbs) }) };
}
