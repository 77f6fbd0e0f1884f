import t from 'tap';
import { Refused, Undecided } from '../../src/chat/refused.js';
import { parse } from '../../src/json/parse.js';
import { JsonError } from '../../src/json/value.js';
import { FieldError } from '../../src/protocol/fields.js';
import { StoreUnavailable } from '../../src/store/store.js';

/** Errors that a stranger, or a database that is away, brings about thousands of times in a second. */
const NORMAL: readonly Error[] = [
  new JsonError(101, 1),
  new FieldError('x'),
  new Refused('x'),
  new StoreUnavailable('x'),
  new Undecided('x'),
];

/** The lines that say where an error came from. */
function framesOf(error: unknown): string[] {
  return String((error as Error).stack)
    .split('\n')
    .filter((line) => /^ +at /.test(line));
}

t.test(
  'what is refused costs no stack, which is most of what an error costs; a fault has its own',
  async (t) => {
    for (const error of NORMAL) t.same(framesOf(error), [], error.constructor.name);
    try {
      parse(Buffer.from('{x'));
      t.fail('that is no JSON');
    } catch (error) {
      t.same(framesOf(error), []);
    }
    t.ok(framesOf(new Error('a fault')).length > 0);
  },
);
