import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { Bus } from '../../src/bus/bus.js';
import { InProcessHub } from '../../src/bus/in-process.js';
import { readCommand } from '../../src/config.js';
import { ChatServer } from '../../src/server.js';
import { openEmbedded } from '../../src/store/embedded/embedded.js';
import { newFolder } from '../harness/folder.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

t.test(
  'what a client has written when it hears the goodbye of a node that drains is delivered',
  async (t) => {
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const data = join(folder.path, 'chat.db');
    const command = readCommand(['127.0.0.1', '0', '--pace', '0', '--drain', '1'], {});
    if (command.run !== 'serve') throw new Error(command.run);
    const log = pino({ level: 'silent' });
    const server = new ChatServer(
      command.config,
      openEmbedded(data),
      new Bus(new InProcessHub().medium()),
      log,
    );
    const { port } = await server.start();
    const two = await User.connect({ port });
    for (const name of ['one', 'two']) await two.register(name);
    await two.login(2);
    const one = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).resume();
    one.write('{"id":1,"msgid":1,"password":"pw"}\0');
    await once(one, 'data');
    one.write('{"groupdesc":"","groupname":"g","id":1,"msgid":8}\0');

    const stopped = server.stop();
    await once(one, 'end');
    // All of these are on their way while the client has not seen the end yet.
    for (const msg of ['first', 'second']) one.write(`{"id":1,"msg":"${msg}","msgid":6,"toid":2}\0`);
    one.write('{"msgid":4,"name":"three","password":"pw"}\0{"id":1,"msgid":1,"password":"pw"}\0');
    one.write('{"id":2,"msg":"forged","msgid":6,"toid":1}\0');
    one.end('{"id":1,"msg":"last","msgid":6,"toid":2}\0');
    const heard = (await two.rest()).map(({ msg }) => msg);
    await two.close();
    t.equal(await stopped, 0);

    const store = openEmbedded(data);
    const stored = (await store.storedMessages(2)).map((text) => JSON.parse(text).msg);
    t.same([...heard, ...stored], ['first', 'second', 'last'], 'each once, in order');
    t.equal(await store.idOf('three'), undefined, 'nobody is registered who cannot be told');
    t.match(await store.user(1), { state: 'offline' });
    t.same(await store.storedMessages(1), [], 'nobody else can be written for');
    await store.close();
  },
);
