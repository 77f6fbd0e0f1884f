import t from 'tap';
import { openRoom } from '../../../compat-tests/harness/room.js';
import { Account, Budget } from '../../net/budget.js';
import type { NumberedMessage } from '../../store/store.js';
import { Numbers } from './numbers.js';

const OTHER = 'the node that the writer comes from';

t.test(
  'new messages wait behind one that another node has, for longer than a database may take nothing',
  async (t) => {
    const open: NumberedMessage = {
      userid: 1,
      seq: 1,
      state: 'open',
      node: OTHER,
      toid: 2,
      groupid: 0,
      sent: 0,
    };
    const room = await openRoom(t);
    const bus = {
      name: room.bus.name,
      knows: (node: string) => node === OTHER,
      silentUntil: () => 0,
      isUnwrittenElsewhere: () => false,
      tellStored: () => {},
      tellUnwritten: async () => {},
      tellWritten: () => {},
    };
    const store = { ...room.store, seqs: async () => [open] };
    const numbers = new Numbers({ ...room, store, bus }, 100);
    const session = room.presence.arrive(1);
    const account = new Account(new Budget(1 << 20));
    let now = 1000;
    t.intercept(performance, 'now', { value: () => now });
    const known = (seq: number) => numbers.known(session, seq, account);

    t.equal(await known(1), 'again', 'its writer sends it again');
    // As long as the campaign has a database that takes nothing, and some more.
    now += 12_000;
    t.equal(await known(2), 'again');
    now += 9000;
    t.equal(await known(2), 'new', 'a receiver that does not read holds up nobody for ever');
  },
);
