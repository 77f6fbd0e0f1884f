import t from 'tap';
import { wasRead } from '../harness/was-read.js';
import { Writer } from './people.js';
import { DeliverySite } from './site.js';

t.setTimeout(600_000);

const site = await DeliverySite.start(t, 3);

/** None of these can be delivered before the database is back. */
const WORKS: Readonly<Record<string, (writer: Writer) => Promise<void>>> = {
  'a group message': (writer) => writer.writeToGroup(1, 1),
  'a message to one who is offline': (writer) => writer.write(3, 1),
};

for (const [what, work] of Object.entries(WORKS))
  t.test(`${what} that waits for the database when the node is stopped: its end says so`, async (t) => {
    const node = await site.node();
    const writer = await Writer.online(node, 1);
    site.mariadb.freeze();
    await work(writer);
    node.child.signal('SIGTERM');
    t.equal(await node.child.orEnded(node.child.ended, 'end'), 1, 'not as if all were well');
    t.match(node.child.log, /"count":1,"msg":"(messages lost|users left online): /, 'and what is left');
    t.match(node.child.log, /"status":1,"msg":"stopped"/, 'which is no crash');
    site.mariadb.thaw();
  });

t.test('group messages behind one that waits for the database are told as lost, each of them', async (t) => {
  const node = await site.node();
  const writer = await Writer.online(node, 1);
  site.mariadb.freeze();
  await writer.writeToGroup(1, 3);
  await wasRead(writer.line.port, node.port);
  node.child.signal('SIGTERM');
  t.equal(await node.child.orEnded(node.child.ended, 'end'), 1);
  t.match(node.child.log, /"from":1.*"msg":"message lost"/);
  t.match(node.child.log, /"count":3,"msg":"messages lost: /);
  site.mariadb.thaw();
});
