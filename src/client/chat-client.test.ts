import { Duplex } from 'node:stream';
import t from 'tap';
import { ChatClient, timestamp } from './chat-client.js';

t.test('times are local, with leading zeros', async (t) => {
  t.equal(timestamp(new Date(2026, 0, 2, 3, 4, 5)), '2026-01-02 03:04:05');
});

t.test('what is no id is told to the program, and is not sent', async (t) => {
  const sent: string[] = [];
  const stream = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      const { msgid, id } = JSON.parse(String(chunk).replace(/\0$/, '')) as Record<string, unknown>;
      sent.push(String(chunk));
      if (msgid === 1) this.push(`${JSON.stringify({ errno: 0, id, msgid: 2, name: 'alice' })}`);
      done();
    },
  });
  const client = new ChatClient(stream);
  await t.rejects(client.login(Number(undefined), 'x'), new RangeError('not an id: NaN'));
  t.same(sent, []);
  await client.login(1, 'x');
  for (const id of [Number.NaN, 1.5, 2 ** 31, Number.POSITIVE_INFINITY]) {
    const wrong = new RangeError(`not an id: ${id}`);
    await t.rejects(client.chat(id, 'hello'), wrong);
    await t.rejects(client.groupChat(id, 'hello'), wrong);
    await t.rejects(client.addFriend(id), wrong);
    await t.rejects(client.joinGroup(id), wrong);
  }
  t.equal(sent.length, 1, 'the login alone was sent');
  stream.destroy();
});
