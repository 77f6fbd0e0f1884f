import { RESULTS } from '../protocol/verbs.js';
import type { DialectFile, ResultFile } from './file.js';

type Results = NonNullable<DialectFile['results']>;

/** How a request can end other than well. */
export const REFUSALS = RESULTS.filter((result) => result !== 'ok');
type Refusal = Exclude<(typeof RESULTS)[number], 'ok'>;

/** The text of a refusal without a text in any file. */
const TEXT = 'refused: taken, unknown or not allowed!';
/** Its `errno` where the one for success is a text. */
const FAILED = 'failed';

/**
 * The texts of refusals in a dialect whose file gives none: every one has a text, because a client that reads
 * the text of one refusal reads it in all, and `errno` has one type in all results, because that is how it is read.
 *
 * @param said what the file and the dialect that it extends say, without the original
 * @param original what the original says of each result
 */
export function refusalsOf({ results = {} }: DialectFile, original: Results): Results {
  return Object.fromEntries(
    REFUSALS.map((result) => {
      const errmsg = original[result]?.errmsg ?? TEXT;
      return [result, { errmsg, errno: unsaidErrno(results, original, result) }];
    }),
  );
}

/** The `errno` of a refusal that no file gives: one that a client can tell from success. */
function unsaidErrno(given: Results, original: Results, result: Refusal): ResultFile['errno'] {
  const ok = given.ok?.errno ?? original.ok?.errno;
  const isFit = (value: ResultFile['errno']) => value != null && isTold(value, ok);
  const errnos = (results: Results) => REFUSALS.map((other) => results[other]?.errno);
  const choices = [original[result]?.errno, ...errnos(given), ...errnos(original), FAILED, true, false];
  return choices.find(isFit) ?? original[result]?.errno;
}

/** Whether a client that reads success as `ok` reads this as something else: it has the same type, and not the value. */
export function isTold(errno: ResultFile['errno'], ok: ResultFile['errno']): boolean {
  return errno == null || ok == null || (typeof errno === typeof ok && errno !== ok);
}
