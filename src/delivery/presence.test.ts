import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Account, Budget } from '../net/budget.js';
import { Presence } from './presence.js';

const presenceOf = () => new Presence(new Account(new Budget(1_000_000)));

t.test('one who is forgotten is away, one who came after it is not', async (t) => {
  const presence = presenceOf();
  const first = presence.arrive(1);
  presence.forget(first);
  t.equal(presence.get(1), undefined);
  const second = presence.arrive(1);
  presence.forget(first);
  t.equal(presence.get(1), second);
});

t.test(
  'turns of one user come one after the other, also after one that failed; others do not wait',
  async (t) => {
    const presence = presenceOf();
    const gate = new PassThrough();
    const said: string[] = [];
    const slow = presence.oneAtATime(1, async () => {
      for await (const _ of gate);
      said.push('first');
      throw new Error('failed');
    });
    const next = presence.oneAtATime(1, async () => said.push('second'));
    await presence.oneAtATime(2, async () => said.push('other'));
    await turn();
    t.same(said, ['other']);
    const quiet = presence.quiet().then(() => said.push('quiet'));
    gate.end();
    await t.rejects(slow, { message: 'failed' });
    await Promise.all([next, quiet]);
    t.same(said, ['other', 'first', 'second', 'quiet']);
  },
);

t.test('it is quiet when those who are going have gone, also those whose turn has not come', async (t) => {
  const presence = presenceOf();
  let isGone = () => {};
  const going = presence.going(
    new Promise<void>((resolve) => {
      isGone = resolve;
    }),
  );
  let isQuiet = false;
  const quiet = presence.quiet().then(() => {
    isQuiet = true;
  });
  await turn();
  t.notOk(isQuiet);
  isGone();
  await Promise.all([going, quiet]);
});
