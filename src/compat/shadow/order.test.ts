import t from 'tap';
import { Order } from './order.js';

const NOTHING_QUEUED = Number.POSITIVE_INFINITY;

t.test('what waits goes when all is over that was there before', async (t) => {
  const order = new Order();
  const gone: string[] = [];
  const [one, two] = [order.begin(0), order.begin(0)];
  order.whenOver(one, () => gone.push('behind one'));
  order.whenOver(two, () => gone.push('behind two'));
  order.done(two);
  t.same(gone, [], 'the first one is not over');
  order.done(one);
  t.same(gone, ['behind one', 'behind two']);
  t.ok(order.isOver(two));
});

t.test('nothing is held up for ever; what was held up by something counts from then', async (t) => {
  const order = new Order();
  const [one, two] = [order.begin(0), order.begin(1)];
  order.expire(5, 10, NOTHING_QUEUED);
  t.ok(order.isOver(one), 'the oldest is over');
  t.notOk(order.isOver(two), 'the next one has waited for it');
  order.expire(9, 14, NOTHING_QUEUED);
  t.notOk(order.isOver(two));
  order.expire(10, 15, NOTHING_QUEUED);
  t.ok(order.isOver(two));
});

t.test('what has not left for the second server cannot have been answered', async (t) => {
  const order = new Order();
  const one = order.begin(3);
  order.expire(5, 10, 2);
  t.notOk(order.isOver(one));
  order.expire(9, 14, 4);
  t.notOk(order.isOver(one), 'it counts from when it was last looked at');
  order.expire(10, 15, 4);
  t.ok(order.isOver(one));
});
