import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { Cutter } from './cutter.js';
import { Ear, standingIn } from './listen.js';
import { Session } from './session.js';

t.setTimeout(600_000);

const REQUEST = '{"id":1,"msgid":1,"password":"pw"}\0';

/** Their answers are 25 MB: more than the system takes for who does not read. */
const REQUESTS = 60_000;

t.test('a stand-in does not read who does not read its answers, and goes on when it does', async (t) => {
  const serve = standingIn(new Session());
  let read = 0;
  let tell = (_isPaused: boolean) => {};
  const isHeldUp = new Promise<boolean>((resolve) => (tell = resolve));
  const ear = new Ear((connection, client, keep) => {
    serve(connection, client, keep);
    client.on('data', ({ length }: Buffer) => {
      read += length;
      if (client.isPaused() || read === REQUESTS * REQUEST.length) tell(client.isPaused());
    });
  });
  t.teardown(() => ear.close());
  const socket = connect(await ear.open({ ip: '127.0.0.1', port: 0 }), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(REQUEST.repeat(REQUESTS));
  t.ok(await isHeldUp, 'before it has read all');
  const cutter = new Cutter();
  let answers = 0;
  for await (const bytes of socket) {
    answers += cutter.push(bytes).length;
    if (answers === REQUESTS) break;
  }
  t.equal(answers, REQUESTS);
});
