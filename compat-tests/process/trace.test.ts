import t from 'tap';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

interface Line {
  readonly msg: string;
  readonly userid: number;
  readonly message: string;
}

t.test(
  '--log-level trace tells where each message is, from one place to the next, and never its text',
  async (t) => {
    const { child, ...server } = await startServer(['--data', ':memory:', '--log-level', 'trace']);
    t.teardown(() => child.stop('SIGKILL'));
    const [ann, bob] = [await User.connect(server), await User.connect(server)];
    for (const name of ['ann', 'bob']) await ann.register(name);
    await ann.login(1);
    await ann.chat(1, 2, 'a secret, stored');
    await ann.settle();
    await bob.login(2);
    await child.logged(/is deleted from the database/);
    await ann.chat(1, 2, 'a secret, live');
    await bob.hear();
    await child.logged(/has left for the client/);
    const places = new Map<string, string[]>();
    for (const text of child.log.split('\n').filter((line) => line.includes('"msg":"message '))) {
      const { msg, userid, message } = JSON.parse(text) as Line;
      t.equal(userid, 2);
      places.set(message, [...(places.get(message) ?? []), msg]);
    }
    t.same(
      [...places.values()],
      [
        [
          'message waits for its user',
          'message is published',
          'message goes into the database',
          'message is in the database',
          'message was read from the database',
          'message is deleted from the database',
        ],
        ['message goes to the connection of its user', 'message has left for the client'],
      ],
    );
    t.notMatch(child.log, /secret/);
  },
);
