import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import t from 'tap';
import { Bus } from '../../src/bus/bus.js';
import { InProcessHub } from '../../src/bus/in-process.js';
import { readCommand } from '../../src/config.js';
import { ChatServer } from '../../src/server.js';
import { openEmbedded } from '../../src/store/embedded/embedded.js';

t.test('an unexpected exception in a handler costs that message only', async (t) => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const command = readCommand(['127.0.0.1', '0', '--pace', '0'], {});
  if (command.run !== 'serve') throw new Error(command.run);
  const store = openEmbedded(':memory:');
  const broken = {
    ...store,
    user: async () => {
      throw new TypeError('a bug');
    },
  };
  const server = new ChatServer(command.config, broken, new Bus(new InProcessHub().medium()), log);
  const client = connect((await server.start()).port, '127.0.0.1').setEncoding('utf8');
  let answers = '';
  client.on('data', (text: string) => {
    answers += text;
  });
  client.write('{"id":1,"msgid":1,"password":"x"}\0{"msgid":4,"name":"n","password":"p"}\0');
  while (!answers.endsWith('"msgid":5}')) await once(client, 'data');
  t.match(
    answers,
    /^\{"errmsg":"service is unavailable.*"errno":3,"msgid":2\}\{"errno":0,"id":1,"msgid":5\}$/,
  );
  t.match(lines.join(''), /"message":"a bug"/);
  client.destroy();
  t.equal(await server.stop(), 0);
});
