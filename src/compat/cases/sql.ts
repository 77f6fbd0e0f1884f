import { readDocument } from '../../client/core/document.js';
import { textOf } from '../../client/core/foreign.js';
import type { Case } from '../case.js';
import { differs, type Finding, SAME, Wrong } from '../finding.js';
import type { Person } from '../person.js';
import type { World } from '../world.js';
import { ask, collect, text, texts } from './check.js';

/** Pieces that end a text in SQL, or begin something else, and that destroy nothing. */
const PIECES: Readonly<Record<string, string>> = {
  quote: "o'brien",
  'double-quote': 'the "other" one',
  backslash: 'C:\\dir\\',
  comment: "x' -- ",
  percent: '100 %s %n',
};

const TAKEN = text('a name cannot have such characters', '名字里不能有这样的字符');

/** Registers and logs in under a name; refused as by the original, or taken as it is. */
async function named(world: World, piece: string): Promise<Finding> {
  const speaker = await world.stranger();
  const name = `${world.freshName().slice(0, 20)} ${piece}`;
  const reply = await speaker.askText('register', { name, password: piece });
  const id = world.words.registered(reply);
  if (id === undefined) return SAME;
  const got = await speaker.askText('login', speaker.loginFields(id, name, piece));
  if (!world.words.isLoggedIn(got))
    throw new Wrong({ got, shows: text('who registers so cannot log in', '这样注册的用户登录不了') });
  await speaker.tell('logout', { id });
  const shown = textOf(readDocument(got)?.name ?? name);
  // The original can paste all but these.
  if (shown === name) return /['\\]/.test(piece) ? differs(5) : SAME;
  return piece.includes('\\') ? SAME : wrong(name, shown);
}

function wrong(wanted: string, got: string): never {
  throw new Wrong({ wanted, got, shows: TAKEN });
}

/** Stores a text and fetches it; lost or eaten as by the original, or as it was sent. */
async function stored(world: World, piece: string): Promise<Finding> {
  const one = await world.person();
  const away = await world.account();
  await one.chat(away, piece);
  await one.settle();
  const two = await world.person(undefined, away);
  const got = texts(await collect(two));
  // The original can paste all but these: JSON has a backslash before a double quote.
  if (got.length === 1 && got[0] === piece) return /['"\\]/.test(piece) ? differs(5) : SAME;
  return got.length < 2 ? SAME : wrong(piece, got.join(' | '));
}

export const SQL: readonly Case[] = [
  ...Object.entries(PIECES).map(([id, piece]) =>
    ask(
      `sql/name-with-${id}`,
      text(`A name or a password may be: ${piece}`, `名字和密码里可以有：${piece}`),
      (world) => named(world, piece),
    ),
  ),
  ...Object.entries(PIECES).map(([id, piece]) =>
    ask(
      `sql/stored-${id}`,
      text(`A message for who is offline may be: ${piece}`, `发给离线用户的消息里可以有：${piece}`),
      (world) => stored(world, piece),
    ),
  ),
  ...["' or '1'='1", "x' or 1=1 -- ", '" or ""="', "' union select 1,2,3,4 -- "].map((password, n) =>
    ask(
      `sql/login-${n + 1}`,
      text(`No password opens every account: ${password}`, `任何密码都不能打开所有账号：${password}`),
      async (world) => {
        const { id, name } = await world.account();
        const speaker = await world.stranger();
        const got = await speaker.askText('login', speaker.loginFields(id, name, password));
        if (!world.words.isLoggedIn(got)) return undefined;
        throw new Wrong({
          wanted: world.words.reply('login', 'invalid'),
          got,
          shows: text('anybody can log in as anybody', '任何人都能登录任何账号'),
        });
      },
    ),
  ),
  ask(
    'sql/group-with-quote',
    text("A group may be called: all of o’brien’s and o'brien's", '群名里可以有单引号。'),
    async (world) => {
      const one = (await world.person()) as Person;
      const groupname = `${world.freshName().slice(0, 20)} o'brien`;
      await one.tell('createGroup', { groupname, groupdesc: "it's" });
      await one.settle();
      await one.logOut();
      const groups = world.words.groups(await one.logIn());
      if (groups.some(({ name }) => name === groupname)) return differs(5);
      return groups.length === 0 ? SAME : wrong(groupname, groups.map(({ name }) => name).join(', '));
    },
    ['groups'],
  ),
];
