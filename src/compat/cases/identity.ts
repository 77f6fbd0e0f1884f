import type { Case } from '../case.js';
import { differs, type Finding, SAME, Wrong } from '../finding.js';
import type { Person } from '../person.js';
import { requestText } from '../wire.js';
import type { World } from '../world.js';
import { ask, text, texts } from './check.js';

const FORGED = text(
  'somebody reads a message that the named sender never wrote',
  '有人收到了署名者从未发送的消息',
);

/**
 * A message that should not count, and behind it one that must: what the reader hears tells whether the first one did.
 * In the original it does.
 */
async function counts(
  reader: Person,
  bad: () => Promise<unknown>,
  good: () => Promise<unknown>,
): Promise<Finding> {
  await bad();
  await good();
  const isGood = (document: string) => texts([document])[0] === 'good';
  const heard = texts(await reader.speaker.hearUntil(isGood, 'the good message'));
  if (heard.length === 1) return differs(3);
  if (heard.join() === 'bad,good') return SAME;
  throw new Wrong({ wanted: 'good', got: heard.join(', '), shows: FORGED });
}

/** Sends a document in another's name, as it is. */
async function forge(from: Person, verb: 'chat' | 'groupChat' | 'logout', fields: Record<string, unknown>) {
  await from.send(from.speaker.frame(requestText(from.speaker.dialect, verb, fields)));
  await from.speaker.apart();
  await from.settle();
}

/** A chat in the name of a victim, with an id that a server may take for the victim's. */
function chatAs(id: string, why: [string, string], idOf: (victim: number) => unknown): Case {
  return ask(`identity/${id}`, text(...why), async (world) => {
    const [victim, attacker, reader] = (await world.people(3)) as [Person, Person, Person];
    const fields = { ...victim.chatFields(reader.account, 'bad'), id: idOf(victim.id) };
    return await counts(
      reader,
      () => forge(attacker, 'chat', fields),
      () => attacker.chat(reader.account, 'good'),
    );
  });
}

export const IDENTITY: readonly Case[] = [
  chatAs(
    'chat-as-another',
    ['Nobody writes in the name of another.', '不能冒充别人发消息。'],
    (victim) => victim,
  ),
  chatAs(
    'chat-as-another-wrapped',
    ['An id beyond 32 bits is no way to be another.', '超过 32 位的 id 不能用来冒充别人。'],
    (victim) => victim + 2 ** 32,
  ),
  chatAs(
    'chat-as-another-fraction',
    ['An id with a fraction is no way to be another.', '带小数的 id 不能用来冒充别人。'],
    (victim) => victim + 0.5,
  ),
  ask(
    'identity/chat-without-login',
    text('Who has not logged in cannot write to anybody.', '没有登录的人不能给任何人发消息。'),
    async (world) => {
      const [victim, reader] = (await world.people(2)) as [Person, Person];
      const stranger = await world.stranger();
      return await counts(
        reader,
        async () => {
          await stranger.tell('chat', victim.chatFields(reader.account, 'bad'));
          await stranger.settle();
        },
        () => victim.chat(reader.account, 'good'),
      );
    },
  ),
  ask(
    'identity/chat-after-logout',
    text('Who has logged out writes to nobody any more.', '注销之后不能再发消息。'),
    async (world) => {
      const [leaver, reader, other] = (await world.people(3)) as [Person, Person, Person];
      await leaver.logOut();
      return await counts(
        reader,
        async () => {
          await leaver.chat(reader.account, 'bad');
          await leaver.settle();
        },
        () => other.chat(reader.account, 'good'),
      );
    },
  ),
  ask(
    'identity/group-chat-from-outside',
    text('Who is not in a group cannot write to it.', '不在群里的人不能在群里发言。'),
    async (world) => {
      const [one, two, outsider] = (await world.people(3)) as [Person, Person, Person];
      const groupid = await world.group(one, [two]);
      return await counts(
        two,
        async () => {
          await outsider.groupChat(groupid, 'bad');
          await outsider.settle();
        },
        () => one.groupChat(groupid, 'good'),
      );
    },
    ['groups'],
  ),
  ask(
    'identity/log-out-another',
    text('Nobody logs another user out.', '不能替别人注销。'),
    async (world) => {
      const [victim, attacker] = (await world.people(2)) as [Person, Person];
      victim.isClean = false;
      await forge(attacker, 'logout', { id: victim.id });
      await attacker.chat(victim.account, 'are you there?');
      await attacker.settle();
      return (await victim.settle()).length === 1 ? differs(3) : SAME;
    },
  ),
  ask(
    'identity/friend-of-another',
    text('Nobody adds friends for another user.', '不能替别人加好友。'),
    (world) =>
      asAnother(world, (attacker, victim) =>
        attacker.speaker.tell('addFriend', { id: victim.id, friendid: attacker.id }),
      ),
    ['friends'],
  ),
  ask(
    'identity/group-of-another',
    text('Nobody makes groups in the name of another.', '不能以别人的名义建群。'),
    (world) =>
      asAnother(world, (attacker, victim) =>
        attacker.speaker.tell('createGroup', {
          id: victim.id,
          groupname: world.freshName(),
          groupdesc: 'forged',
        }),
      ),
    ['groups'],
  ),
  ask(
    'identity/login-as-minus-one',
    text('An id below one with an empty password lets nobody in.', '负数 id 加空密码不能登录。'),
    async (world) => {
      const speaker = await world.stranger();
      const got = await speaker.askText('login', { id: -1, password: '' });
      if (world.words.isLoggedIn(got)) return SAME;
      if (got === world.words.reply('login', 'invalid')) return differs(4);
      throw new Wrong({ wanted: world.words.reply('login', 'invalid'), got, shows: FORGED });
    },
    ['original'],
  ),
];

/** Does something in the name of a victim, and looks whether its next login shows it. */
async function asAnother(
  world: World,
  act: (attacker: Person, victim: Person) => Promise<unknown>,
): Promise<Finding> {
  const [victim, attacker] = (await world.people(2)) as [Person, Person];
  for (const person of [victim, attacker]) person.isClean = false;
  await victim.logOut();
  const before = await victim.logIn();
  await act(attacker, victim);
  await attacker.settle();
  await victim.logOut();
  return (await victim.logIn()) === before ? differs(3) : SAME;
}
