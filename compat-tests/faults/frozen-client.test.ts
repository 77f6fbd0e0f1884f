import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import t from 'tap';
import { documentStream } from '../../src/client/stream.js';
import { ClusterSite } from '../cluster/site.js';
import { beforeDeadline, until } from '../harness/deadline.js';

const site = await ClusterSite.start(0);
t.teardown(() => site.stop());

const PADDING = 'x'.repeat(60_000);
const COUNT = 400;

/** Logs user 2 in on the second node, and reads nothing. */
async function frozenUser(): Promise<Socket> {
  const socket = connect(site.node(1).port, '127.0.0.1').pause();
  socket.write(`${JSON.stringify({ id: 2, msgid: 1, password: 'pw' })}\0`);
  await once(socket, 'readable');
  return socket;
}

/** Reads on, until so many chats have come. */
async function thaw(socket: Socket, count: number): Promise<string[]> {
  const texts: string[] = [];
  const cut = documentStream();
  const all = new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      for (const text of cut(bytes)) if (JSON.parse(text).msgid === 6) texts.push(JSON.parse(text).msg);
      if (texts.length >= count) resolve();
    });
  });
  await beforeDeadline(all, () => `${count} messages, having ${texts.length}`);
  return texts;
}

t.test(
  'a client that freezes harms nobody else; its messages are stored, and it has all when it goes on',
  async (t) => {
    // Long messages stay in one piece, which is faster.
    const connection = await createConnection(site.mariadb.url('chat'));
    t.teardown(() => connection.end());
    await connection.query('alter table offlinemessage modify message mediumtext not null');
    site.nodes.push(await site.startNode(), await site.startNode());
    await site.accounts(1, 2, 3, 4);
    const [one, three, four] = [await site.online(0, 1), await site.online(0, 3), await site.online(1, 4)];
    const frozen = await frozenUser();

    const sent = Array.from({ length: COUNT }, (_, n) => `${n} ${PADDING}`);
    for (const [n, text] of sent.entries()) {
      await one.chat(1, 2, text);
      if (n % 40 > 0) continue;
      await three.chat(3, 4, `question ${n}`);
      t.equal((await four.hear()).msg, `question ${n}`);
      await four.chat(4, 3, `answer ${n}`);
      t.equal((await three.hear()).msg, `answer ${n}`);
    }
    const stored = async () => {
      const [rows] = await connection.query<RowDataPacket[]>(
        'select message from offlinemessage where userid = 2',
      );
      // The others are in the system's buffers, which may take half of them.
      return rows.length > COUNT / 4;
    };
    await until(stored, 'many messages to be stored');
    t.same(await thaw(frozen, COUNT), sent, 'all, in order');
    frozen.destroy();
    await Promise.all([one, three, four].map((user) => user.close()));
  },
);
