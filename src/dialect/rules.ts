import { BUILT_IN, isBuiltIn } from './builtin.js';
import { complete } from './complete.js';
import type { DialectFile } from './file.js';
import { replyName } from './replies.js';

/** What is wrong with a file beyond the form of its values: a line for each, beginning with its path. */
export function contradictions(file: DialectFile): string[] {
  const { extends: base } = file;
  if (base !== undefined && !isBuiltIn(base))
    return [`extends: there is no dialect ${base}; there are ${Object.keys(BUILT_IN).join(', ')}`];
  return [...twiceUsed(file), ...lostMessages(file)];
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
  const isLost = whole.stored === 'inside' && replyName(whole, 'login', 'offlinemsg') === null;
  return isLost ? ['replyFields.offlinemsg: is left out; say with "stored" where stored messages go'] : [];
}
