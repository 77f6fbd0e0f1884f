import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { type Stranger, Strangers } from './strangers.js';

class Somebody implements Stranger {
  readonly users = new Set<number>();
  readonly address: string;
  reason: string | undefined;

  constructor(address: string) {
    this.address = address;
  }

  sendAway(reason: string): void {
    this.reason = reason;
  }
}

t.test(
  'one address has so many places: the longest waiting gives way, who has logged in does not',
  async (t) => {
    const strangers = new Strangers(Number.POSITIVE_INFINITY, 3);
    const all = Array.from({ length: 6 }, () => new Somebody('10.0.0.1'));
    all[0]?.users.add(1);
    for (const one of all) strangers.add(one);
    t.same(
      all.map(({ reason }) => reason !== undefined),
      [false, true, true, false, false, false],
    );
    const others = ['10.0.0.2', '2001:db8:1:2::1', '2001:db8:1:3::1'].map((address) => new Somebody(address));
    for (const one of others) strangers.add(one);
    t.ok(
      others.every(({ reason }) => reason === undefined),
      'other addresses have their own',
    );
    const network = Array.from({ length: 4 }, (_, n) => new Somebody(`2001:db8:9:9::${n}`));
    for (const one of network) strangers.add(one);
    t.type(network[0]?.reason, 'string', 'a /64 counts as one');
    strangers.forget(all[3] as Somebody);
    strangers.add(new Somebody('10.0.0.1'));
    t.equal(all[4]?.reason, undefined, 'who has gone leaves its place');
    strangers.close();
  },
);

t.test('who does not log in in time has to go, who has logged in may stay', async (t) => {
  const strangers = new Strangers(10, 100);
  const [silent, user] = [new Somebody('10.0.0.1'), new Somebody('10.0.0.1')];
  user.users.add(1);
  strangers.add(silent);
  strangers.add(user);
  while (silent.reason === undefined) await delay(50);
  t.equal(silent.reason, 'nobody has logged in on it');
  t.equal(user.reason, undefined);
  strangers.close();
});

t.test('who comes again begins anew, behind those who have come meanwhile', async (t) => {
  const strangers = new Strangers(Number.POSITIVE_INFINITY, 2);
  const [first, second, third] = [new Somebody('a'), new Somebody('a'), new Somebody('a')];
  for (const one of [first, second, first, third]) strangers.add(one);
  t.same(
    [first, second, third].map(({ reason }) => reason !== undefined),
    [false, true, false],
  );
  strangers.close();
});
