import t from 'tap';
import { Account, Budget } from '../net/budget.js';
import { Message, OVERHEAD } from './message.js';

const BYTES = Buffer.from('{"msg":"hello"}');

t.test(
  'a message of another node is on an account of the node that keeps it, until it is settled',
  async (t) => {
    const budget = new Budget(1 << 20);
    const nodes = new Account(budget);
    const message = Message.received(BYTES, () => {});
    t.equal(budget.used, 0);
    message.charge(nodes);
    message.charge(nodes);
    t.equal(budget.used, 2 * OVERHEAD + BYTES.length, 'for two users its bytes are there once');
    message.settle(1);
    t.equal(budget.used, OVERHEAD + BYTES.length);
    message.settle(2);
    t.equal(budget.used, 0);
  },
);

t.test('one that a dead node gave back was never on it, and takes nothing off it', async (t) => {
  const budget = new Budget(1 << 20);
  const nodes = new Account(budget);
  const message = Message.received(BYTES, () => {});
  message.settle(1);
  message.charge(nodes);
  message.settle(2);
  message.settle(3);
  t.equal(budget.used, 0);
});
