import { type Document, readDocument } from '../../client/core/document.js';
import { itemOf, textOf } from '../../client/core/foreign.js';
import type { Verb } from '../../protocol/verbs.js';
import type { Case } from '../case.js';
import { differs, type Finding, type Text, Wrong } from '../finding.js';
import type { Person } from '../person.js';
import type { Fields } from '../wire.js';
import type { World } from '../world.js';
import { collect, none, text, texts } from './check.js';

/** All of it is beyond the original. */
const BEYOND_THE_ORIGINAL = differs(24);

const ANSWER = text('a client that asks is told something else', '客户端得到的应答不对');

/** A case for a server that says that it can do these. */
function more(id: string, why: Text, asks: readonly Verb[], run: (world: World) => Promise<void>): Case {
  return {
    id: `more/${id}`,
    why,
    needs: ['original'],
    asks,
    run: async (world): Promise<Finding> => {
      await run(world);
      return BEYOND_THE_ORIGINAL;
    },
  };
}

/** People whose accounts nobody uses again: numbers, friends and groups stay with them. */
async function people<Count extends number>(world: World, count: Count): Promise<Some[Count]> {
  const all = await world.people(count);
  for (const person of all) person.isClean = false;
  return all as Some[Count];
}

type Some = {
  readonly [count: number]: Person[];
  1: [Person];
  2: [Person, Person];
  3: [Person, Person, Person];
};

/** The answer to a request that somebody makes in its own name. */
async function answer(person: Person, verb: Verb, fields: Fields = {}): Promise<Document> {
  const got = await person.speaker.askText(verb, { id: person.id, ...fields });
  const document = readDocument(got);
  if (document === undefined) throw new Wrong({ got, shows: ANSWER });
  return document;
}

/** The document has these fields with these values; others it may have as well. */
function has(got: Document, wanted: Document): void {
  const differing = Object.keys(wanted).filter(
    (field) => JSON.stringify(got[field]) !== JSON.stringify(wanted[field]),
  );
  if (differing.length === 0) return;
  throw new Wrong({ wanted: JSON.stringify(wanted), got: JSON.stringify(got), shows: ANSWER });
}

function said(got: string): Document {
  return readDocument(got) ?? {};
}

/** It is refused, with a reason. */
function refused(got: Document, msgid: number): void {
  has(got, { errno: 1, msgid });
  if (textOf(got.errmsg) === '')
    throw new Wrong({ got: JSON.stringify(got), shows: text('no reason is given', '没有给出原因') });
}

/** The items of a list, as objects. */
function items(list: unknown): Document[] {
  return Array.isArray(list) ? list.map((item) => itemOf(item) ?? {}) : [];
}

/** A group of the first one's, that these others join, each of which is answered. Returns its id. */
async function group(world: World, [creator, ...others]: readonly Person[]): Promise<number> {
  if (creator === undefined) return Number.NaN;
  const groupname = world.freshName();
  const made = await answer(creator, 'createGroup', { groupname, groupdesc: 'of chat-compat', seq: 1 });
  has(made, { errno: 0, msgid: 128, seq: 1 });
  const groupid = Number(made.groupid);
  for (const other of others)
    has(await answer(other, 'joinGroup', { groupid, seq: 2 }), { errno: 0, msgid: 129, seq: 2 });
  return groupid;
}

/** Asks until there are `count` messages: the history is written a while after the chat. */
async function written(
  person: Person,
  verb: 'history' | 'search',
  fields: Fields,
  count: number,
): Promise<string[]> {
  const end = Date.now() + person.limits.answer;
  for (;;) {
    const got = await answer(person, verb, fields);
    has(got, { errno: 0, msgid: verb === 'history' ? 132 : 134 });
    const found = items(got.messages).map(({ document }) => textOf(itemOf(document)?.msg));
    if (found.length >= count) return found;
    if (Date.now() > end)
      throw new Wrong({ wanted: `${count} messages`, got: JSON.stringify(got), shows: ANSWER });
  }
}

/** The next documents that somebody gets. */
async function heardAll(person: Person, count: number): Promise<string[]> {
  const heard: string[] = [];
  while (heard.length < count) heard.push(await person.hear('a message'));
  return heard;
}

/** These texts, in this order. */
function are(got: readonly string[], wanted: readonly string[]): void {
  if (got.join('\n') !== wanted.join('\n'))
    throw new Wrong({ wanted: wanted.join('\n'), got: got.join('\n'), shows: ANSWER });
}

/**
 * More than two messages come as, each behind the count before it. Without it a server that always says something else
 * would be heard for ever.
 */
const MOST_CONFIRMED = 10;

const NOTHING = text('something comes that nobody asked for', '收到了没有请求过的内容');

export const MORE: readonly Case[] = [
  more(
    'what-it-can',
    text('A client learns what the server can do.', '客户端能查到服务器支持什么。'),
    ['abilities'],
    async (world) => {
      const speaker = await world.stranger();
      const got = await speaker.ask('abilities', { seq: 'any' });
      has(got, { errno: 0, msgid: 102, seq: 'any' });
      if (!Array.isArray(got.can) || !got.can.includes('login') || typeof got.heartbeat !== 'number')
        throw new Wrong({ got: JSON.stringify(got), shows: ANSWER });
    },
  ),
  more(
    'heartbeat',
    text('A heartbeat is answered, also before a login.', '心跳有应答，登录前也有。'),
    ['heartbeat'],
    async (world) => {
      has(await (await world.stranger()).ask('heartbeat', {}), { errno: 0, msgid: 104 });
    },
  ),
  more(
    'answers',
    text(
      'Who asks for it is told what became of adding, creating and joining; who does not is not.',
      '加好友、建群、加群带 seq 时有应答，不带时没有。',
    ),
    ['abilities'],
    async (world) => {
      const [one, two] = await people(world, 2);
      has(await answer(one, 'addFriend', { friendid: two.id, seq: 5 }), { errno: 0, msgid: 127, seq: 5 });
      refused(await answer(one, 'addFriend', { friendid: 2_147_483_646, seq: 6 }), 127);
      const groupid = await group(world, [one, two]);
      refused(await answer(one, 'joinGroup', { groupid: 2_147_483_646, seq: 7 }), 129);
      await two.tell('addFriend', { friendid: one.id });
      await two.tell('joinGroup', { groupid });
      none(await two.settle(), NOTHING);
    },
  ),
  more(
    'who-is',
    text('Users are found by id and by name.', '能按 id 和名字查到用户。'),
    ['lookUp'],
    async (world) => {
      const [one, two] = await people(world, 2);
      const is = ({ id, account: { name } }: Person, state: string) => ({
        errno: 0,
        id,
        msgid: 116,
        name,
        state,
      });
      has(await answer(one, 'lookUp'), is(one, 'online'));
      has(await answer(one, 'lookUp', { toid: two.id }), is(two, 'online'));
      await two.logOut();
      has(await answer(one, 'lookUp', { toname: two.account.name }), is(two, 'offline'));
      refused(await answer(one, 'lookUp', { toname: world.freshName() }), 116);
    },
  ),
  more(
    'delete-friend',
    text('A friend who was deleted is not in the list any more.', '删除的好友不再出现在好友列表里。'),
    ['deleteFriend'],
    async (world) => {
      const [one, two] = await people(world, 2);
      await answer(one, 'addFriend', { friendid: two.id, seq: 1 });
      // Where friends must agree, this one does.
      await answer(two, 'addFriend', { friendid: one.id, seq: 1 });
      has(await answer(one, 'deleteFriend', { friendid: two.id }), { errno: 0, msgid: 106 });
      refused(await answer(one, 'deleteFriend', { friendid: two.id }), 106);
      await one.logOut();
      if (items(said(await one.logIn()).friends).length > 0)
        throw new Wrong({ got: one.welcome, shows: ANSWER });
    },
  ),
  more(
    'members',
    text('Members see who is in a group; others do not.', '群成员能查成员列表，外人不能。'),
    ['memberList'],
    async (world) => {
      const [one, two, three] = await people(world, 3);
      const groupid = await group(world, [one, two]);
      const got = await answer(two, 'memberList', { groupid });
      has(got, { errno: 0, msgid: 112 });
      const users = items(items(got.groups)[0]?.users).map(({ id, role }) => `${id} ${role}`);
      are(users.sort(), [`${one.id} creator`, `${two.id} normal`].sort());
      refused(await answer(three, 'memberList', { groupid }), 112);
    },
  ),
  more(
    'leave-group',
    text('Who has left a group gets nothing of it.', '退群后不再收到群消息。'),
    ['leaveGroup'],
    async (world) => {
      const [one, two, three] = await people(world, 3);
      const groupid = await group(world, [one, two, three]);
      has(await answer(two, 'leaveGroup', { groupid }), { errno: 0, groupid, msgid: 108 });
      refused(await answer(two, 'leaveGroup', { groupid }), 108);
      refused(await answer(one, 'leaveGroup', { groupid }), 108);
      await one.groupChat(groupid, 'who is left?');
      are(texts([await three.hear('a group message')]), ['who is left?']);
      none(await two.settle(), NOTHING);
    },
  ),
  more(
    'dissolve-group',
    text(
      'Only the creator dissolves a group, and its members are told.',
      '只有群主能解散群，成员会得到通知。',
    ),
    ['dissolveGroup'],
    async (world) => {
      const [one, two] = await people(world, 2);
      const groupid = await group(world, [one, two]);
      refused(await answer(two, 'dissolveGroup', { groupid }), 110);
      has(await answer(one, 'dissolveGroup', { groupid }), { errno: 0, groupid, msgid: 110 });
      has(said(await two.hear('word of it')), { groupid, id: one.id, msgid: 10 });
      await two.logOut();
      if (items(said(await two.logIn()).groups).length > 0)
        throw new Wrong({ got: two.welcome, shows: ANSWER });
    },
  ),
  more(
    'rename-group',
    text('Only the creator gives a group another name.', '只有群主能改群名。'),
    ['renameGroup', 'memberList'],
    async (world) => {
      const [one, two] = await people(world, 2);
      const groupid = await group(world, [one, two]);
      const groupname = world.freshName();
      refused(await answer(two, 'renameGroup', { groupid, groupname }), 114);
      has(await answer(one, 'renameGroup', { groupid, groupname }), { errno: 0, groupid, msgid: 114 });
      has(items((await answer(two, 'memberList', { groupid })).groups)[0] ?? {}, { id: groupid, groupname });
    },
  ),
  more(
    'change-password',
    text('The old password is needed for a new one, and ends with it.', '改密码要旧密码，改后旧密码失效。'),
    ['changePassword'],
    async (world) => {
      const [one] = await people(world, 1);
      const { id, name, password } = one.account;
      refused(await answer(one, 'changePassword', { password: 'wrong', newpassword: 'new' }), 118);
      has(await answer(one, 'changePassword', { password, newpassword: 'new' }), {
        errno: 0,
        id,
        msgid: 118,
      });
      await one.logOut();
      has(await one.speaker.login(id, name, password), { errno: 1 });
      has(await one.speaker.login(id, name, 'new'), { errno: 0, id });
      await one.speaker.tell('logout', { id });
    },
  ),
  more(
    'not-as-another',
    text('None of it works in the name of another.', '这些请求都不能冒充别人。'),
    ['deleteFriend', 'lookUp', 'changePassword'],
    async (world) => {
      const [one, two] = await people(world, 2);
      const password = { password: two.account.password, newpassword: 'x' };
      for (const [verb, msgid, fields] of [
        ['deleteFriend', 106, { friendid: one.id }],
        ['lookUp', 116, {}],
        ['changePassword', 118, password],
      ] as const)
        refused(await answer(one, verb, { id: two.id, ...fields }), msgid);
    },
  ),
  more(
    'seq',
    text(
      'A message with a number is answered with what became of it, and comes once however often it is sent.',
      '带 seq 的消息有回执，重发多少次都只送达一次。',
    ),
    ['resume'],
    async (world) => {
      const [one, two] = await people(world, 2);
      const send = async (seq: number) =>
        await answer(one, 'chat', { ...one.chatFields(two.account, `${seq}`), seq });
      has(await send(1), { errno: 0, msgid: 119, seq: 1, state: 'here' });
      has(await send(1), { errno: 0, msgid: 119, seq: 1 });
      has(await send(2), { errno: 0, msgid: 119, seq: 2, state: 'here' });
      are(texts(await heardAll(two, 2)), ['1', '2']);
      none(await two.settle(), NOTHING);
      await two.logOut();
      has(await send(3), { errno: 0, msgid: 119, seq: 3, state: 'stored' });
      await two.logIn();
      are(texts(await collect(two)), ['3']);
      has(await answer(one, 'resume'), { errno: 0, last: 3, msgid: 122 });
    },
  ),
  more(
    'seq-group',
    text('The same for a group: the weakest of its members counts.', '群消息同样有回执，以最弱的成员为准。'),
    ['resume'],
    async (world) => {
      const [one, two, three] = await people(world, 3);
      const groupid = await group(world, [one, two, three]);
      const send = async (seq: number) =>
        await answer(one, 'groupChat', { groupid, name: one.account.name, msg: `${seq}`, seq });
      has(await send(1), { errno: 0, msgid: 119, seq: 1, state: 'here' });
      await three.logOut();
      has(await send(2), { errno: 0, msgid: 119, seq: 2, state: 'stored' });
      are(texts(await heardAll(two, 2)), ['1', '2']);
    },
  ),
  more(
    'confirm',
    text(
      'What a client confirms does not come again; the next message comes when the one before is confirmed.',
      '客户端确认收到的不会再来；前一条确认之后，下一条才来。',
    ),
    ['confirm'],
    async (world) => {
      const [one, two] = await people(world, 2);
      const { speaker } = two;
      const { had } = speaker;
      has(await speaker.ask('confirm', { bytes: had }), { bytes: had, errno: 0, msgid: 152 });
      await one.chat(two.account, '1');
      await one.chat(two.account, '2');
      await one.speaker.settle();
      await speaker.say('confirm', { bytes: speaker.had });
      const heard: Document[] = [];
      while (heard.at(-1)?.msg !== '2' && heard.length < MOST_CONFIRMED) {
        heard.push(said(await two.hear('a message, or how much does not come again')));
        await speaker.say('confirm', { bytes: speaker.had });
      }
      const numbers = heard.filter(({ msgid }) => msgid === 152);
      has(numbers[0] ?? {}, { errno: 0, msgid: 152 });
      are(
        heard.filter(({ msgid }) => msgid !== 152).map(({ msg }) => textOf(msg)),
        ['1', '2'],
      );
      await speaker.say('confirm', { bytes: speaker.had + 1 });
      const refusal = said((await speaker.client.end()).toString());
      refused(refusal, 152);
    },
  ),
  more(
    'recall',
    text(
      'A message that was taken back is gone where it was stored, and who wants to hear of it is told.',
      '撤回的消息不再留在离线消息里，想知道的客户端会得到通知。',
    ),
    ['recall', 'resume'],
    async (world) => {
      const [one, two, away] = await people(world, 3);
      has(await two.speaker.ask('abilities', { tell: ['recalled'] }), { errno: 0 });
      await away.logOut();
      for (const [seq, to] of [
        [1, two],
        [2, away],
        [3, away],
      ] as const)
        has(await answer(one, 'chat', { ...one.chatFields(to.account, `${seq}`), seq }), { errno: 0, seq });
      for (const number of [1, 2]) has(await answer(one, 'recall', { number }), { errno: 0, msgid: 124 });
      refused(await answer(one, 'recall', { number: 1 }), 124);
      has(said(await two.hear('the message')), { msg: '1' });
      has(said(await two.hear('word that it was taken back')), { id: one.id, msgid: 125, seq: 1 });
      await away.logIn();
      are(texts(await collect(away)), ['3']);
    },
  ),
  more(
    'history',
    text(
      'Both see what they wrote to each other, page by page; others do not.',
      '双方能分页查看聊天记录，外人不能。',
    ),
    ['history'],
    async (world) => {
      const [one, two, three] = await people(world, 3);
      for (const msg of ['a', 'b', 'c']) await one.chat(two.account, msg);
      are(texts(await heardAll(two, 3)), ['a', 'b', 'c']);
      are(await written(one, 'history', { toid: two.id }, 3), ['a', 'b', 'c']);
      are(await written(two, 'history', { toid: one.id, most: 2 }, 2), ['b', 'c']);
      are(await written(two, 'history', { toid: one.id, most: 2, before: 3 }, 2), ['a', 'b']);
      are(await written(two, 'history', { toid: one.id, since: 2 }, 1), ['c']);
      are(await written(three, 'history', { toid: one.id }, 0), []);
      const groupid = await group(world, [one, two]);
      refused(await answer(three, 'history', { groupid }), 132);
    },
  ),
  more(
    'search',
    text('A message is found by what is in it.', '能按内容搜索消息。'),
    ['search', 'history'],
    async (world) => {
      const [one, two] = await people(world, 2);
      for (const msg of ['a green apple', '你好，世界', 'a pear']) await one.chat(two.account, msg);
      await heardAll(two, 3);
      await written(one, 'history', { toid: two.id }, 3);
      are(await written(two, 'search', { toid: one.id, text: 'GREEN' }, 1), ['a green apple']);
      are(await written(one, 'search', { toid: two.id, text: '世界' }, 1), ['你好，世界']);
    },
  ),
  more(
    'friend-requests',
    text('Who is asked to be a friend decides.', '被加好友的人可以同意或拒绝。'),
    ['friendRequests', 'acceptFriend', 'refuseFriend'],
    async (world) => {
      const [one, two, three] = await people(world, 3);
      for (const asking of [one, two])
        has(await answer(asking, 'addFriend', { friendid: three.id, seq: 1 }), { errno: 0, msgid: 127 });
      const waiting = async () => {
        const got = await answer(three, 'friendRequests');
        has(got, { errno: 0, msgid: 142 });
        return items(got.friends).map(({ id }) => `${id}`);
      };
      are(await waiting(), [`${two.id}`, `${one.id}`]);
      has(await answer(three, 'acceptFriend', { friendid: one.id }), { errno: 0, msgid: 144 });
      has(await answer(three, 'refuseFriend', { friendid: two.id }), { errno: 0, msgid: 146 });
      refused(await answer(three, 'acceptFriend', { friendid: two.id }), 144);
      are(await waiting(), []);
      for (const [person, friends] of [
        [one, [three]],
        [two, []],
        [three, [one]],
      ] as const) {
        none(await person.settle(), NOTHING);
        await person.logOut();
        are(
          items(said(await person.logIn()).friends).map(({ id }) => `${id}`),
          friends.map(({ id }) => `${id}`),
        );
      }
    },
  ),
];
