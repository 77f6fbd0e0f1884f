import type { DialectFile } from './file.js';

type Verbs = NonNullable<DialectFile['verbs']>;

/** Puts what two parts of a file say together; what is said of a verb in both is joined. */
export function join(one: DialectFile, other: DialectFile): DialectFile {
  const names = Object.keys({ ...one.verbs, ...other.verbs }) as (keyof Verbs)[];
  const verbs = names.map((verb) => [verb, { ...one.verbs?.[verb], ...other.verbs?.[verb] }]);
  return { ...one, ...other, ...(verbs.length > 0 && { verbs: Object.fromEntries(verbs) }) };
}
