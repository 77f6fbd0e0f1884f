import t, { type Test } from 'tap';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { ask } from '../more/site.js';
import { Tty } from './tty.js';

t.setTimeout(600_000);

/** The questions of the client, its commands, and what the screen says then. */
const WORDS = {
  C: {
    name: 'username:',
    password: 'userpassword:',
    registered: 'userid is 2',
    id: 'userid:',
    asked: 'user 1 is asked to be your friend',
    came: '[1]bob is online',
    oops: 'taken back: oops',
    friend: '1 bob offline',
    nothing: 'no such message',
  },
  'zh_CN.UTF-8': {
    name: '用户名：',
    password: '密码：',
    registered: 'id 是 2',
    id: '用户 id：',
    asked: '已请求用户 1 加为好友，等待同意',
    came: '[1]bob 上线了',
    oops: '已撤回：oops',
    friend: '1 bob offline',
    nothing: '没有这样的消息',
  },
} as const;

/** A terminal of the newcomer's. */
async function terminal(t: Test, port: number, locale: string): Promise<Tty> {
  const tty = await Tty.start(port, 'xterm-256color', locale);
  t.teardown(() => tty.kill());
  return tty;
}

for (const locale of ['C', 'zh_CN.UTF-8'] as const) {
  t.test(`a newcomer, from the first minute to the next day (${locale})`, async (t) => {
    const server = await startServer(['--data', ':memory:', '--friend-requests', '--history', '1']);
    t.teardown(() => server.child.stop());
    const bob = await User.connect(server);
    await bob.register('bob');
    await bob.login(1);
    const words = WORDS[locale];
    const tty = await terminal(t, server.port, locale);
    const types = async (line: string, ...shown: readonly string[]) => {
      tty.type(`${line}\r`);
      for (const text of shown) await tty.shows(`${line}\n${text}`);
    };

    tty.type('2\r');
    await tty.asked(words.name, 'alice');
    await tty.asked(words.password, 'hunter2');
    await tty.shows(words.registered);
    tty.type('1\r');
    await tty.asked(words.id, '2');
    await tty.asked(words.password, 'hunter2');

    await types('who:bob', '1 bob online');
    await types('addfriend:1', words.asked);
    const { friends } = await ask(bob, { id: 1, msgid: 141 });
    t.match(
      friends.map((text: string) => JSON.parse(text)),
      [{ id: 2, name: 'alice' }],
    );
    t.match(await ask(bob, { friendid: 2, id: 1, msgid: 143 }), { errno: 0 });

    await types('chat:1:hello bob');
    t.match(await bob.hear(), { id: 2, msg: 'hello bob', seq: 1 });
    await ask(bob, { id: 1, msg: 'nice weather', msgid: 6, name: 'bob', seq: 1, time: 'T', toid: 2 });
    await tty.shows('nice weather');
    await types('chat:1:oops');
    t.match(await bob.hear(), { msg: 'oops', seq: 2 });
    await types('recall', words.oops);

    tty.type('quit\r');
    t.equal(await tty.ended(), 0);
    t.same(await bob.settle(), []);
    await ask(bob, { id: 1, msg: 'are you there', msgid: 6, name: 'bob', seq: 2, time: 'U', toid: 2 });
    // It is written down a moment after it was stored.
    while ((await ask(bob, { id: 1, msgid: 131, toid: 2 })).messages.length < 3);
    await bob.say({ id: 1, msgid: 3 });
    await bob.settle();

    const again = await terminal(t, server.port, locale);
    again.type('1\r');
    await again.asked(words.id, '2');
    await again.asked(words.password, 'hunter2');
    await again.shows(words.friend);
    await again.shows('are you there');
    await bob.login(1);
    await again.shows(words.came);
    again.type('history:1\r');
    for (const text of ['hello bob', 'nice weather', 'are you there'])
      await again.monitor.until((screen) => text === lastOf(screen, text, 'history:1'), text);
    t.notMatch(again.monitor.text, 'oops');
    again.type('search:1:weather\r');
    await again.monitor.until(
      (screen) => lastOf(screen, 'nice weather', 'search:1:weather') !== '',
      'it to be found',
    );
    again.type('search:1:oops\r');
    await again.shows(`search:1:oops\n${words.nothing}`);
    again.type('quit\r');
    t.equal(await again.ended(), 0);
    await bob.close();
  });
}

/** The text, where it stands behind the last line that was typed so; '' where it does not. */
function lastOf(screen: string, text: string, typed: string): string {
  const at = screen.lastIndexOf(typed);
  return at >= 0 && screen.includes(text, at + typed.length) ? text : '';
}
