import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { Nginx } from '../harness/nginx.js';
import { User } from '../harness/user.js';
import { ClusterSite } from './site.js';

/** The `fail_timeout` here, in ms: shorter than what is shipped. */
const FAIL_TIMEOUT = 1000;

const site = await ClusterSite.start(2);
t.teardown(() => site.stop());
const nginx = await Nginx.start(deployed);
t.teardown(() => nginx.stop());

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** The configuration that is shipped, with the ports of this test; the harness loads the module itself. */
function deployed(port: number): string {
  const changes: [RegExp, string][] = [
    [/^include .*$/m, ''],
    [/\b127\.0\.0\.1:6000\b/, `127.0.0.1:${site.node(0).port}`],
    [/\b127\.0\.0\.1:6002\b/, `127.0.0.1:${site.node(1).port}`],
    [/\blisten 8000\b/, `listen 127.0.0.1:${port}`],
    [/\bfail_timeout=5s\b/g, `fail_timeout=${FAIL_TIMEOUT / 1000}s`],
  ];
  return changes.reduce(
    (text, [from, to]) => {
      if (!from.test(text)) throw new Error(`nginx.conf has no ${from}`);
      return text.replace(from, to);
    },
    readFileSync('deploy/nginx/nginx.conf', 'utf8'),
  );
}

const ids = numbers(10).map((n) => n + 1);

/** Logs these accounts in through nginx, one after the other. */
async function online(accounts: readonly number[]): Promise<Map<number, User>> {
  const users = new Map<number, User>();
  for (const id of accounts) users.set(id, await User.online(nginx, id));
  return users;
}

/** The users of a node that is killed now: those whose connections end with it. */
async function endedWith(index: number, users: ReadonlyMap<number, User>): Promise<number[]> {
  await site.node(index).child.stop('SIGKILL');
  const answered = async ([id, user]: [number, User]) =>
    await user.settle().then(
      () => [],
      () => [id],
    );
  return (await Promise.all([...users].map(answered))).flat();
}

/** The next `count` texts that a user hears. */
async function heard(user: User, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) texts.push((await user.hear()).msg);
  return texts;
}

/** The texts that a user hears before this one. */
async function heardBefore(text: string, user: User): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const { msg } = await user.hear();
    if (msg === text) return texts;
    texts.push(msg);
  }
}

t.test('clients are spread over the nodes, and those of a node that is killed go to the other', async (t) => {
  await site.accounts(...ids);
  const users = await online(ids);
  const [one, two] = [users.get(1)!, users.get(2)!];
  const texts = numbers(100).map((n) => `m ${n}`);
  for (const text of texts) {
    await one.chat(1, 2, text);
    await two.chat(2, 1, text);
  }
  t.same([await heard(one, 100), await heard(two, 100)], [texts, texts]);

  const moved = await endedWith(0, users);
  t.equal(moved.length, 5, 'half of them were on the first node');
  t.not(moved.includes(1), moved.includes(2), 'and the two who chatted were on both');
  const again = await online(moved);
  const [stayed] = ids.filter((id) => !moved.includes(id));
  await users.get(stayed!)!.chat(stayed!, moved[0]!, 'here you are');
  const before = await heardBefore('here you are', again.get(moved[0]!)!);
  t.same(
    before.filter((text) => !texts.includes(text)),
    [],
    'at most what the killed node had not confirmed comes again (DIFFERENCES 18)',
  );

  site.nodes[0] = await site.startNode(site.node(0).port);
  // nginx counts whole seconds, and waits until more than these have passed.
  await delay(FAIL_TIMEOUT + 1000);
  for (const [id, user] of again) {
    await user.say({ id, msgid: 3 });
    await user.settle();
  }
  t.same(
    await endedWith(0, await online(moved)),
    moved,
    'the first node is back, and has the fewest clients',
  );
});
