import fc from 'fast-check';
import t from 'tap';
import { harmless } from './harmless.js';
import { openLog } from './log.js';
import { Recent } from './recent.js';
import { Sink } from './sink.js';
import { asText } from './text.js';

/** A log whose lines are kept, as JSON and as text. */
function open() {
  const recent = new Recent();
  const lines: string[] = [];
  class Kept extends Sink {
    override write(line: string): void {
      lines.push(line);
    }
  }
  return { log: openLog('trace', recent, new Kept()), lines, recent };
}

/** The characters that would do something to a line: all but the LF at its end. */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** The texts that strangers choose: a key, a name, the message of an error. */
const piece = fc.oneof(
  fc.constantFrom(
    '\u009b2J',
    '\u0085',
    '\u202e',
    '\u2028',
    '\u001b[2J',
    '\n12:00:00 error forged',
    '陆',
    '%s%d%j',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constant('x'.repeat(60_000)),
);
const foreign = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
const anError = foreign.map((message) => new Error(message, { cause: new Error(message) }));
const field = fc.oneof(foreign, anError, fc.array(foreign), fc.dictionary(foreign, foreign), fc.anything());
const fields = fc.dictionary(foreign, field, { maxKeys: 4 });

t.test('whatever is logged: one line of JSON, one line of text, one entry, short and harmless', async (t) => {
  fc.assert(
    fc.property(fields, foreign, anError, (fields, text, err) => {
      for (const args of [[fields, text], [text], [{ ...fields, err }, text], [err, text]] as const) {
        const { log, lines, recent } = open();
        // An unexpected error is shown with its stack, in lines of its own.
        log.warn(...(args as [object, string]));
        const [line = ''] = lines;
        const shown = asText(line);
        const [entry] = recent.all();
        if (lines.length !== 1 || !line.endsWith('\n') || !shown.endsWith('\n')) return false;
        const all = [line.slice(0, -1), shown.slice(0, -1), `${entry?.message}${entry?.fields}`];
        if (all.some((one) => HARMFUL.test(one)) || all.some((one) => one.length > 20_000)) return false;
      }
      return true;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

t.test('an error with where it came from: each line of that begins as it should', async (t) => {
  const { log, lines } = open();
  log.error({ err: new Error('one\n12:00:00 error forged') }, 'it failed');
  const shown = asText(lines[0] ?? '')
    .trimEnd()
    .split('\n');
  t.match(shown[0], / error it failed \(one\\u000a12:00:00 error forged\)$/);
  t.equal(shown[1], 'Error: one\\u000a12:00:00 error forged');
  for (const line of shown.slice(2)) t.match(line, /^ {4}at /);
  t.ok(shown.length > 2);
});

t.test(
  'of an error that libraries hang much on, what was written to the database is not shown',
  async (t) => {
    const error = Object.assign(new Error('refused'), { sql: "insert 'secret'", code: 'ER_X', errno: 1 });
    t.match(harmless([{ err: error }]), [{ err: { type: 'Error', message: 'refused', code: 'ER_X' } }]);
    t.notMatch(JSON.stringify(harmless([{ err: error }])), /secret/);
    t.match(harmless([new AggregateError([], '')]), [{ err: { message: 'AggregateError' } }]);
  },
);
