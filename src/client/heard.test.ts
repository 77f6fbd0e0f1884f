import t from 'tap';
import { Heard } from './heard.js';

const message = (id: number, seq?: unknown) => ({
  ...{ from: { id, name: '' }, group: undefined, text: '', time: '', document: { id, seq } },
});

t.test('a number of a sender comes once; what has none always comes', async (t) => {
  const heard = new Heard();
  t.ok(heard.isNew(message(1, 1)));
  t.ok(heard.isNew(message(2, 1)), 'of another sender');
  t.ok(heard.isNew(message(1, 3)));
  t.ok(heard.isNew(message(1, 2)), 'one that is late');
  for (const seq of [1, 2, 3]) t.notOk(heard.isNew(message(1, seq)));
  for (const seq of [undefined, '1', null, {}])
    for (let n = 0; n < 2; n++) t.ok(heard.isNew(message(1, seq)));
});

t.test('the last 1,000 of each of the last 1,000 senders are remembered', async (t) => {
  const heard = new Heard();
  for (let seq = 1; seq <= 1001; seq++) heard.isNew(message(1, seq));
  t.notOk(heard.isNew(message(1, 2)));
  t.ok(heard.isNew(message(1, 1)));
  for (let id = 2; id <= 1000; id++) heard.isNew(message(id, 1));
  t.notOk(heard.isNew(message(1, 1)), 'it is the last one now');
  for (let id = 2001; id <= 2999; id++) heard.isNew(message(id, 1));
  t.notOk(heard.isNew(message(1, 1)));
  t.ok(heard.isNew(message(2, 1)));
});
