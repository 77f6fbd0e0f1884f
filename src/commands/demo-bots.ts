import { ChatClient } from '../client/chat-client.js';
import type { ChatMessage } from '../client/core/received.js';
import { guarded } from '../net/guard.js';

/** The character of a bot. */
interface Character {
  readonly name: string;
  /** Its first words to each guest. */
  readonly hello: string;
  /** Its answers, one after the other; `{}` stands for the text that somebody wrote to it. */
  readonly answers: readonly string[];
}

const CHARACTERS: readonly Character[] = [
  {
    name: 'Ada',
    hello: 'Welcome! I am a bot, so I am always here. Write me something.',
    answers: [
      'You wrote “{}”. I like that.',
      'Try several lines with Shift and Enter, or a link: https://example.com',
      'Open this page in a second window: that is another guest, and you can chat with each other.',
      'Did you see the group? We talk there.',
    ],
  },
  {
    name: '小明',
    hello: '你好！我是机器人小明，想聊什么都可以 😀',
    answers: ['你说“{}”，有意思！', '今天过得怎么样？', '群里更热闹，一起来聊吧 🎉', '我也这么想。'],
  },
  {
    name: 'Echo',
    hello: 'I say what you say.',
    answers: ['{}', '{} … {}'],
  },
];

/** The sentences of the group. */
const TALK = [
  'Good morning, everyone!',
  '大家早上好 ☀️',
  'Has anyone tried the original console client with this server?',
  '试过了，和网页用的是同一个账号。',
  'So somebody at a terminal and somebody at this page are in one conversation.',
  '对，消息存着，离线也不会丢。',
  'Nothing lost, nothing twice 👍',
  '晚上一起吃饭吗？🍜',
];

const GROUP = ['Demo 群', 'three bots, and you'] as const;

/** How long a bot thinks before it answers, and between two sentences in the group, in ms. */
const THINKS = 900;
const PAUSE = 9000;

/** How often it is looked who has come, and how soon somebody is greeted again, in ms. */
const LOOK = 700;
const AGAIN = 20_000;

/** At most this many sentences are said while no guest speaks: else guests who are away would find very many. */
const MOST_ALONE = 24;

/** At most this much of a text to a bot is in its answer, in characters. */
const MOST = 200;

/** The users who are logged in, each with its time, in ms since 1970. */
interface Visitor {
  readonly id: number;
  readonly since: number;
}

/** Three bots who chat with guests, and in a group with each other. */
export class Bots {
  private readonly bots: readonly Bot[];
  private readonly group: number;
  private readonly timer: NodeJS.Timeout;
  private readonly looking: NodeJS.Timeout;
  private readonly whoIsHere: () => readonly Visitor[];
  /** Since when each guest was logged in when it was greeted. */
  private readonly greeted = new Map<number, number>();
  private said = 0;
  private alone = 0;

  /**
   * Makes the accounts of guests and bots on a server where nobody is yet, and begins to chat.
   *
   * @param port of the server on this machine
   * @param guests how many there are; their ids are the first ones
   * @param whoIsHere who is logged in on the server, since when
   */
  static async begin(
    port: number,
    guests: number,
    password: string,
    whoIsHere: () => readonly Visitor[],
  ): Promise<Bots> {
    const maker = await ChatClient.connect({ host: '127.0.0.1', port });
    for (let n = 1; n <= guests; n++) await maker.register(n === 1 ? 'You' : `Guest ${n}`, password);
    const ids: number[] = [];
    for (const { name } of CHARACTERS) ids.push(await maker.register(name, password));
    const bots: Bot[] = [];
    for (const [n, character] of CHARACTERS.entries())
      bots.push(await Bot.begin(port, ids[n] ?? 0, password, character));
    const group = await bots[0]?.makeGroup();
    if (group === undefined) throw new Error('the group could not be made');
    for (const bot of bots.slice(1)) await bot.join(group);
    for (let id = 1; id <= guests; id++) {
      await maker.login(id, password);
      for (const friend of ids) await maker.addFriend(friend);
      for (let other = 1; other <= guests; other++) if (other !== id) await maker.addFriend(other);
      await maker.joinGroup(group);
      await maker.logout();
    }
    await maker.close();
    return new Bots(bots, group, whoIsHere);
  }

  private constructor(bots: readonly Bot[], group: number, whoIsHere: () => readonly Visitor[]) {
    this.whoIsHere = whoIsHere;
    this.bots = bots;
    this.group = group;
    const isBot = new Set(bots.map(({ id }) => id));
    for (const bot of bots)
      bot.onGuest((message) => {
        if (!isBot.has(message.from.id)) this.alone = 0;
      });
    this.looking = setInterval(guarded('a bot', this.look.bind(this)), LOOK);
    this.talk();
    this.timer = setInterval(guarded('a bot', this.talk.bind(this)), PAUSE);
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    clearInterval(this.looking);
    for (const bot of this.bots) await bot.end();
  }

  /** Greets guests who have come. The page logs in again now and then: who was greeted lately is not greeted again. */
  private async look(): Promise<void> {
    const now = Date.now();
    for (const { id, since } of this.whoIsHere()) {
      const last = this.greeted.get(id) ?? 0;
      if (this.bots.some((bot) => bot.id === id) || since <= last || now - last < AGAIN) continue;
      this.greeted.set(id, now);
      this.alone = 0;
      for (const bot of this.bots) await bot.greet(id);
    }
  }

  private talk(): void {
    if (this.alone >= MOST_ALONE) return;
    this.alone++;
    const bot = this.bots[this.said % this.bots.length];
    bot?.say(this.group, TALK[this.said % TALK.length] ?? '');
    this.said++;
  }
}

/** One bot. */
class Bot {
  readonly id: number;
  private readonly client: ChatClient;
  private readonly password: string;
  private readonly character: Character;
  private answered = 0;

  static async begin(port: number, id: number, password: string, character: Character): Promise<Bot> {
    const client = await ChatClient.connect({ host: '127.0.0.1', port });
    await client.login(id, password);
    return new Bot(client, id, password, character);
  }

  private constructor(client: ChatClient, id: number, password: string, character: Character) {
    this.client = client;
    this.id = id;
    this.password = password;
    this.character = character;
    client.on('message', ({ from, group, text }) => {
      if (group === undefined)
        setTimeout(
          guarded('a bot', () => this.answer(from.id, text)),
          THINKS,
        );
    });
  }

  onGuest(listener: (message: ChatMessage) => void): void {
    this.client.on('message', listener);
  }

  /** Makes the group. Resolves with its id. */
  async makeGroup(): Promise<number | undefined> {
    await this.client.createGroup(...GROUP);
    await this.client.logout();
    const { groups } = await this.client.login(this.id, this.password);
    return groups[0]?.id;
  }

  join(group: number): Promise<void> {
    return this.client.joinGroup(group);
  }

  greet(id: number): Promise<void> {
    return this.client.chat(id, this.character.hello);
  }

  say(group: number, text: string): void {
    void this.client.groupChat(group, text).catch(() => {});
  }

  end(): Promise<void> {
    return this.client.close();
  }

  private async answer(id: number, text: string): Promise<void> {
    const { answers } = this.character;
    const words = answers[this.answered % answers.length] ?? '';
    this.answered++;
    await this.client.chat(
      id,
      words.replaceAll('{}', () => text.slice(0, MOST)),
    );
  }
}
