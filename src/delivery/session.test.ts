import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { UnreadClient } from '../../compat-tests/harness/unread-client.js';
import { Message } from '../bus/message.js';
import { Account, Budget } from '../net/budget.js';
import { Session } from './session.js';

function aSession(): Session {
  return new Session(1, new Account(new Budget(1_000_000)));
}

/** A session that is live on a connection whose client takes what is written when it is told to. */
function live(): { readonly session: Session; readonly client: UnreadClient } {
  const client = new UnreadClient();
  const session = aSession();
  session.enter(client.connection, () => {});
  session.goLive();
  return { client, session };
}

const texts = (messages: readonly Message[]) => messages.map(({ bytes }) => bytes.toString());

/** Every step from one state to another, by name. */
const STEPS: Readonly<Record<string, (session: Session) => unknown>> = {
  enter: (session) => session.enter(new UnreadClient().connection, () => {}),
  'go live': (session) => session.goLive(),
  'fall behind': (session) => session.fallBehind(),
  'log out': (session) => session.logOut(),
  leave: (session) => session.leave(),
};

/** The table at the head of session.ts: the state after these steps; undefined where the last one is refused. */
const WAYS: readonly (readonly [steps: string, state: string | undefined])[] = [
  ['', 'arriving'],
  ['enter', 'catchingUp'],
  ['enter, go live', 'live'],
  ['enter, go live, fall behind', 'catchingUp'],
  ['enter, fall behind', 'catchingUp'],
  ['enter, log out', 'draining'],
  ['enter, go live, log out', 'draining'],
  ['enter, go live, log out, fall behind', 'draining'],
  ['enter, log out, leave', 'leaving'],
  ['enter, log out, leave, fall behind', 'leaving'],
  ['go live', undefined],
  ['log out', undefined],
  ['enter, enter', undefined],
  ['enter, leave', undefined],
  ['enter, go live, leave', undefined],
  ['enter, log out, go live', undefined],
  ['enter, log out, log out', undefined],
  ['enter, log out, leave, leave', undefined],
];

for (const [steps, state] of WAYS)
  t.test(`arrives${steps && `, then: ${steps}`}: ${state ?? 'refused'}`, async (t) => {
    const session = aSession();
    const names = steps.split(', ').filter(Boolean);
    const last = state === undefined ? names.pop() : undefined;
    for (const name of names) STEPS[name]?.(session);
    if (last !== undefined) t.throws(() => STEPS[last]?.(session), /cannot be/);
    else t.equal(session.state, state);
    const isOnline = session.state === 'live' || session.state === 'catchingUp';
    t.equal(session.isOnline, isOnline);
    t.same([...(session.connection?.users ?? [])], isOnline ? [1] : []);
  });

t.test('a logout takes back what its connection has not begun to write', async (t) => {
  const { session, client } = live();
  session.send(Buffer.from('being written'));
  await turn();
  session.send(Buffer.from('waits'));
  session.sendKept(Message.received(Buffer.from('waits too'), () => t.fail('it has not left')));
  session.logOut();
  const written = session.written();
  client.takeWrite();
  await written;
  t.same(texts(session.leave()), ['waits', 'waits too']);
  await turn();
  t.same(client.writes, ['being written']);
});

t.test('a connection that breaks after a logout: what was being written comes back first', async (t) => {
  const { session, client } = live();
  session.send(Buffer.from('being written'));
  await turn();
  session.send(Buffer.from('waits'));
  session.logOut();
  const written = session.written();
  client.destroy();
  await written;
  t.same(texts(session.leave()), ['being written', 'waits']);
});

t.test('a reply, and what is for others on the connection, stays', async (t) => {
  const { session, client } = live();
  const { connection } = client;
  const other = new Session(2, new Account(new Budget(1_000_000)));
  other.enter(connection, () => {});
  other.goLive();
  session.send(Buffer.from('written.'));
  await turn();
  session.send(Buffer.from('mine.'));
  connection.reply(Buffer.from('reply.'));
  other.send(Buffer.from('other.'));
  session.logOut();
  const written = session.written();
  client.takeWrite();
  await written;
  t.same(texts(session.leave()), ['mine.']);
  await turn();
  client.takeWrite();
  t.same(client.writes, ['written.', 'reply.other.']);
});

t.test('what was stored for a slow consumer and leaves all the same is to be deleted, once', async (t) => {
  const { session, client } = live();
  session.send(Buffer.from('written'));
  await turn();
  session.send(Buffer.from('waits'));
  t.same(texts(session.spill()), ['written', 'waits']);
  session.logOut();
  const written = session.written();
  client.takeWrite();
  await written;
  t.same(session.leave(), [], 'all of it is stored');
  t.same(session.takeSentStored(), ['written']);
  t.notOk(session.hasSentStored);
});

t.test('a certainty that something is stored stays one until it is read', async (t) => {
  const session = aSession();
  session.markUnread('yes');
  session.markUnread('perhaps');
  t.equal(session.unread, 'yes');
  session.markRead();
  t.equal(session.unread, 'no');
  session.markUnread('perhaps');
  t.equal(session.unread, 'perhaps');
});

t.test('a logout is a change: what the user waited for does not come', async () => {
  const { session } = live();
  const changed = session.changed.next();
  session.logOut();
  await changed;
});
