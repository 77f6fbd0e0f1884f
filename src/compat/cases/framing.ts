import type { Case, Need } from '../case.js';
import { differs, type Finding, SAME, Wrong } from '../finding.js';
import type { Person } from '../person.js';
import type { Speaker } from '../speaker.js';
import { failingLogin, requestText } from '../wire.js';
import type { World } from '../world.js';
import { ask, hears, text } from './check.js';

const LOST = text('what a client sends in one go is partly lost', '客户端一次发出的内容丢了一部分');

/** Documents without a length before them. */
const UNFRAMED: readonly Need[] = ['unframed'];

/** Sends pieces, each read by itself. */
async function inPieces(speaker: Speaker, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    await speaker.send(piece);
    await speaker.wasRead();
  }
}

/** Sends bytes with `count` failing logins: all are answered, or as in the original fewer. */
async function answered(world: World, make: (login: string) => string, count: number): Promise<Finding> {
  const [speaker, account] = [await world.stranger(), await world.account()];
  const wanted = world.refusal;
  await speaker.send(make(failingLogin(world.dialect)));
  await speaker.wasRead();
  // A login that works: its answer comes behind all others, and is another one.
  await speaker.say('login', speaker.loginFields(account.id, account.name, account.password));
  const isOther = (got: string) => got !== wanted;
  const answers = await speaker.hearUntil(isOther, 'the answers to what was sent');
  const last = answers.at(-1) ?? '';
  if (!world.words.isLoggedIn(last)) throw new Wrong({ wanted, got: last, shows: LOST });
  const heard = answers.length - 1;
  if (heard === 1 && count === 1) return SAME;
  if (heard === count) return differs(1);
  if (heard === 1) return SAME;
  throw new Wrong({
    wanted: `${count} answers`,
    got: `${heard} answers`,
    shows: LOST,
  });
}

/** Sends a document in two pieces at every place, and in pieces of one byte. */
async function cut(world: World, cuts: (length: number) => number[][]): Promise<Finding> {
  const speaker = await world.stranger();
  const bytes = speaker.frame(failingLogin(world.dialect));
  const wanted = world.refusal;
  for (const places of cuts(bytes.length)) {
    const edges = [0, ...places, bytes.length];
    const pieces = edges.slice(1).map((end, n) => bytes.subarray(edges[n], end));
    await inPieces(speaker, pieces);
    const got = await speaker.hear(`an answer to a document that is cut at ${places.slice(0, 3)}`);
    if (got !== wanted)
      throw new Wrong({
        wanted,
        got,
        shows: text('a document that arrives in pieces is not understood', '分段到达的消息没有被正确解析'),
      });
  }
  return differs(1);
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

export const FRAMING: readonly Case[] = [
  ask(
    'framing/two-in-one-read',
    text('Two messages that arrive together are two messages.', '一次读到的两条消息就是两条消息（粘包）。'),
    (world) => answered(world, (login) => `${login}\0${login}\0`, 2),
    UNFRAMED,
  ),
  ask(
    'framing/a-hundred-in-one-read',
    text('A fast client’s messages arrive all.', '发得很快的客户端，消息也要全部处理。'),
    (world) => answered(world, (login) => `${login}\0`.repeat(100), 100),
    UNFRAMED,
  ),
  ask(
    'framing/two-without-nul',
    text('Two documents with nothing between them are two.', '两条消息之间没有任何分隔也要分得开。'),
    (world) => answered(world, (login) => `${login}${login}`, 2),
    UNFRAMED,
  ),
  ask(
    'framing/line-feeds',
    text('Documents may be lines: typed with nc, for example.', '消息可以按行发送，例如用 nc 手工输入。'),
    (world) => answered(world, (login) => `${login}\n${login}\n`, 2),
    UNFRAMED,
  ),
  ask(
    'framing/white-space',
    text('White space around a document is nothing.', '消息前后的空白没有含义。'),
    (world) => answered(world, (login) => ` \t${login} \0`, 1),
    UNFRAMED,
  ),
  ask(
    'framing/no-end',
    text('A client that forgets the NUL is understood.', '忘了发送结尾 NUL 的客户端也能被理解。'),
    (world) => answered(world, (login) => login, 1),
    UNFRAMED,
  ),
  ask(
    'framing/nul-by-itself',
    text('The NUL may come later than its document.', '结尾的 NUL 可能比消息晚到。'),
    async (world) => {
      const speaker = await world.stranger();
      const login = failingLogin(world.dialect);
      await inPieces(speaker, [Buffer.from(login), Buffer.from('\0'), Buffer.from(`${login}\0`)]);
      const wanted = world.refusal;
      for (let n = 0; n < 2; n++) {
        const got = await speaker.hear('an answer');
        if (got !== wanted) throw new Wrong({ wanted, got, shows: LOST });
      }
      return differs(1);
    },
    UNFRAMED,
  ),
  ask(
    'framing/every-cut',
    text('Networks cut messages anywhere; each cut is survived.', '网络可能在任何位置把消息切开（半包）。'),
    (world) => cut(world, (length) => range(1, length).map((at) => [at])),
  ),
  ask(
    'framing/byte-by-byte',
    text('The slowest line brings a message byte by byte.', '最慢的网络会一个字节一个字节地送来消息。'),
    (world) => cut(world, (length) => [range(1, length)]),
  ),
  ask(
    'framing/cut-in-a-character',
    text('A Chinese character may be cut in two by the network.', '一个汉字可能被网络切成两半。'),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      const text = requestText(world.dialect, 'chat', one.chatFields(two.account, '你好😀'));
      const bytes = one.speaker.frame(text);
      const first = bytes.indexOf(0xe4);
      for (const at of range(first + 1, first + 10)) {
        await inPieces(one.speaker, [bytes.subarray(0, at), bytes.subarray(at)]);
        await hears(two, 'chat', text);
      }
      return differs(1);
    },
  ),
  ask(
    'framing/long-message',
    text('A message of 10,000 bytes arrives whole.', '一万字节的消息完整送达。'),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      await hears(two, 'chat', await one.chat(two.account, 'long '.repeat(2000)));
      return undefined;
    },
  ),
];
