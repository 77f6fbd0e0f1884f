import { BUILT_IN, isBuiltIn } from './builtin.js';
import { complete } from './complete.js';
import type { DialectFile } from './file.js';
import { isTold, REFUSALS } from './refusals.js';
import { replyName } from './replies.js';
import { sharedNames } from './shared-names.js';

/** The faults of a file beyond the form of its values: a line for each, beginning with its path. */
export function contradictions(file: DialectFile): string[] {
  const { extends: base } = file;
  if (base !== undefined && !isBuiltIn(base))
    return [`extends: there is no dialect ${base}; there are ${Object.keys(BUILT_IN).join(', ')}`];
  return [...twiceUsed(file), ...lostMessages(file), ...untold(file), ...sharedNames(complete(file))];
}

/** A request is known by its number alone. */
function twiceUsed({ requests = {} }: DialectFile): string[] {
  const first = new Map<number, string>();
  return Object.entries(requests).flatMap(([verb, number]) => {
    if (number == null) return [];
    const other = first.get(number);
    first.set(number, other ?? verb);
    return other === undefined ? [] : [`requests.${verb}: ${number} is the number of ${other}`];
  });
}

/** Stored messages are deleted once the login reply has left: they must be in it. */
function lostMessages(file: DialectFile): string[] {
  const whole = complete(file);
  const isLost = whole.stored === 'inside' && replyName(whole, 'login', 'ok', 'offlinemsg') === null;
  return isLost ? ['replyFields.offlinemsg: is left out; say with "stored" where stored messages go'] : [];
}

/** A client reads the errno of a refusal as it reads that of success, and must not take the one for the other. */
function untold(file: DialectFile): string[] {
  const { results = {}, verbs = {} } = complete(file);
  const own = Object.entries(verbs).flatMap(([verb, said = {}]) =>
    untoldIn(`verbs.${verb}.results`, { ok: results.ok, ...said.results }),
  );
  return [...untoldIn('results', results), ...own];
}

function untoldIn(path: string, results: NonNullable<DialectFile['results']>): string[] {
  const ok = results.ok?.errno;
  return REFUSALS.flatMap((result) => {
    const errno = results[result]?.errno;
    if (isTold(errno, ok)) return [];
    const why = errno === ok ? 'is the errno of ok, too' : `is a ${typeof errno}, that of ok a ${typeof ok}`;
    return [`${path}.${result}.errno: ${JSON.stringify(errno)} ${why}: clients take it for something else`];
  });
}
