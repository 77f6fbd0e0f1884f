import t from 'tap';
import type { Case } from '../case.js';
import { SAME } from '../finding.js';
import { Progress } from './progress.js';

const why = { en: 'A reason.', zh: '原因。' };
const SLOW: Case = { id: 'slow/one', why, run: () => Promise.resolve(SAME) };
const fault = { got: '', shows: { en: 'nothing comes', zh: '等不到' } };

/** The texts that a person reads while two cases run. */
function told(language: 'en' | 'zh', isTTY: boolean): string {
  let text = '';
  const out = { isTTY, write: (more: string) => (text += more) };
  const progress = new Progress(language, out);
  progress.begins(SLOW, 0, 2);
  progress.ends({ id: SLOW.id, why, ms: 1, finding: { verdict: 'wrong', fault } });
  progress.begins(SLOW, 1, 2);
  const farewell = { status: 'SIGABRT', said: 'first\nlast \x1b[2J' };
  progress.ends({ id: SLOW.id, why, ms: 1, finding: { verdict: 'ended', fault: { ...fault, farewell } } });
  progress.done();
  // The end of a line that is written anew.
  return text.replaceAll('\r\u001b[K', '|');
}

t.test('on a terminal: which case runs, which of how many, and the time left', async (t) => {
  const text = told('en', true);
  t.match(text, /\|1\/2 slow\/one\|/, 'no guess before the first has ended');
  t.match(text, /\|2\/2 slow\/one \(\d+ s left\)\|/);
  t.match(told('zh', true), /2\/2 slow\/one \(\d+ 秒 剩余\)/);
});

t.test(
  'elsewhere: a line for each group, and for each failure what came and how the server went',
  async (t) => {
    t.equal(
      told('en', false),
      [
        '1/2 slow',
        'wrong: slow/one: nothing comes',
        '  received (nothing)',
        'ended: slow/one: nothing comes',
        '  received (nothing)',
        '  the server ended with SIGABRT: last \\u001b[2J',
        '',
      ].join('\n'),
    );
  },
);
