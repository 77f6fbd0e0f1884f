import { randomInt } from 'node:crypto';
import { readDocument } from '../client/core/document.js';
import { textOf } from '../client/core/foreign.js';
import type { Verb } from '../protocol/verbs.js';
import type { Account } from './account.js';
import type { Case, Need } from './case.js';
import { Ended, TooMuch } from './client.js';
import { Late } from './deadline.js';
import { type Fault, type Finding, type Text, Wrong } from './finding.js';
import { type Habits, Speaker } from './speaker.js';
import { type Target, written } from './target.js';
import { failingLogin, hasRequest, Lacking, requestOf } from './wire.js';
import { Words } from './words-of.js';
import { PASSWORD, World } from './world.js';

/** A case, and what was found in it. */
export interface Result {
  readonly id: string;
  readonly why: Text;
  readonly finding: Finding;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** Hears of cases as they are run. */
export interface Listener {
  begins(next: Case, at: number, of: number): void;
  ends(result: Result): void;
}

/** The server cannot be tested at all; the message says why in a line. */
export class NotTestable extends Error {}

/** How long a server that answers no more gets to end by itself, in milliseconds: a core dump takes a moment. */
const DYING = 1000;

/** How a name begins that the tool gives to accounts and groups. */
const PREFIX = 'compat';

const GONE: Text = {
  en: 'the server to run: it has ended, and nothing starts it again (--start)',
  zh: '正在运行的服务器：它已退出，也没有 --start 来重新启动',
};

const NEEDS: Readonly<Record<Need, Text>> = {
  second: { en: 'a second node (--second)', zh: '第二个节点（--second）' },
  database: {
    en: 'a database that it may empty (--mysql, --may-empty-the-database)',
    zh: '可以清空的数据库（--mysql、--may-empty-the-database）',
  },
  process: { en: 'to start the server itself (--start)', zh: '由本工具启动服务器（--start）' },
  original: { en: 'the dialect original', zh: 'original 方言' },
  'may-empty': {
    en: 'leave to send what drops tables of a server with a hole (--may-empty-the-database)',
    zh: '允许发送会让有漏洞的服务器删表的内容（--may-empty-the-database）',
  },
  groups: { en: 'a dialect whose logins list groups', zh: '登录应答里有群列表的方言' },
  friends: { en: 'a dialect whose logins list friends', zh: '登录应答里有好友列表的方言' },
  unchanged: { en: 'a dialect that passes chats on as they are', zh: '原样转发聊天消息的方言' },
  unframed: { en: 'a dialect without lengths before messages', zh: '消息前没有长度的方言' },
};

/** Runs cases against a target, one after the other, also after one that has ended the server, where it is started again. */
export class Runner {
  readonly #target: Target;
  readonly #mayEmpty: boolean;
  readonly #spare: Account[] = [];
  readonly #run = randomInt(36 ** 6).toString(36);
  #names = 0;
  #isGone = false;
  /** The verbs of the server by its own word; undefined while it was not asked. */
  #can: ReadonlySet<string> | undefined;
  #stopped = false;

  constructor(target: Target, mayEmpty: boolean) {
    this.#target = target;
    this.#mayEmpty = mayEmpty;
  }

  /** Begins no further case. */
  stop(): void {
    this.#stopped = true;
  }

  /** Whether there is a server that speaks the dialect. Throws NotTestable. */
  async probe(): Promise<void> {
    const { place, dialect, limits } = this.#target;
    const where = written(place);
    let speaker: Speaker;
    try {
      await this.#target.process?.start();
      speaker = await Speaker.connect(place, dialect, limits);
    } catch (error) {
      throw new NotTestable(`${where}: ${unreachable(error)}`);
    }
    let asked = 'a registration';
    try {
      const name = this.#name();
      const text = await speaker.askText('register', { name, password: PASSWORD });
      const id = new Words(dialect).registered(text);
      if (id === undefined) throw new NotTestable(refusal(where, text, dialect.name));
      asked = 'a login';
      this.#target.habits = await habitsOf(speaker, id, name);
    } catch (error) {
      throw error instanceof NotTestable
        ? error
        : new NotTestable(`${where}: ${mute(error, speaker, asked)}`);
    } finally {
      speaker.client.reset();
    }
  }

  /** Runs the cases. The findings go to the listener, case by case. */
  async run(cases: readonly Case[], listener: Listener): Promise<void> {
    for (const [at, one] of cases.entries()) {
      if (this.#stopped) return;
      listener.begins(one, at, cases.length);
      const since = performance.now();
      const finding = await this.#one(one);
      listener.ends({ id: one.id, why: one.why, finding, ms: performance.now() - since });
    }
  }

  async #one(one: Case): Promise<Finding> {
    const missing = (one.needs ?? []).find((need) => !this.#has(need));
    if (missing !== undefined) return { verdict: 'not run', needs: NEEDS[missing] };
    if (this.#isGone) return { verdict: 'not run', needs: GONE };
    await this.#target.process?.start();
    const watcher = await this.#watch();
    if (watcher === undefined) return await this.#ended({ shows: noAnswer() });
    const lacking = await this.#lacking(one, watcher);
    if (lacking !== undefined) {
      const stays = await this.#isThere(watcher);
      watcher.client.reset();
      return stays
        ? { verdict: 'not run', needs: ability(lacking) }
        : await this.#ended({ shows: noAnswer() });
    }
    const world = new World(this.#target, this.#spare, () => this.#name());
    let finding: Finding;
    try {
      finding = await one.run(world);
      await world.leave();
    } catch (error) {
      finding =
        error instanceof Lacking
          ? { verdict: 'not run', needs: request(error.verb) }
          : { verdict: 'wrong', fault: faultOf(error) };
      world.abandon();
    }
    const isThere = await this.#isThere(watcher);
    watcher.client.reset();
    // The end of a process is what some cases are about.
    if (isThere || (one.needs?.includes('process') && finding.verdict !== 'wrong')) return finding;
    return await this.#ended(finding.verdict === 'wrong' ? finding.fault : { shows: noAnswer() });
  }

  #has(need: Need): boolean {
    const { second, database, process, dialect } = this.#target;
    const words = new Words(dialect);
    const has: Readonly<Record<Need, () => boolean>> = {
      second: () => second !== undefined,
      database: () => database !== undefined,
      process: () => process !== undefined,
      original: () => dialect.name === 'original',
      'may-empty': () => this.#mayEmpty,
      groups: () => words.lists('groups') && asks(this.#target, ['createGroup', 'joinGroup', 'groupChat']),
      friends: () => words.lists('friends') && asks(this.#target, ['addFriend']),
      unframed: () => dialect.framing.in !== 'length',
      unchanged: () => asks(this.#target, ['chat']) && requestOf(dialect, 'chat')[1].change === undefined,
    };
    return has[need]();
  }

  /**
   * The verbs that the case needs and the server does not name. The server is asked once, when a case wants to know.
   */
  async #lacking({ asks = [] }: Case, speaker: Speaker): Promise<Verb | undefined> {
    if (asks.length === 0) return undefined;
    this.#can ??= await abilitiesOf(speaker);
    return asks.find((verb) => !this.#can?.has(verb));
  }

  /** A connection that stays as long as the server does; undefined when there is none. */
  async #watch(): Promise<Speaker | undefined> {
    const { place, dialect, limits } = this.#target;
    try {
      return await Speaker.connect(place, dialect, limits, this.#target.habits);
    } catch {
      return undefined;
    }
  }

  async #isThere(watcher: Speaker): Promise<boolean> {
    try {
      await watcher.settle();
      return true;
    } catch {
      return false;
    }
  }

  /** Its users may be online for ever: their accounts are not used again. */
  async #ended(fault: Fault): Promise<Finding> {
    this.#spare.length = 0;
    const { process } = this.#target;
    if (process !== undefined)
      return { verdict: 'ended', fault: { ...fault, farewell: await process.kill(DYING) } };
    this.#isGone = !(await this.#isBack());
    return { verdict: 'ended', fault };
  }

  /** Something else may have started it again. */
  async #isBack(): Promise<boolean> {
    const watcher = await this.#watch();
    const isThere = watcher !== undefined && (await this.#isThere(watcher));
    watcher?.client.reset();
    return isThere;
  }

  #name(): string {
    return `${PREFIX}-${this.#run}-${(this.#names++).toString(36)}`;
  }
}

/** Whether two documents of one read are two (the original drops the second one), and what a failed login is answered. */
async function habitsOf(speaker: Speaker, id: number, name: string): Promise<Habits> {
  const login = speaker.frame(failingLogin(speaker.dialect));
  await speaker.send(Buffer.concat([login, login]));
  await speaker.wasRead();
  // A login that works comes behind both, and is answered otherwise.
  await speaker.say('login', speaker.loginFields(id, name, PASSWORD));
  const words = new Words(speaker.dialect);
  const answers = await speaker.hearUntil((text) => words.isLoggedIn(text), 'the answer to a login');
  if (hasRequest(speaker.dialect, 'logout')) await speaker.tell('logout', { id });
  const [refusal = ''] = answers;
  return { oneRead: answers.length < 3, refusal };
}

/** The verbs that a server names; none, when it does not know the question. */
async function abilitiesOf(speaker: Speaker): Promise<ReadonlySet<string>> {
  try {
    await speaker.tell('abilities', {});
    const lists = (await speaker.settle()).map((text) => readDocument(text)?.can);
    return new Set(lists.flatMap((can) => (Array.isArray(can) ? can.map((verb) => textOf(verb)) : [])));
  } catch {
    return new Set();
  }
}

function ability(verb: Verb): Text {
  return {
    en: `a server that can do ${verb} (PROTOCOL.md section 9)`,
    zh: `支持 ${verb} 的服务器（PROTOCOL.md 第 9 节）`,
  };
}

function request(verb: Verb): Text {
  return { en: `a dialect with a request for ${verb}`, zh: `有 ${verb} 请求的方言` };
}

function asks({ dialect }: Target, verbs: readonly Parameters<typeof requestOf>[1][]): boolean {
  const known = new Set([...dialect.requests.values()].map(({ verb }) => verb));
  return verbs.every((verb) => known.has(verb));
}

function noAnswer(): Text {
  return { en: 'the server does not answer any more', zh: '服务器不再应答' };
}

/** The effect of an error for a client. */
function faultOf(error: unknown): Fault {
  if (error instanceof Wrong) return error.fault;
  const got = error instanceof Error ? error.message : String(error);
  if (error instanceof Ended) return { got, shows: { en: 'the connection is lost', zh: '连接断开' } };
  if (error instanceof Late) return { got, shows: { en: 'nothing comes', zh: '一直等不到消息' } };
  if (error instanceof TooMuch)
    return { got, shows: { en: 'the server sends without end', zh: '服务器无休止地发送' } };
  return { got, shows: { en: 'it does not work', zh: '无法使用' } };
}

function unreachable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `nobody can be connected to (${code})`;
}

function refusal(where: string, text: string, dialect: string): string {
  return `${where}: a registration is answered ${JSON.stringify(text.slice(0, 200))}, which is no registration in the dialect ${dialect} (--dialect)`;
}

function mute(error: unknown, speaker: Speaker, asked: string): string {
  const seen = JSON.stringify(speaker.part.toString('latin1'));
  if (error instanceof Ended) return `it closes the connection instead of answering ${asked}, after ${seen}`;
  if (error instanceof Late)
    return `it does not answer ${asked}: is it a server of this family, and its dialect ${speaker.dialect.name} (--dialect)? It sent ${seen}`;
  return error instanceof Error ? error.message : String(error);
}
