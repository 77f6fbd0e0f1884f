import t from 'tap';
import { commands, cut, readId, timestamp } from './commands.js';

const alice = { id: 1, name: '张三' };
const made = (line: string) => {
  const [name, rest = ''] = cut(line);
  return commands.get(name)?.message?.(rest, alice);
};

t.test('messages of the commands', async (t) => {
  t.match(made('chat:3:a:b: c'), { id: 1, msg: 'a:b: c', msgid: 6, name: '张三', toid: 3 });
  t.match(made('chat:3:'), { msg: '', toid: 3 });
  t.match(made('groupchat:7:12:30'), { groupid: 7, id: 1, msg: '12:30', msgid: 10, name: '张三' });
  t.same(made('creategroup:粉丝:a:b'), { groupdesc: 'a:b', groupname: '粉丝', id: 1, msgid: 8 });
  t.same(made('addfriend:3'), { friendid: 3, id: 1, msgid: 7 });
  t.same(made('addgroup:3'), { groupid: 3, id: 1, msgid: 9 });
  t.same(made('loginout'), { id: 1, msgid: 3 });
});

t.test('commands that cannot be read', async (t) => {
  for (const line of [
    'chat',
    'chat:3',
    'chat:x:hi',
    'chat::hi',
    'creategroup:a',
    'addfriend',
    'addgroup:1x',
    'groupchat:1',
  ]) {
    t.equal(made(line), undefined, line);
  }
});

t.test('ids are 32 bits', async (t) => {
  t.same(['21', ' 7 ', '-1', '2147483647', '-0'].map(readId), [21, 7, -1, 2147483647, 0]);
  t.same(
    ['', '1.5', '1e3', '0x1', 'alice', '2147483648', '99999999999999999999'].map(readId),
    Array(7).fill(undefined),
  );
});

t.test('times are local, with leading zeros', async (t) => {
  t.equal(timestamp(new Date(2026, 0, 2, 3, 4, 5)), '2026-01-02 03:04:05');
});
