import { differs, same, Wrong } from '../finding.js';
import type { Person } from '../person.js';
import type { World } from '../world.js';
import { ask, hears, none, text } from './check.js';

const REPLY = text('a client does not understand the answer', '客户端看不懂这个应答');

/** The reply to a login of somebody, as the dialect writes it. */
function welcome(
  world: World,
  { account: { id, name } }: Person,
  lists: Omit<NonNullable<Parameters<World['dialect']['replies']['write']>[2]>, 'id' | 'name'> = {},
): string {
  return String(world.dialect.replies.write('login', 'ok', { id, name, ...lists }) ?? '');
}

/** Logs out and in again. Returns the new reply. */
async function again(person: Person): Promise<string> {
  await person.logOut();
  return await person.logIn();
}

const LISTS = text('friends or groups are not shown as they are', '好友或群列表显示得不对');

export const SESSION = [
  ask(
    'session/register',
    text('Who registers is told the id to log in with.', '注册成功后，应答里要有登录用的 id。'),
    async (world) => {
      const speaker = await world.stranger();
      const name = world.freshName();
      const got = await speaker.askText('register', { name, password: 'compat-pw' });
      const id = world.words.registered(got);
      if (id === undefined) throw new Wrong({ got, shows: text('nobody can register', '无法注册') });
      // A dialect may send any field of a request back with the reply: these are not compared.
      if (world.dialect.name === 'original')
        same(got, String(world.dialect.replies.write('register', 'ok', { id })), REPLY);
      return undefined;
    },
  ),
  ask(
    'session/register-taken-name',
    text('Nobody gets the name of another one.', '别人的名字不能再注册。'),
    async (world) => {
      const { name } = await world.account();
      const speaker = await world.stranger();
      const got = await speaker.askText('register', { name, password: 'other' });
      if (world.dialect.name === 'original') same(got, world.words.reply('register', 'refused'), REPLY);
      if (world.words.registered(got) !== undefined)
        throw new Wrong({ got, shows: text('two users have one name', '两个用户同名') });
      return undefined;
    },
  ),
  ask(
    'session/login',
    text(
      'The right password lets in, and the reply tells id and name.',
      '密码正确即可登录，应答里有 id 和名字。',
    ),
    async (world) => {
      const person = await world.person();
      same(await again(person), welcome(world, person), REPLY);
      return undefined;
    },
  ),
  ask(
    'session/wrong-password',
    text('A wrong password does not let in.', '密码错误不能登录。'),
    async (world) => {
      const { id, name } = await world.account();
      const speaker = await world.stranger();
      const fields = speaker.loginFields(id, name, 'wrong');
      same(await speaker.askText('login', fields), world.words.reply('login', 'invalid'), REPLY);
      return undefined;
    },
  ),
  ask(
    'session/unknown-account',
    text('Nobody logs in to an account that does not exist.', '不存在的账号不能登录。'),
    async (world) => {
      const speaker = await world.stranger();
      const fields = speaker.loginFields(2_147_483_646, world.freshName(), 'pw');
      const got = await speaker.askText('login', fields);
      // Some forks have a text of its own for it, and a dialect file has no word for that.
      if (world.dialect.name === 'original') same(got, world.words.reply('login', 'invalid'), REPLY);
      if (world.words.isLoggedIn(got))
        throw new Wrong({
          got,
          shows: text('an account that does not exist is let in', '不存在的账号也能登录'),
        });
      return undefined;
    },
  ),
  ask(
    'session/account-in-use',
    text('An account that is online is not used twice at a time.', '已在线的账号不能重复登录。'),
    async (world) => {
      const { account } = await world.person();
      const speaker = await world.stranger();
      const got = await speaker.askText(
        'login',
        speaker.loginFields(account.id, account.name, account.password),
      );
      if (world.dialect.takeover) {
        if (world.words.isLoggedIn(got)) return undefined;
        throw new Wrong({ got, shows: text('the newer login is refused', '新的登录被拒绝') });
      }
      same(got, world.words.reply('login', 'inUse'), REPLY);
      return undefined;
    },
  ),
  ask(
    'session/log-out-and-in',
    text('Who has logged out can log in again on the same connection.', '注销后，同一连接上可以再次登录。'),
    async (world) => {
      const person = await world.person();
      for (let times = 0; times < 3; times++) same(await again(person), welcome(world, person), REPLY);
      return undefined;
    },
  ),
  ask(
    'session/log-in-as-another',
    text(
      'After a logout another user can log in on the same connection.',
      '注销后，同一连接上可以登录另一个用户。',
    ),
    async (world) => {
      const [one, two] = [await world.person(), await world.account()];
      await one.logOut();
      const got = await one.speaker.askText('login', one.speaker.loginFields(two.id, two.name, two.password));
      same(got, String(world.dialect.replies.write('login', 'ok', { id: two.id, name: two.name })), REPLY);
      await one.speaker.tell('logout', { id: two.id });
      return undefined;
    },
  ),
  ask(
    'session/close-and-in-again',
    text(
      'Who has closed its connection is offline, and can log in again.',
      '关闭连接后用户下线，并可以再次登录。',
    ),
    async (world) => {
      const person = await world.person();
      await person.close();
      await world.gone(person.account);
      return undefined;
    },
  ),
  ask(
    'session/reset-and-in-again',
    text('A connection that breaks (RST) takes its user offline.', '连接被重置（RST）后，用户要下线。'),
    async (world) => {
      const person = await world.person();
      person.speaker.client.reset();
      await world.gone(person.account);
      return undefined;
    },
  ),
  ask('session/chat', text('A message arrives as it was written.', '消息原样送达。'), async (world) => {
    const [one, two] = (await world.people(2)) as [Person, Person];
    for (const msg of ['hello', 'one more', '你好，世界'])
      await hears(two, 'chat', await one.chat(two.account, msg));
    none(await one.settle(), text('the sender gets something back', '发送者收到了多余的消息'));
    return undefined;
  }),
  ask(
    'session/chat-to-oneself',
    text('Who writes to itself gets the message.', '给自己发的消息自己能收到。'),
    async (world) => {
      const one = await world.person();
      await hears(one, 'chat', await one.chat(one.account, 'a note'));
      return undefined;
    },
  ),
  ask(
    'session/unknown-number',
    text('A message of an unknown kind does no harm.', '未知的 msgid 不会造成损害。'),
    async (world) => {
      const { fields, requests } = world.dialect;
      let number = 99;
      while (requests.has(number)) number++;
      const one = await world.person();
      await one.speaker.send(one.speaker.frame(`{"${fields.ints.msgid.names[0]}":${number}}`));
      await one.speaker.apart();
      none(await one.settle(), text('an unknown message is answered', '未知消息收到了应答'));
      return undefined;
    },
  ),
  ask(
    'session/answers-to-who-asked',
    text('Everybody gets the answer to its own request.', '每个人收到的都是自己请求的应答。'),
    async (world) => {
      const accounts = [];
      for (let n = 0; n < 4; n++) accounts.push(await world.account());
      const people = await Promise.all(accounts.map((account) => world.person(undefined, account)));
      for (const person of people) same(await again(person), welcome(world, person), REPLY);
      return undefined;
    },
  ),
  ask(
    'session/friends',
    text(
      'The next login lists who was added, in that order, with who is online.',
      '再次登录时列出加过的好友：按顺序，带在线状态。',
    ),
    async (world) => {
      const [one, two, three] = (await world.people(3)) as [Person, Person, Person];
      await three.logOut();
      for (const friend of [two, three]) {
        await one.tell('addFriend', { friendid: friend.id, friendname: friend.account.name });
        await one.settle();
        friend.isClean = world.dialect.friendBothWays ? false : friend.isClean;
      }
      const friends = [
        { id: two.id, name: two.account.name, state: 'online' as const },
        { id: three.id, name: three.account.name, state: 'offline' as const },
      ];
      same(await again(one), welcome(world, one, { friends }), LISTS);
      return undefined;
    },
    ['friends'],
  ),
  ask(
    'session/friend-twice',
    text('Who is added twice is one friend.', '同一好友加两次，仍是一个好友。'),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      two.isClean = !world.dialect.friendBothWays;
      for (let times = 0; times < 2; times++) {
        await one.tell('addFriend', { friendid: two.id, friendname: two.account.name });
        await one.settle();
      }
      const friend = { id: two.id, name: two.account.name, state: 'online' as const };
      const got = await again(one);
      if (got === welcome(world, one, { friends: [friend, friend] })) return undefined;
      same(got, welcome(world, one, { friends: [friend] }), LISTS);
      return differs(14);
    },
    ['friends'],
  ),
  ask(
    'session/group',
    text(
      'The members of a group see it with all its members, the creator first.',
      '群成员登录后能看到群和所有成员，群主在前。',
    ),
    async (world) => {
      const [one, two, three] = (await world.people(3)) as [Person, Person, Person];
      const id = await world.group(one, [two, three]);
      const got = await again(two);
      const member = (person: Person, role: string) => ({
        id: person.id,
        name: person.account.name,
        state: 'online' as const,
        role,
      });
      const users = [member(one, 'creator'), member(two, 'normal'), member(three, 'normal')];
      const groupname = world.words.groupName(got, id) ?? '';
      const group = { id, groupname, groupdesc: 'of chat-compat', users };
      same(got, welcome(world, two, { groups: [group] }), LISTS);
      return undefined;
    },
    ['groups'],
  ),
  ask(
    'session/groups',
    text(
      'Somebody in several groups sees them in the order of their ids.',
      '加入多个群后，按群 id 的顺序列出。',
    ),
    async (world) => {
      const one = await world.person();
      const users = [{ id: one.id, name: one.account.name, state: 'online' as const, role: 'creator' }];
      const groups = [];
      for (let n = 0; n < 3; n++) {
        const groupname = world.freshName();
        const id = await world.group(one, [], groupname);
        groups.push({ id, groupname, groupdesc: 'of chat-compat', users });
      }
      same(await again(one), welcome(world, one, { groups }), LISTS);
      return undefined;
    },
    ['groups'],
  ),
  ask(
    'session/group-twice',
    text('Who joins a group twice gets each message once.', '重复加群后，每条群消息仍只收到一次。'),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      const groupid = await world.group(one, [two]);
      await two.tell('joinGroup', { groupid });
      await two.settle();
      await hears(two, 'groupChat', await one.groupChat(groupid, 'once'));
      await one.settle();
      const more = await two.settle();
      if (more.length === 0) return differs(14);
      return undefined;
    },
    ['groups'],
  ),
  ask(
    'session/group-chat',
    text(
      'All others of a group get a message, and the sender does not.',
      '群里其他人都收到消息，发送者自己不收到。',
    ),
    async (world) => {
      const [one, two, three] = (await world.people(3)) as [Person, Person, Person];
      const groupid = await world.group(one, [two, three]);
      for (const sender of [one, two]) {
        const sent = await sender.groupChat(groupid, 'to all');
        for (const other of [one, two, three])
          if (other !== sender) await hears(other, 'groupChat', sent, 'a group message');
        none(await sender.settle(), text('the sender gets its own message', '发送者收到了自己的群消息'));
      }
      return undefined;
    },
    ['groups'],
  ),
];
