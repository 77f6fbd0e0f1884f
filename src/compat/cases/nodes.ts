import type { Case, Need } from '../case.js';
import { same, type Text, Wrong } from '../finding.js';
import type { Person } from '../person.js';
import type { World } from '../world.js';
import { ask, collect, hears, text, texts } from './check.js';

const SECOND: readonly Need[] = ['second'];

function second({ target }: World) {
  if (target.second === undefined) throw new Error('there is no second node');
  return target.second;
}

/** Somebody at each of the two nodes. */
async function both(world: World): Promise<[Person, Person]> {
  return [await world.person(), await world.person(second(world))];
}

/** In order, and nothing else. */
function all(wanted: readonly string[], got: readonly string[], shows: Text): void {
  if (JSON.stringify(wanted) === JSON.stringify(got)) return;
  throw new Wrong({ wanted: wanted.join('\n'), got: got.join('\n'), shows });
}

export const NODES: readonly Case[] = [
  ask(
    'nodes/chat',
    text('Users on two nodes chat as if they were on one.', '不同节点上的用户像在同一节点上一样聊天。'),
    async (world) => {
      const [one, two] = await both(world);
      await hears(two, 'chat', await one.chat(two.account, 'over there'));
      await hears(one, 'chat', await two.chat(one.account, 'and back'));
      return undefined;
    },
    SECOND,
  ),
  ask(
    'nodes/account-in-use',
    text('Who is online on one node cannot log in on the other.', '在一个节点在线的账号不能在另一节点登录。'),
    async (world) => {
      const [one] = await both(world);
      const speaker = await world.stranger(second(world));
      const { id, name, password } = one.account;
      const got = await speaker.askText('login', speaker.loginFields(id, name, password));
      if (!world.dialect.takeover)
        same(
          got,
          world.words.reply('login', 'inUse'),
          text('one account is used twice', '一个账号被同时使用两次'),
        );
      return undefined;
    },
    SECOND,
  ),
  ask(
    'nodes/move',
    text('Who leaves one node can log in on the other.', '从一个节点下线后可以在另一节点登录。'),
    async (world) => {
      const [one, two] = await both(world);
      await one.logOut();
      const moved = await world.person(second(world), one.account);
      await hears(moved, 'chat', await two.chat(moved.account, 'welcome'));
      return undefined;
    },
    SECOND,
  ),
  ask(
    'nodes/group-chat',
    text('A group has its members on both nodes.', '群成员分布在两个节点上也能收到群消息。'),
    async (world) => {
      const [one, two] = await both(world);
      const three = await world.person();
      const groupid = await world.group(one, [two, three]);
      const sent = await one.groupChat(groupid, 'to both');
      for (const other of [two, three]) await hears(other, 'groupChat', sent);
      return undefined;
    },
    [...SECOND, 'groups'],
  ),
  ask(
    'nodes/stored',
    text('What one node has stored, the other delivers.', '一个节点存下的离线消息由另一节点送达。'),
    async (world) => {
      const [one, away] = [await world.person(), await world.account()];
      await one.chat(away, 'kept');
      await one.settle();
      const two = await world.person(second(world), away);
      all(['kept'], texts(await collect(two)), text('stored messages are lost', '离线消息丢失'));
      return undefined;
    },
    SECOND,
  ),
  ask(
    'nodes/order',
    text('Messages between nodes arrive all, in their order.', '跨节点的消息按顺序全部送达。'),
    async (world) => {
      const [one, two] = await both(world);
      const sent = Array.from({ length: 200 }, (_, n) => `number ${n}`);
      for (const msg of sent) await one.chat(two.account, msg);
      const got: string[] = [];
      while (got.length < sent.length) got.push(...texts([await two.hear(`message ${got.length}`)]));
      all(sent, got, text('messages are lost or out of order', '消息丢失或乱序'));
      return undefined;
    },
    SECOND,
  ),
];
