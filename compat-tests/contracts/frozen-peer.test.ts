import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Bus } from '../../src/bus/bus.js';
import { SocketMedium } from '../../src/bus/sockets.js';
import { encode } from '../../src/bus/wire.js';
import { aMessage, NO_EVENTS } from '../harness/bus-node.js';
import { Child } from '../harness/child.js';
import { untilSilent } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { freeze, thaw } from '../harness/freeze.js';

t.setTimeout(600_000);

const PROGRAM = fileURLToPath(new URL('bus-program.js', import.meta.url));
const MB = 1024 * 1024;
/** The number of users who come and go at a time: the words about them are 16 KB. */
const TOGETHER = 1000;
const userids = Array.from({ length: TOGETHER }, (_, n) => n + 100);
/** How much is said to a node that is frozen, and how much of it may be kept, in bytes. */
const SAID = 32 * MB;
const MOST = 17 * MB;

t.test(
  'what is said to a frozen process is kept within a bound, and when it goes on nothing is lost',
  async (t) => {
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const medium = new SocketMedium(folder.path);
    const bus = new Bus(medium);
    const returned: string[] = [];
    await bus.start({ ...NO_EVENTS, returned: (_, messages) => returned.push(`${messages}`) });
    t.teardown(() => bus.close(0));
    const child = new Child(process.execPath, [PROGRAM, folder.path]);
    t.teardown(() => child.stop('SIGKILL'));
    await child.logged(/^there$/m);
    await untilSilent(
      async () => bus.reach(2) === 'now',
      () => 0,
      'the user to be known',
    );

    freeze(child.pid);
    let settled = 0;
    const write = (text: string) =>
      bus.sendNow(
        2,
        aMessage(text, () => settled++),
      );
    t.ok(write('1'));
    // As a login does that comes and goes, and very many together.
    await bus.listen(3);
    await bus.forget([3]);
    const frame = encode('moved', bus.name, { came: userids, left: userids });
    let [said, most] = [0, 0];
    for (; said < SAID; said += frame.length) {
      await medium.tell(undefined, frame);
      await turn();
      most = Math.max(most, medium.kept);
    }
    t.ok(most < MOST, `of ${said} bytes that were said ${most} were kept`);
    t.ok(write('2'));
    t.equal(settled, 0, 'nothing was acknowledged');

    thaw(child.pid);
    await untilSilent(
      async () => settled === 2,
      () => settled,
      'both messages to be acknowledged',
    );
    t.ok(write('3'));
    await untilSilent(
      async () => settled === 3,
      () => settled,
      'the third one to be',
    );
    const order = [...child.log.matchAll(/received (\d)/g)].map(([, text]) => text);
    t.same(order, ['1', '2', '3'], 'in order, each once');
    t.same(returned, []);
    t.equal(medium.kept, 0);
  },
);
