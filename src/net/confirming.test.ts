import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { aConnectionHost } from '../../compat-tests/harness/connection-host.js';
import type { Message } from '../protocol/message.js';
import { Budget } from './budget.js';
import { type Confirming, Connection } from './connection.js';
import type { Worker } from './turns.js';

/** A stream whose input is pushed by hand, and whose output is seen. */
class Wire extends Duplex {
  /** What was written, by writes. */
  readonly written: string[] = [];

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.written.push(`${bytes}`);
    done();
  }

  /** What comes in one read, once it was read. */
  async say(text: string): Promise<void> {
    this.push(text);
    await turn();
  }
}

const confirming: Confirming = {
  read: (message) =>
    message.raw('c') === undefined
      ? undefined
      : { bytes: Number(message.raw('c')), isEnd: message.raw('end') === true },
  known: (bytes) => Buffer.from(`{"k":${bytes}}`),
  refused: () => Buffer.from('{"no":1}'),
};

/** A client that says what it has, with what was handled, and what became of what it was sent. */
function aClient(t: Test, { work, more = {} }: { work?: Promise<void>; more?: object } = {}) {
  const wire = new Wire();
  const handled: string[] = [];
  const faults: string[] = [];
  const told: string[] = [];
  const [ends, parts]: [string[], string[]] = [[], []];
  const host = {
    ...aConnectionHost(1_000_000),
    confirming,
    handle: (_: Connection, message: Message) => {
      handled.push(`${message.relay()}`);
      return handled.length === 1 ? work : undefined;
    },
    fault: (_: Connection, fault: string) => void faults.push(fault),
    closed: () => void ends.push('closed'),
    parted: () => void parts.push('parted'),
    ...more,
  };
  const connection = new Connection(wire, '127.0.0.1', host);
  connection.enter(1);
  t.ok(connection.startConfirming(0));
  t.teardown(() => wire.destroy());
  const send = async (...texts: string[]) => {
    for (const text of texts)
      connection.send(Buffer.from(text), {
        userid: 1,
        sent: () => void told.push(`${text} sent`),
        unsent: () => void told.push(`${text} unsent`),
      });
    await turn();
  };
  return { wire, connection, host, handled, faults, told, ends, parts, send };
}

/** Input that waits may be put off for some turns of the event loop. */
async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await turn();
}

t.test('what is written counts as sent once it is confirmed, and what waits follows then', async (t) => {
  const { wire, told, send } = aClient(t);
  await send('a');
  await send('bb', 'cc');
  t.same(wire.written, ['a']);
  t.same(told, []);
  await wire.say('{"c":0}');
  t.same(told, []);
  await wire.say('{"c":1}');
  t.same(told, ['a sent']);
  t.same(wire.written, ['a', '{"k":1}bbcc']);
  await wire.say('{"c":10}');
  t.same(told, ['a sent'], 'a part of what was written at once');
  await wire.say('{"c":12}');
  t.same(told, ['a sent', 'bb sent', 'cc sent']);
});

t.test('it is seen in front of all that waits, and the rest keeps its order', async (t) => {
  let done = () => {};
  const work = new Promise<void>((resolve) => {
    done = resolve;
  });
  const { wire, told, send, handled } = aClient(t, { work });
  await send('a');
  await wire.say('{"n":1}{"n":2}{"c":1}{"n":3}{"n":');
  t.same(told, ['a sent']);
  t.same(handled, ['{"n":1}']);
  done();
  await until(() => handled.length === 3);
  t.same(handled, ['{"n":1}', '{"n":2}', '{"n":3}']);
  await wire.say('4}');
  await until(() => handled.length === 4);
  t.equal(handled.at(-1), '{"n":4}');
});

t.test(
  'also behind more than is read of who confirms nothing, up to a bound; then its end tells',
  async (t) => {
    const limits = { ...aConnectionHost(1).limits, maxHeld: 2000, unheard: 10 };
    const { wire, told, send, faults, connection } = aClient(t, {
      work: new Promise(() => {}),
      more: { limits },
    });
    await send('a', 'b');
    for (let n = 0; n < 3; n++) await wire.say(`{"n":${n}}`);
    t.notOk(wire.isPaused());
    const ended = new Promise((resolve) => wire.on('close', resolve));
    await wire.say('{"n":"'.padEnd(2000, '.').concat('"}'));
    t.ok(wire.isPaused());
    await ended;
    t.same(faults, ['slow reader']);
    t.same(told, ['a unsent', 'b unsent']);
    t.equal(connection.why, 'it reads too slowly');
  },
);

t.test('a connection that is ended by the server hears what arrives, and nothing else', async (t) => {
  const { wire, connection, told, send, handled, ends } = aClient(t);
  await send('a');
  await wire.say('{"n":1}{"n"');
  connection.finish('the server stops');
  await wire.say(':2}{"n":3}');
  t.same(ends, []);
  await wire.say('{"c":1}');
  await until(() => ends.length > 0);
  t.same(told, ['a sent']);
  t.same(handled, ['{"n":1}']);
  t.ok(wire.writableEnded);
});

t.test('so does one that the client wants to end, once what it has asked before is answered', async (t) => {
  let done = () => {};
  const work = new Promise<void>((resolve) => {
    done = resolve;
  });
  const { wire, told, send, handled, ends } = aClient(t, { work });
  await send('a');
  await wire.say('{"n":1}{"n":2}{"c":1,"end":true}{"n":3}');
  t.same(told, ['a sent']);
  t.same(ends, []);
  done();
  await until(() => ends.length > 0);
  t.same(handled.slice(0, 2), ['{"n":1}', '{"n":2}']);
  t.same(ends, ['closed']);
});

t.test('after a goodbye what is confirmed counts, too', async (t) => {
  const { wire, connection, told, send, parts } = aClient(t);
  await send('a');
  connection.goodbye('the server stops');
  await send('b');
  await wire.say('{"c":1}');
  t.same(parts, []);
  await wire.say('{"c":9}');
  t.same(told, ['a sent', 'b sent']);
  t.same(parts, ['parted']);
});

t.test('who ends its side confirms nothing more, and what it has asked is handled', async (t) => {
  let done = () => {};
  const work = new Promise<void>((resolve) => {
    done = resolve;
  });
  const { wire, told, send, handled, ends, parts } = aClient(t, { work });
  await send('a');
  await send('b');
  await wire.say('{"n":1}{"n":2}');
  wire.push(null);
  await until(() => parts.length > 0);
  t.same(told, ['a unsent', 'b unsent']);
  t.same(parts, ['parted']);
  done();
  await until(() => ends.length > 0);
  t.same(handled, ['{"n":1}', '{"n":2}']);
  t.same(ends, ['closed']);
});

for (const wrong of ['{"c":2}', '{"c":-1}', '{"c":"x"}'])
  t.test(`${wrong} where one byte was written`, async (t) => {
    const { wire, told, send, handled, ends, faults } = aClient(t);
    await send('a');
    await send('b');
    await wire.say(`${wrong}{"n":1}{"c":1}`);
    t.same(told, ['a unsent', 'b unsent']);
    t.same(wire.written, ['a', '{"no":1}']);
    t.same(faults, ['wrong confirm']);
    t.same(handled, []);
    t.same(ends, ['closed']);
  });

t.test('a document that is too long is told of once', async (t) => {
  const { wire, faults } = aClient(t);
  await wire.say(`{"n":"${'x'.repeat(70_000)}`);
  t.same(faults, ['too long']);
});

t.test('who says so very often gives way to others each time', async (t) => {
  const waiting: Worker[] = [];
  const turns = {
    begin: () => false,
    isOver: () => true,
    putOff: (worker: Worker) => void waiting.push(worker),
  };
  const { wire, told, send, handled } = aClient(t, { more: { turns } });
  await send('a');
  await wire.say(`${'{"c":0}'.repeat(3)}{"c":1}{"n":1}`);
  let count = 0;
  for (let worker = waiting.shift(); worker !== undefined; worker = waiting.shift()) {
    worker.work();
    count++;
  }
  t.ok(count > 3, `${count} turns`);
  t.same(told, ['a sent']);
  t.same(handled, ['{"n":1}']);
});

/** Turns of the event loop that are over after each document, with the connections that wait for the next one. */
function shortTurns() {
  const waiting: Worker[] = [];
  const putOff = (worker: Worker) => void waiting.push(worker);
  return { waiting, turns: { begin: () => false, isOver: () => true, putOff } };
}

t.test('many small documents wait as the bytes that they came in', async (t) => {
  const { waiting, turns } = shortTurns();
  const { wire, connection, handled } = aClient(t, { more: { turns } });
  await wire.say('{}'.repeat(5000));
  let most = 0;
  for (let worker = waiting.shift(); worker !== undefined; worker = waiting.shift()) {
    worker.work();
    most = Math.max(most, connection.account.bytes);
  }
  t.equal(handled.length, 5000);
  t.ok(most <= 11_000, `${most} bytes`);
});

t.test('behind one that is handled no more of them are cut than a bound, and all are handled', async (t) => {
  let done = () => {};
  const work = new Promise<void>((resolve) => {
    done = resolve;
  });
  const limits = { ...aConnectionHost(1).limits, maxHeld: 20_000 };
  const turns = { begin: () => true, isOver: () => false, putOff: () => {} };
  const { wire, connection, told, send, handled } = aClient(t, { work, more: { limits, turns } });
  await send('a');
  await wire.say(`${'{}'.repeat(5000)}{"c":1}{"n":1}`);
  t.ok(connection.account.bytes <= 31_000, `${connection.account.bytes} bytes`);
  t.same(told, []);
  done();
  await until(() => handled.length === 5001);
  t.same(told, ['a sent']);
  t.equal(handled.at(-1), '{"n":1}');
});

t.test('the end of a client with much behind it gives way to others', async (t) => {
  const { waiting, turns } = shortTurns();
  let reads = 0;
  const read = (message: Message) => {
    reads++;
    return confirming.read(message);
  };
  const { wire, send, ends } = aClient(t, { more: { turns, confirming: { ...confirming, read } } });
  await send('a');
  await wire.say(`{"n":1}{"c":0,"end":true}${'{}'.repeat(1000)}{"c":1}`);
  let most = 0;
  for (let worker = waiting.shift(); worker !== undefined; worker = waiting.shift()) {
    const before = reads;
    worker.work();
    most = Math.max(most, reads - before);
  }
  await until(() => ends.length > 0);
  t.ok(most < 10, `${most} documents in one turn`);
});

t.test('what was cut when the server ends the connection is told from what comes later', async (t) => {
  let done = () => {};
  const work = new Promise<void>((resolve) => {
    done = resolve;
  });
  const limits = { ...aConnectionHost(1).limits, maxHeld: 2000 };
  const { wire, connection, send, handled, ends } = aClient(t, { work, more: { limits } });
  await send('a');
  const documents = Array.from({ length: 20 }, (_, n) => `{"n":${n}}`);
  await wire.say(documents.join('\0'));
  connection.finish('the server stops');
  await wire.say('\0{"n":"late"}\0{"c":1}');
  done();
  await until(() => ends.length > 0);
  t.same(handled, documents);
});

t.test('of a stranger that waits less is read and cut ahead when there is little room', async (t) => {
  const turns = { begin: () => true, isOver: () => false, putOff: () => {} };
  for (const [kept, isPaused] of [
    [1 << 28, false],
    [100_000, true],
  ] as const) {
    const more = { turns, budget: new Budget(kept) };
    const { wire, connection } = aClient(t, { work: new Promise(() => {}), more });
    connection.leave(1);
    await wire.say('{}'.repeat(400));
    t.equal(wire.isPaused(), isPaused, `of ${kept} bytes`);
    t.equal(connection.account.bytes < 30_000, isPaused, `${connection.account.bytes} bytes`);
  }
});
