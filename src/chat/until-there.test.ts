import t from 'tap';
import { StoreUnavailable } from '../store/store.js';
import { untilAnswered, untilThere } from './until-there.js';

t.test('what the store does not take is tried again until it does', async (t) => {
  let tries = 0;
  const work = async () => {
    if (++tries < 3) throw new StoreUnavailable('away');
    return 'done';
  };
  const { signal } = new AbortController();
  t.equal(await untilThere(work, signal), 'done');
  tries = 0;
  t.equal(await untilAnswered(work, signal), 'done');
  t.equal(tries, 3);
  await t.rejects(
    untilAnswered(() => Promise.reject(new Error('refused')), signal),
    { message: 'refused' },
  );
});

t.test('a question that is asked again is left unanswered when the server stops', async (t) => {
  const stopping = new AbortController();
  let tries = 0;
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const answered = untilAnswered(() => {
    if (++tries === 1) return Promise.reject(new StoreUnavailable('away'));
    asked();
    return new Promise<string>(() => {});
  }, stopping.signal);
  await isAsked;
  stopping.abort();
  await t.rejects(answered, { message: 'the server stops' });
});
