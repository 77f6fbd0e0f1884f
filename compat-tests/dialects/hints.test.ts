import t from 'tap';
import { Client } from '../harness/client.js';
import { Site } from '../harness/site.js';
import { forkOf } from './forks.js';
import { readRecording, recordings } from './recording.js';
import { writeDialect } from './site.js';

t.setTimeout(600_000);

const EARLY = '{"msgid":3,"name":"alice","password":"secret"}\0';

t.test('a client of another dialect is told of once, in words, and without its texts', async (t) => {
  const site = await Site.embedded();
  t.teardown(() => site.stop());
  const { child, port } = site.node(0);
  const client = await Client.connect(port);
  for (let n = 0; n < 3; n++) await client.send(EARLY);
  await client.send('{"msgid":4,"name":"bob","password":"pw"}\0');
  await client.takeWhen((unread) => unread.includes('"msgid":5'));
  const hint = 'looks like a registration; it is understood with --dialect early';
  await child.logged(new RegExp(hint));
  t.equal(child.log.split(hint).length, 2);
  t.notMatch(child.log, /alice|secret/);
});

t.test('clients that are understood are not told of', async (t) => {
  const site = await Site.embedded();
  t.teardown(() => site.stop());
  const originals = recordings().filter((recording) => forkOf(recording).dialect === 'original');
  for (const recording of originals) {
    const client = await Client.connect(site.node(0).port);
    for (const event of readRecording(recording)) if (event.do === 'send') await client.send(event.bytes);
    await client.close();
  }
  t.notMatch(site.node(0).child.log, /looks like|understood with/);
});

t.test('each client whose documents come behind their length is told of once', async (t) => {
  const site = await Site.embedded();
  t.teardown(() => site.stop());
  const { child, port } = site.node(0);
  const body = Buffer.from('{"msgid":4,"name":"bob","password":"pw"}');
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(body.length);
  for (let n = 1; n <= 2; n++) {
    const client = await Client.connect(port);
    await client.send(Buffer.concat([prefix, body]));
    await client.send(Buffer.concat([prefix, body]));
    await client.close();
    await child.logged(new RegExp(`(documents come behind four bytes[^]*){${n}}`));
  }
  t.equal(child.log.split('documents come behind four bytes').length, 3);
});

t.test('what may be a mistake in a dialect file is told at the start', async (t) => {
  const file = writeDialect({ replies: { joinGroup: 10 } });
  t.teardown(() => file.remove());
  const site = await Site.embedded('--dialect', file.path);
  t.teardown(() => site.stop());
  t.ok(await site.node(0).child.logged(/replies.joinGroup: 10 is the number of groupChat, too/));
});
