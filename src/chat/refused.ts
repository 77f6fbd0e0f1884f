import { NormalError } from '../json/normal-error.js';
import { JsonError } from '../json/value.js';
import { FieldError } from '../protocol/fields.js';
import type { Result, Verb } from '../protocol/verbs.js';
import { StoreUnavailable } from '../store/store.js';

/*
 * Why a request is not done. Any other error is unexpected: it goes into the log with its stack, and a client that
 * waits for an answer is told that the server cannot say (`unavailable`).
 *
 * error            | means                                                    | its answer
 * -----------------|----------------------------------------------------------|----------------------------------
 * Refused          | the sender may not, or has too much already              | refused; to a login: invalid
 * FieldError       | a field is missing, or has another type                  | the same
 * JsonError        | a number is out of range                                 | the same
 * StoreUnavailable | the database is away                                     | unavailable
 * Undecided        | the program around the server has not said whether it may| unavailable
 */

/** A message that does not count: its sender may not send it (DIFFERENCES 3), or has too much already. */
export class Refused extends NormalError {}

/** The program did not decide: this request is not done, and nothing else suffers. */
export class Undecided extends NormalError {}

/** The reason that the log and the answer give while the database is away. */
export const DATABASE_AWAY = 'the database is away';

/** Why a request is not done, by the table above; undefined for an unexpected error. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof JsonError) return 'number out of range';
  if (error instanceof StoreUnavailable) return DATABASE_AWAY;
  const isNormal = error instanceof FieldError || error instanceof Refused || error instanceof Undecided;
  return isNormal ? error.message : undefined;
}

/** How a request that is not done is answered, by the table above. */
export function resultOf(verb: Verb, error: unknown): Result {
  const isOurs = error instanceof StoreUnavailable || error instanceof Undecided;
  if (isOurs || reasonOf(error) === undefined) return 'unavailable';
  return verb === 'login' ? 'invalid' : 'refused';
}
