import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import type { Connection } from '../net/connection.js';
import { Presence, type Present } from './presence.js';

/** What a user's entry needs of a connection. */
function aConnection(): Connection {
  return { users: new Set<number>() } as Partial<Connection> as Connection;
}

/** Every way from one state to another, by name. */
const MOVES: Readonly<Record<string, (presence: Presence, user: Present) => unknown>> = {
  enter: (presence, user) => presence.enter(user, aConnection()),
  'catch up': (presence, user) => presence.caughtUp(user),
  'fall behind': (presence, user) => presence.fallBehind(user),
  leave: (presence, user) => presence.leave(user),
};

/** The table in presence.ts, from state to state. */
const WAYS: readonly (readonly [moves: string, state: string, isHere: boolean])[] = [
  ['', 'arriving', false],
  ['enter', 'behind', true],
  ['enter, catch up', 'here', true],
  ['enter, catch up, fall behind', 'behind', true],
  ['enter, fall behind', 'behind', true],
  ['enter, leave', 'leaving', false],
  ['enter, catch up, leave', 'leaving', false],
  ['enter, catch up, leave, fall behind', 'leaving', false],
];

for (const [moves, state, isHere] of WAYS)
  t.test(`arrives${moves && `, then: ${moves}`}: ${state}`, async (t) => {
    const presence = new Presence();
    const user = presence.arrive(1);
    for (const move of moves.split(', ').filter(Boolean)) MOVES[move]?.(presence, user);
    t.equal(user.state, state);
    t.equal(presence.isHere(1), isHere);
    t.same(presence.all(), [user]);
    t.same([...(user.connection?.users ?? [])], isHere ? [1] : []);
  });

t.test('one who is forgotten is away, one who came after it is not', async (t) => {
  const presence = new Presence();
  const first = presence.arrive(1);
  presence.forget(first);
  t.equal(presence.get(1), undefined);
  const second = presence.arrive(1);
  presence.forget(first);
  t.equal(presence.get(1), second);
});

t.test('who leaves is woken: what it waited for does not come', async (t) => {
  const presence = new Presence();
  const user = presence.arrive(1);
  presence.enter(user, aConnection());
  let isWoken = false;
  user.wake = () => {
    isWoken = true;
  };
  presence.leave(user);
  t.ok(isWoken);
});

t.test(
  'turns of one user come one after the other, also after one that failed; others do not wait',
  async (t) => {
    const presence = new Presence();
    const gate = new PassThrough();
    const said: string[] = [];
    const slow = presence.turn(1, async () => {
      for await (const _ of gate);
      said.push('first');
      throw new Error('failed');
    });
    const next = presence.turn(1, async () => said.push('second'));
    await presence.turn(2, async () => said.push('other'));
    await turn();
    t.same(said, ['other']);
    const quiet = presence.quiet().then(() => said.push('quiet'));
    gate.end();
    await t.rejects(slow, { message: 'failed' });
    await Promise.all([next, quiet]);
    t.same(said, ['other', 'first', 'second', 'quiet']);
  },
);
