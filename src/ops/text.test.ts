import { pino } from 'pino';
import t from 'tap';
import { asText } from './text.js';

function written(event: (log: pino.Logger) => void): string {
  let text = '';
  event(pino({ base: { pid: 1 } }, { write: (line: string) => (text += asText(line)) }));
  return text;
}

t.test('an event for a person: time, level, what, and its fields', async (t) => {
  t.match(
    written((log) => log.info('stopped')),
    /^\d\d:\d\d:\d\d info {2}stopped\n$/,
  );
  t.match(
    written((log) => log.warn({ reason: 'ECONNREFUSED', kept: 3 }, 'away')),
    / warn {2}away \(reason: ECONNREFUSED, kept: 3\)\n$/,
  );
  t.match(
    written((log) => log.warn({ columns: ['a is gbk', 'b'] }, 'x')),
    /\(columns: a is gbk; b\)/,
  );
});

t.test('of an error its message, and where it came from only when nobody expected it', async (t) => {
  const err = new Error('no luck');
  t.match(
    written((log) => log.warn({ err }, 'tried')),
    / warn {2}tried \(no luck\)\n$/,
  );
  t.match(
    written((log) => log.error({ err }, 'tried')),
    / error tried \(no luck\)\nError: no luck\n {4}at /,
  );
});
