import { type Document, readDocument } from '../src/client/core/document.js';
import { numberOf } from '../src/client/core/foreign.js';
import type { ChatMessage, Login } from '../src/client/core/received.js';
import type { Fields, Result, Speech } from '../src/client/core/speech.js';
import { keyOf, midOf, Twice } from '../src/client/core/twice.js';
import { Copy } from './copy.js';
import { endEarlierLogin, endLogin } from './ending.js';
import { Finder } from './finder.js';
import { Line, type Mode } from './line.js';
import { emptyModel, type Message, type Model, type Talk } from './model.js';
import { type Ended, More, type MoreHost } from './more.js';
import { OtherTabs } from './other-tabs.js';
import { Own } from './own.js';
import { Past } from './past.js';
import { Recalls, seqOf } from './recalls.js';
import { isOld } from './text.js';

/** How many messages of a conversation are shown at first, and how many more at a time. */
const PAGE = 200;

/** Messages that came within this time before the page was loaded may come again, in ms. */
const RECENT = 30_000;

/** Between two tries while the account is still in use, in ms, and how often: an old connection may not be given up yet. */
const STILL = 1000;
const STILL_TRIES = { atFirst: 4, again: 40 };

/** A login younger than this is not asked for again, in ms. */
const FRESH = 60_000;

/** The account of a login: an id, or a name in dialects that log in by name. */
export interface Account {
  readonly who: string;
  /** '' for the token that the browser has. */
  readonly password: string;
}

interface Waiting {
  readonly reply: string;
  resolve(document: Document | undefined): void;
}

/** The facts about the server that the page is told. */
export interface ServerFacts {
  readonly maxMessage: number;
  /** For so many seconds a message can be taken back; 0 for never. */
  readonly recall?: number;
  readonly charset?: string;
  /** Accounts that anybody may have a look with. */
  readonly demo?: { readonly ids: readonly number[]; readonly password: string };
}

/** One user's chat in this tab: the only place that changes the model. */
export class Session {
  readonly model: Model = emptyModel();
  readonly speech: Speech;
  readonly facts: ServerFacts;
  readonly more: More;
  readonly past: Past;
  readonly own: Own;
  readonly recalls: Recalls;
  readonly finder: Finder;
  private readonly line: Line;
  private readonly tabs: OtherTabs;
  private readonly listeners = new Set<() => void>();
  private readonly heard = new Set<(message: Message, talk: Talk) => void>();
  private account: Account | undefined;
  private mode: Mode = 'forget';
  private copy: Copy | undefined;
  private twice = new Twice();
  private lastN = 0;
  private documents = 0;
  private waiting: Waiting[] = [];
  private planned = false;
  private fresh = 0;
  /** How many logins there were, and ends of connections: what was begun for one of them is not for the next. */
  private logins = 0;
  /** All documents that came before are handled. */
  private before: Promise<void> = Promise.resolve();

  constructor(speech: Speech, facts: ServerFacts) {
    this.speech = speech;
    this.facts = facts;
    const host: MoreHost = {
      model: this.model,
      speech,
      ask: (verb, fields) => this.ask(verb, fields),
      refresh: () => this.refresh(),
      changed: () => this.changed(),
    };
    this.more = new More(host);
    this.past = new Past(host);
    this.own = new Own({
      model: this.model,
      speech,
      maxMessage: facts.maxMessage,
      deliver: (document, isOver) => this.line.deliver(document, isOver),
      ask: (verb, fields) => this.ask(verb, fields),
      nextPlace: () => ++this.lastN,
      add: (talk, message) => this.add(talk, message),
      edited: (message) => this.edited(message),
    });
    this.recalls = new Recalls({
      model: this.model,
      more: this.more,
      seconds: facts.recall,
      copy: () => this.copy,
      changed: () => this.changed(),
    });
    this.finder = new Finder({
      model: this.model,
      more: this.more,
      past: this.past,
      copy: () => this.copy,
    });
    this.tabs = new OtherTabs(
      () => this.model.me?.id,
      () => this.giveWay(),
      () => void this.forgetUser(true),
    );
    this.line = new Line({
      state: (state) => {
        this.model.line = state;
        this.changed();
      },
      open: () => this.opened(),
      document: (text) => this.document(text),
      confirmed: (count) => this.twice.confirmed(count),
      closed: (reason) => this.closed(reason),
    });
  }

  /** Calls back when the model has changed, at most once a frame. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Calls back for each message of others that comes. */
  onMessage(listener: (message: Message, talk: Talk) => void): void {
    this.heard.add(listener);
  }

  /** Logs in. Resolves with how that ended. */
  async logIn(account: Account, mode: Mode): Promise<Result | 'lost'> {
    this.account = account;
    this.mode = mode;
    this.model.isBusy = true;
    this.model.notice = undefined;
    this.twice = new Twice();
    this.changed();
    await endEarlierLogin();
    const ended = new Promise<Result | 'lost'>((resolve) => {
      this.tellLogin = resolve;
    });
    this.line.open(mode);
    const result = await ended;
    this.tellLogin = undefined;
    this.model.isBusy = false;
    if (result !== 'ok') this.line.close();
    this.changed();
    return result;
  }

  /** Makes an account. Resolves with its id, or how it was refused. */
  async register(name: string, password: string): Promise<number | Result | 'lost'> {
    this.model.isBusy = true;
    this.account = undefined;
    this.changed();
    const open = new Promise<boolean>((resolve) => {
      this.tellOpen = resolve;
    });
    this.line.open('forget');
    const reply = (await open) ? await this.ask('register', { name, password }) : undefined;
    this.tellOpen = undefined;
    this.line.close();
    this.model.isBusy = false;
    this.changed();
    if (reply === undefined) return 'lost';
    const result = this.speech.resultOf(reply, 'register');
    return result === 'ok' ? numberOf(this.speech.field(reply, 'register', 'ok', 'id')) : result;
  }

  private tellLogin: ((result: Result | 'lost') => void) | undefined;
  private tellOpen: ((isOpen: boolean) => void) | undefined;

  /**
   * Logs out: the server forgets what this browser could log in by. Resolves when this browser has forgotten what it kept,
   * with whether the server has, too.
   *
   * @param keepCopy leaves the messages in this browser
   * @param everywhere ends what other browsers can log in by, too
   */
  async logOut(keepCopy: boolean, everywhere = false): Promise<boolean> {
    const { me } = this.model;
    if (me !== undefined && this.speech.has('logout'))
      await Promise.race([this.line.send(this.speech.request('logout', { id: me.id })), pause(1000)]);
    this.line.close();
    this.account = undefined;
    const [isKnown] = await Promise.all([endLogin(everywhere), this.forgetUser(keepCopy)]);
    if (me !== undefined) this.tabs.tellLeft(me.id);
    return isKnown;
  }

  /** Forgets what this tab has of its user. */
  private async forgetUser(keepCopy: boolean): Promise<void> {
    const { copy } = this;
    this.copy = undefined;
    this.account = undefined;
    this.line.close();
    if (!keepCopy) await copy?.drop();
    this.past.forget();
    this.own.forget();
    this.twice = new Twice();
    Object.assign(this.model, emptyModel());
    this.changed();
  }

  /** Gives the account another password. Resolves with how that ended. */
  async changePassword(password: string, newpassword: string): Promise<Ended> {
    const { account, mode } = this;
    const ended = await this.more.do('changePassword', { password, newpassword });
    if (ended !== 'ok' || account === undefined || this.account !== account) return ended;
    this.account = { ...account, password: newpassword };
    if (mode === 'forget') return ended;
    // What this browser logs in by has ended with the old password: it is given something new.
    this.mode = 'keep';
    this.line.renew('keep');
    await new Promise<unknown>((resolve) => {
      this.tellLogin = resolve;
    });
    this.tellLogin = undefined;
    return ended;
  }

  /** Comes back after another tab or device had the account, or the operator ended the connection. */
  async comeBack(): Promise<void> {
    const { account } = this;
    if (account === undefined) return;
    this.model.notice = undefined;
    await this.tabs.takeOver(this.model.me?.id);
    this.line.open(this.mode);
  }

  /** Whether another tab of this browser has the account. */
  isInOtherTab(id: number): Promise<boolean> {
    return this.tabs.has(id);
  }

  /** Lets it give the account up. */
  takeFromOtherTab(id: number): Promise<void> {
    return this.tabs.takeOver(id);
  }

  /** Adds a friend, or asks to be one where the server has it so. Resolves with what has become of it. */
  async addFriend(id: number, name: string): Promise<'added' | 'asked' | 'refused' | 'lost'> {
    const byName = this.speech.byName('addFriend');
    const fields = byName ? { friendname: name } : { friendid: id };
    let isRefused = false;
    if (this.more.has('friendRequests') && this.more.has('addFriend', 'friendAdded')) {
      const reply = await this.ask(
        'addFriend',
        { ...fields, id: this.model.me?.id ?? 0, seq: 1 },
        'friendAdded',
      );
      isRefused = reply !== undefined && this.speech.resultOf(reply, 'friendAdded') !== 'ok';
      if (reply === undefined || !(await this.refresh())) return 'lost';
    } else if (!(await this.change('addFriend', fields))) return 'lost';
    if (this.model.friends.some((friend) => (byName ? friend.name === name : friend.id === id)))
      return 'added';
    return this.more.has('friendRequests') && !isRefused ? 'asked' : 'refused';
  }

  /** Makes a group. Resolves with its id; undefined when it was refused, or the connection was lost. */
  async createGroup(groupname: string, groupdesc: string): Promise<number | undefined> {
    const before = new Set(this.model.groups.map(({ id }) => id));
    if (!(await this.change('createGroup', { groupname, groupdesc }))) return undefined;
    return this.model.groups.find(({ id, name }) => name === groupname && !before.has(id))?.id;
  }

  /** Joins a group. Resolves with whether the user is a member now; undefined when the connection was lost. */
  async joinGroup(groupid: number): Promise<boolean | undefined> {
    if (!(await this.change('joinGroup', { groupid }))) return undefined;
    return this.model.groups.some(({ id }) => id === groupid);
  }

  private async change(verb: string, fields: Fields): Promise<boolean> {
    const { me } = this.model;
    if (me === undefined) return false;
    const sent = await this.line.send(this.speech.request(verb, { ...fields, id: me.id }));
    return sent && (await this.refresh());
  }

  /** Reads friends and groups anew, as soon as they may have changed. */
  freshen(): void {
    if (this.model.me !== undefined && Date.now() - this.fresh > FRESH) void this.refresh();
  }

  /** The same now. Resolves with false when the connection was lost. */
  async refresh(): Promise<boolean> {
    const { me } = this.model;
    if (me === undefined || this.model.line !== 'open') return false;
    if (this.speech.replyTo('refresh') !== undefined) {
      const reply = await this.ask('refresh', { id: me.id });
      if (reply !== undefined) this.takeLists(this.speech.readLogin(reply, 'refresh'));
      void this.more.readRequests();
      return reply !== undefined;
    }
    // Only a login brings the lists: what comes between is stored, and comes with it.
    if (!this.speech.has('logout')) return false;
    this.line.hold();
    this.logins++;
    void this.line.send(this.speech.request('logout', { id: me.id }));
    const result = await this.enter();
    if (result !== 'ok' && result !== 'lost') this.shutOut(result);
    return result === 'ok';
  }

  /** Opens a conversation. */
  async open(key: string | undefined): Promise<void> {
    this.model.open = key;
    const talk = key === undefined ? undefined : this.model.talks.get(key);
    if (talk !== undefined) {
      this.read(talk);
      if (talk.messages.length < PAGE) await this.olderHere(talk);
      void this.past.catchUp(talk);
    }
    this.changed();
  }

  /** The messages of the open conversation from the time when this browser was not logged in. */
  private catchUp(): void {
    const { open, talks } = this.model;
    const talk = open === undefined ? undefined : talks.get(open);
    if (talk !== undefined) void this.past.catchUp(talk);
  }

  /** Everything in the conversation was seen. */
  read(talk: Talk): void {
    if (talk.unread === 0) return;
    talk.unread = 0;
    this.copy?.putTalk(talk);
    void this.copy?.flush();
    this.changed();
  }

  /** Shows older messages: of this browser's copy, and behind its end those that the server has. */
  async older(talk: Talk): Promise<void> {
    if (talk.hasOlder) await this.olderHere(talk);
    else await this.past.older(talk);
  }

  private async olderHere(talk: Talk): Promise<void> {
    if (this.copy === undefined || !talk.hasOlder) return;
    talk.hasOlder = false;
    // Messages from the history have numbers below 0.
    const first = talk.messages.find(({ n }) => n > 0)?.n ?? Number.MAX_SAFE_INTEGER;
    const found = await this.copy.before(talk.key, first, PAGE);
    for (const message of found) if (message.way === 'sending') message.way = 'failed';
    talk.messages = this.past.withOlder(talk, found);
    talk.hasOlder = found.length === PAGE;
    this.changed();
  }

  /** The conversation with a user or in a group; a new one where there is none. */
  talkWith(kind: Talk['kind'], id: number, name = ''): Talk {
    const key = `${kind === 'group' ? 'g' : 'u'}${id}`;
    const known = this.model.talks.get(key);
    if (known !== undefined) return known;
    const talk: Talk = {
      key,
      kind,
      id,
      name,
      unread: 0,
      messages: [],
      hasOlder: this.copy !== undefined,
      lastAt: 0,
      lastText: '',
      draft: '',
    };
    this.model.talks.set(key, talk);
    return talk;
  }

  /** Shows a short word. */
  say(text: string, isBad = false): void {
    this.model.toast = { text, isBad };
    this.changed();
  }

  private async opened(): Promise<void> {
    this.documents = 0;
    this.logins++;
    // Requests on an earlier connection are not answered on this one.
    for (const waiting of this.waiting.splice(0)) waiting.resolve(undefined);
    this.twice.begin(Date.now());
    if (this.account === undefined) {
      this.tellOpen?.(true);
      return;
    }
    for (let tries = 0; ; tries++) {
      const result = await this.enter();
      if (result === 'lost') return;
      const most = this.model.me === undefined ? STILL_TRIES.atFirst : STILL_TRIES.again;
      if (result === 'inUse' && tries < most && this.model.line === 'open') {
        await pause(STILL);
        continue;
      }
      this.entered(result);
      return;
    }
  }

  /** Sends the login. Resolves with how it ended. */
  private async enter(): Promise<Result | 'lost'> {
    const { account } = this;
    if (account === undefined) return 'lost';
    const who = this.speech.byName('login') ? { name: account.who } : { id: Number(account.who) };
    const reply = await this.ask('login', { ...who, password: account.password });
    if (reply === undefined) return 'lost';
    const result = this.speech.resultOf(reply, 'login');
    if (result === 'ok') void this.begin();
    return result;
  }

  /** Somebody has logged in: what waits for that goes as soon as it is known what the server can do. */
  private async begin(): Promise<void> {
    this.logins++;
    const login = this.logins;
    await this.more.learn();
    await this.own.begin();
    // The connection may have been lost meanwhile, or be between a logout and the next login.
    if (login !== this.logins || this.model.line !== 'open') return;
    this.line.ready();
    this.catchUp();
  }

  /** Something of a message is different. */
  private edited(message: Message): void {
    this.copy?.put(message);
    void this.copy?.flush();
    this.changed();
  }

  private entered(result: Result): void {
    if (result === 'ok') {
      this.line.resumeFromNow();
      this.model.notice = undefined;
    } else if (this.model.me !== undefined) this.shutOut(result);
    this.tellLogin?.(result);
    this.changed();
  }

  /** The user who was logged in is not let in again. */
  private shutOut(result: Result): void {
    if (result === 'unavailable') {
      this.model.notice = { kind: 'unavailable' };
      void pause(5000).then(() => {
        if (this.model.line === 'open') void this.opened();
      });
      return;
    }
    this.model.notice = { kind: result === 'inUse' ? 'inUse' : 'kicked', reason: result };
    this.line.close();
  }

  private async welcome(login: Login): Promise<void> {
    const isNew = this.model.me?.id !== login.id;
    if (isNew) await this.openCopy(login.id);
    this.model.me = { id: login.id, name: login.name };
    this.takeLists(login);
  }

  private async openCopy(userid: number): Promise<void> {
    this.model.isForgetful = this.mode === 'forget';
    if (this.model.isForgetful) return;
    this.copy = await Copy.open(userid, () => {
      this.model.notice = { kind: 'noCopy' };
      this.changed();
    });
    if (this.copy === undefined) {
      this.model.isForgetful = true;
      return;
    }
    for (const row of await this.copy.allTalks())
      this.model.talks.set(row.key, { ...row, messages: [], hasOlder: true, draft: '' });
    const newest = await this.copy.newest(PAGE);
    this.lastN = newest.at(-1)?.n ?? 0;
    for (const { at, from, text, time, mid, talk } of newest)
      if (at > Date.now() - RECENT && from !== userid) {
        const group = talk.startsWith('g') ? Number(talk.slice(1)) : undefined;
        this.twice.had(keyOf({ from: { id: from, name: '' }, group, text, time, document: {} }, mid), mid);
      }
  }

  private takeLists({ friends, groups }: Pick<Login, 'friends' | 'groups'>): void {
    this.fresh = Date.now();
    this.model.friends = friends;
    this.model.groups = groups;
    for (const { id, name } of friends) this.rename('u', id, name);
    for (const { id, name } of groups) this.rename('g', id, name);
    this.changed();
  }

  private rename(kind: string, id: number, name: string): void {
    const talk = this.model.talks.get(`${kind}${id}`);
    if (talk !== undefined) talk.name = name;
  }

  /**
   * Asks for something. Resolves with the reply; undefined when the connection was lost.
   *
   * @param reply the answer, where it has another name
   */
  private ask(verb: string, fields: Fields, reply = verb): Promise<Document | undefined> {
    return new Promise((resolve) => {
      const waiting = { reply, resolve };
      this.waiting.push(waiting);
      void this.line.send(this.speech.request(verb, fields)).then((arrived) => {
        if (!arrived) this.forget(waiting);
      });
    });
  }

  private forget(waiting: Waiting): void {
    this.waiting = this.waiting.filter((other) => other !== waiting);
    waiting.resolve(undefined);
  }

  /** Resolves when what came is kept. */
  private async document(text: string): Promise<void> {
    this.documents++;
    const [document, number] = [readDocument(text), this.documents];
    // One after the other: what a login brings is there before the messages behind it.
    const work = this.before.then(() => document && this.handle(document, number));
    // A document that cannot be shown would come again and again if it did not count as arrived.
    this.before = work.catch((error) => reportError(error)).then(() => {});
    await this.before;
    await this.copy?.flush();
  }

  private async handle(document: Document, number: number): Promise<void> {
    const type = this.speech.numberOf(document);
    const asked = this.waiting.find(({ reply }) => this.speech.replyTo(reply) === type);
    if (asked !== undefined) {
      this.waiting = this.waiting.filter((other) => other !== asked);
      if (asked.reply === 'login' && this.speech.resultOf(document, 'login') === 'ok')
        await this.stored(document, number);
      asked.resolve(document);
      return;
    }
    const chat = this.speech.readChat(document);
    if (chat !== undefined) this.receive(chat, number, isOld(chat.time, Date.now()));
    else if (!this.own.hear(document)) await this.unasked(document, type);
  }

  /** The stored messages inside the reply to a login. */
  private async stored(document: Document, number: number): Promise<void> {
    const login = this.speech.readLogin(document);
    // The copy is opened by who logs in: what is stored goes into it.
    await this.welcome(login);
    for (const chat of login.stored) this.receive(chat, number, true);
  }

  /** Documents that nobody has asked for: friends that come and go, messages that are taken back, and lists behind a login. */
  private async unasked(document: Document, type: number): Promise<void> {
    const { model, speech } = this;
    const state = speech.readFriendState(document);
    const recalled = speech.readRecalled(document);
    if (state !== undefined) this.seeState(state.id, state.online);
    else if (recalled !== undefined) await this.recalls.hear(recalled);
    else if (type === speech.replyTo('friendsAfterLogin')) {
      const friends = speech.readFriends(speech.field(document, 'friendsAfterLogin', 'ok', 'friends'));
      this.takeLists({ friends, groups: model.groups });
    } else if (type === speech.replyTo('groupsAfterLogin')) {
      const groups = speech.readGroups(speech.field(document, 'groupsAfterLogin', 'ok', 'groups'));
      this.takeLists({ friends: model.friends, groups });
    }
  }

  private receive(chat: ChatMessage, number: number, waited: boolean): void {
    const { me } = this.model;
    if (me === undefined || this.twice.hasCome(chat, number, Date.now())) return;
    const from = Number.isInteger(chat.from.id) ? chat.from.id : this.idOf(chat.from.name);
    const group = this.model.groups.find(({ id }) => id === chat.group);
    const talk =
      chat.group !== undefined && Number.isInteger(chat.group)
        ? this.talkWith('group', chat.group, group?.name ?? '')
        : this.talkWith('user', from, chat.from.name);
    this.lastN++;
    const message: Message = {
      n: this.lastN,
      talk: talk.key,
      from,
      name: chat.from.name,
      text: chat.text,
      time: chat.time,
      at: Date.now(),
      waited,
      mid: midOf(chat),
      seq: seqOf(chat),
    };
    // A friend that writes is here.
    if (!waited) this.seeState(from, true);
    this.past.replace(talk, message);
    this.add(talk, message);
    for (const listener of this.heard) listener(message, talk);
  }

  /** A friend has come, or gone. */
  private seeState(id: number, online: boolean): void {
    const at = this.model.friends.findIndex((friend) => friend.id === id && friend.online !== online);
    if (at < 0) return;
    this.model.friends = this.model.friends.map((friend, n) => (n === at ? { ...friend, online } : friend));
    this.changed();
  }

  /** In dialects whose messages name their senders only by name. */
  private idOf(name: string): number {
    return this.model.friends.find((friend) => friend.name === name)?.id ?? 0;
  }

  private add(talk: Talk, message: Message): void {
    talk.messages.push(message);
    talk.lastAt = message.at;
    talk.lastText = message.text.slice(0, 200);
    talk.isLastRecalled = false;
    const isSeen = this.model.open === talk.key && document.visibilityState === 'visible';
    if (message.way === undefined && !isSeen) talk.unread++;
    this.copy?.put(message);
    this.copy?.putTalk(talk);
    this.changed();
  }

  /** Returns whether another connection is tried for. */
  private closed(reason: string): boolean {
    for (const waiting of this.waiting.splice(0)) waiting.resolve(undefined);
    this.tellOpen?.(false);
    this.tellLogin?.('lost');
    if (this.model.me === undefined) return false;
    const isElsewhere = reason === 'its user has logged in elsewhere';
    if (isElsewhere || reason === 'kicked')
      this.model.notice = { kind: isElsewhere ? 'elsewhere' : 'kicked' };
    return !isElsewhere && reason !== 'kicked';
  }

  /** Another tab of this browser takes the account. */
  private async giveWay(): Promise<void> {
    const { me } = this.model;
    if (me === undefined) return;
    this.model.notice = { kind: 'otherTab' };
    if (this.speech.has('logout'))
      await Promise.race([this.line.send(this.speech.request('logout', { id: me.id })), pause(1000)]);
    await this.copy?.flush();
    this.line.close();
    this.changed();
  }

  private changed(): void {
    if (this.planned) return;
    this.planned = true;
    const tell = () => {
      this.planned = false;
      for (const listener of this.listeners) listener();
    };
    // Nothing is drawn while nobody looks, but the title counts.
    if (document.visibilityState === 'visible') requestAnimationFrame(tell);
    else setTimeout(tell, 100);
  }
}

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}
