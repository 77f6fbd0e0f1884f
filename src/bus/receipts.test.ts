import t from 'tap';
import { Receipts } from './receipts.js';

const message = (n: number) => Buffer.from(`{"n":${n}}`);

t.test(
  'nobody received: a message whose user has just left its node waits for the ones before it',
  async (t) => {
    let tell = (_counts: number[]) => {};
    const subscribers = () =>
      new Promise<number[]>((resolve) => {
        tell = resolve;
      });
    const receipts = new Receipts({ subscribers, settled: () => true, undelivered: () => {} });
    receipts.heard({ node: 'a', hello: false, taken: [], came: [6], left: [] });
    const first = receipts.answered(6, message(3), receipts.sent(6, message(3)), 0);
    receipts.heard({ node: 'a', hello: false, taken: [], came: [], left: [6] });
    const second = receipts.answered(6, message(8), receipts.sent(6, message(8)), 0);
    const order: string[] = [];
    const done = [first?.then(() => order.push('first')), second?.then(() => order.push('second'))];
    t.ok(first && second, 'both wait');
    tell([1]);
    await Promise.all(done);
    t.same(order, ['first', 'second']);
    t.equal(receipts.answered(6, message(9), undefined, 0), undefined, 'nothing to wait for any more');
  },
);
