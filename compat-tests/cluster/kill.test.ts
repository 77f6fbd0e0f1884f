import t from 'tap';
import { type Document, User } from '../harness/user.js';
import { ClusterSite } from './site.js';

const MESSAGES = 10_000;
/** Every so many messages a node is killed and started again. */
const KILL_EVERY = 2000;
const RECEIVERS = [2, 3, 4, 5];

const site = await ClusterSite.start(3);
t.teardown(() => site.stop());

let ending = false;

/** A user who logs in now on one, now on the other of the nodes that are killed. Resolves with all it got. */
async function receive(id: number): Promise<string[]> {
  const heard: string[] = [];
  const note = ({ msgid, msg }: Document) => msgid === 6 && heard.push(msg);
  for (let turn = id; !ending; turn++) {
    const user = await User.connect(site.node(1 + (turn % 2))).catch(() => undefined);
    if (user === undefined) continue;
    try {
      const { offlinemsg = [], errno } = await user.login(id);
      for (const text of offlinemsg) note(JSON.parse(text));
      while (errno === 0) note(await user.hear());
      await user.close();
    } catch {
      for (const document of await user.rest()) note(document);
    }
  }
  return heard;
}

/** At most this many messages are under way in the four times that a node dies. */
const MOST_TWICE = 400;

async function restart(index: number): Promise<void> {
  const { child, port } = site.node(index);
  await child.stop('SIGKILL');
  site.nodes[index] = await site.startNode(port);
}

t.test(
  'DIFFERENCES 18: of 10,000 messages sent while nodes are killed and restarted each one is delivered or stored',
  async (t) => {
    await site.accounts(1, ...RECEIVERS);
    const sender = await site.online(0, 1);
    const receivers = RECEIVERS.map(receive);
    let restarting = Promise.resolve();
    for (let n = 0; n < MESSAGES; n++) {
      await sender.chat(1, RECEIVERS[n % RECEIVERS.length] ?? 0, `m ${n}`);
      if (n % 50 === 0) await sender.settle();
      if (n % KILL_EVERY === KILL_EVERY / 2) {
        await restarting;
        restarting = restart(1 + ((n / KILL_EVERY) & 1));
      }
    }
    await sender.settle();
    await restarting;
    ending = true;
    // The sender's node last: it holds what is under way to a node that may still be alive, for two seconds.
    for (const index of [1, 2, 0]) t.equal(await site.node(index).child.stop('SIGTERM'), 0);
    const heard = (await Promise.all(receivers)).flat();
    const stored = (await site.database.rows()).offlinemessage.map(
      ({ message }) => JSON.parse(String(message)).msg,
    );
    const known = new Set([...heard, ...stored]);
    const missing = Array.from({ length: MESSAGES }, (_, n) => `m ${n}`).filter((msg) => !known.has(msg));
    const twice = heard.length + stored.length - known.size;
    t.comment(`delivered ${heard.length}, stored ${stored.length}, of these twice ${twice}`);
    t.same(missing, []);
    t.ok(twice <= MOST_TWICE, `${twice} came twice`);
  },
);
