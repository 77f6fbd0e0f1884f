import t from 'tap';
import { RESULTS, type Result } from '../protocol/verbs.js';
import { compile } from './compile.js';
import type { DialectFile } from './file.js';
import { contradictions } from './rules.js';

/** The text of a dialect's reply with this result. */
function said(file: DialectFile, reply: 'login' | 'register', result: Result) {
  return JSON.parse(
    String(compile('fork', file).replies.write(reply, result, result === 'ok' ? { id: 7 } : {})),
  );
}

const REFUSALS = RESULTS.filter((result) => result !== 'ok');

t.test(
  'in a dialect of its own every refusal has a text, and an errno of the type that success has',
  async (t) => {
    const oks: NonNullable<NonNullable<DialectFile['results']>['ok']>[] = [
      ...[{ errno: 1 }, { errno: 200 }, { errno: 'success' }, { errno: true }, { errno: false }, {}],
    ];
    for (const ok of oks) {
      const file: DialectFile = { typeKey: 'type', results: { ok } };
      t.same(contradictions(file), []);
      for (const reply of ['login', 'register'] as const) {
        const { errno } = said(file, reply, 'ok');
        for (const result of REFUSALS) {
          const refusal = said(file, reply, result);
          const what = `${reply} ${result} after ${JSON.stringify(ok)}`;
          t.match(refusal, { errmsg: /./ }, what);
          t.equal(typeof refusal.errno, typeof errno, what);
          t.not(refusal.errno, errno, what);
        }
      }
    }
  },
);

t.test('what a file gives for one refusal is said in the others that it does not give', async (t) => {
  const file: DialectFile = { results: { ok: { errno: 'yes' }, invalid: { errno: 'no' } } };
  for (const result of REFUSALS) t.equal(said(file, 'login', result).errno, 'no');
});

t.test('the original says what it said', async (t) => {
  t.same(said({}, 'register', 'refused'), { errno: 1, msgid: 5 });
  t.same(said({ extends: 'early' }, 'register', 'refused'), { errno: 1, msgid: 4 });
  t.same(said({ results: { refused: { errmsg: null } }, typeKey: 'x' }, 'register', 'refused'), {
    errno: 1,
    x: 5,
  });
});

t.test('a refusal that a client would take for success is a mistake', async (t) => {
  t.same(contradictions({ results: { inUse: { errno: 0 } } }), [
    'results.inUse.errno: 0 is the errno of ok, too: clients take it for something else',
  ]);
  t.same(contradictions({ verbs: { register: { results: { refused: { errno: 'no' } } } } }), [
    'verbs.register.results.refused.errno: "no" is a string, that of ok a number: clients take it for something else',
  ]);
});

t.test('a result has names of its own, and a text with what the reply tells', async (t) => {
  const file: DialectFile = {
    results: { invalid: { replyFields: { errmsg: 'reason', errno: 'code' } } },
    verbs: {
      register: {
        results: {
          ok: { errmsg: 'your id is {id}, {name}{idea}', replyFields: { errmsg: 'note', id: null } },
        },
      },
    },
  };
  t.same(said(file, 'login', 'invalid'), { code: 1, msgid: 2, reason: 'id or password is invalid!' });
  t.same(said(file, 'register', 'ok'), { errno: 0, msgid: 5, note: 'your id is 7, {idea}' });
  t.match(said(file, 'login', 'inUse'), { errno: 2, errmsg: /./ });
});
