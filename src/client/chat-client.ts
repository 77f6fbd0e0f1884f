import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { type Abilities, NONE, readAbilities, Unsupported } from './abilities.js';
import { Again } from './again.js';
import type { Spoken } from './core/dialect.js';
import type { Document } from './core/document.js';
import { numberOf, textOf } from './core/foreign.js';
import type { ChatMessage, Friend, Group, HistoryPage, Login, Recalled } from './core/received.js';
import { type Fields, type Outgoing, Speech } from './core/speech.js';
import { Heard } from './heard.js';
import { startHeartbeat } from './heartbeat.js';
import { ConnectionLost, Link, type LinkLimits } from './link.js';
import { type Fate, type Numbering, Outstanding } from './outstanding.js';
import { openSocket, type ServerAddress } from './socket.js';
import { MOST_BYTES } from './stream.js';

/** How long the server may take to close its side after close(), in milliseconds. */
const CLOSE_TIMEOUT = 5000;

/** The first and the longest pause before another try to connect, in milliseconds. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [200, 30_000];

/** `errno` of a login with a wrong id or password. */
const WRONG_PASSWORD = 1;
/** And of any request that is to be tried again later. */
const UNAVAILABLE = 3;
/** After this time, in milliseconds. */
const AGAIN = 1000;

/** The most bytes of a message that servers take unless they were told otherwise (`--max-message`). */
const MOST_SENT = 65_536;

/** The notices that a server gives without being asked each time: the events `recalled` and `friend` have them. */
export type Told = 'recalled' | 'friends';

/** The bounds of a connection to a server, where a program wants others than the defaults. */
export interface ChatClientOptions extends Partial<LinkLimits> {
  /** How the server's clients speak: a completed dialect file, as a server with `--web` gives it at /dialect.json. */
  readonly dialect?: Spoken;
  /**
   * A message with a number (`send`) that has come before is not emitted again, nor among what a login brings: a server
   * that was killed may bring it twice. Not for servers whose clients call something else `seq`.
   */
  readonly once?: boolean;
  /**
   * Tell the server what has arrived, where it takes that: messages that were on their way when a connection breaks come again
   * on the next one, and once. A login waits until the server has said what it can do; on one that says nothing, 5 seconds.
   */
  readonly confirm?: boolean;
  /** With `confirm`: the messages of other connections of this program, which may come again on this one. */
  readonly again?: Again;
  /**
   * The notices that the server is asked for: `recalled`, when others take messages back; `friends`, when friends
   * come and go.
   */
  readonly tell?: readonly Told[];
  /** Send heartbeats once it is known that the server takes them: a connection that breaks without a word is noticed. */
  readonly heartbeat?: boolean;
}

/** A minute for a reply, 5 s for what it can do, 16 MiB for a document from the server. */
const DEFAULTS: LinkLimits = {
  replyTimeout: 60_000,
  abilityTimeout: 5000,
  maxDocument: MOST_BYTES,
  maxMessage: MOST_SENT,
};

/** Where a server is, and what bounds the connection to it. */
export interface ChatClientAddress extends ServerAddress, ChatClientOptions {
  /** Connect again when the connection is lost, and log in again who was logged in; see ChatClient. */
  readonly reconnect?: boolean;
}

/** A conversation with a user, or in a group. */
export type Conversation = { readonly user: number } | { readonly group: number };

/** The part of a conversation that is wanted; the messages of `before` and `since` are not in it. */
export interface HistoryRange {
  readonly before?: number;
  readonly since?: number;
  /** When the server took them, in ms since 1970: not before, and not after. */
  readonly from?: number;
  readonly until?: number;
  /** At most this many messages: 50 unless given, 200 are the most. */
  readonly most?: number;
}

/** The server has refused a request: `errno` as in PROTOCOL.md section 5, the message in its words. */
export class ChatError extends Error {
  readonly errno: number;
  /** The reply as it came. */
  readonly document: Document;

  constructor(document: Document, otherwise: string) {
    super(textOf(document.errmsg) || otherwise);
    this.errno = numberOf(document.errno);
    this.document = document;
  }
}

export interface ChatClientEvents {
  /** A chat message came. */
  message: [message: ChatMessage];
  /** With `tell`: somebody has taken a message back. */
  recalled: [recalled: Recalled];
  /** With `tell`: a friend has come, or gone. */
  friend: [friend: { readonly id: number; readonly online: boolean }];
  /** With `reconnect`: the connection is lost, and another is being tried for. */
  lost: [lost: ConnectionLost];
  /** With `reconnect`: it is back, with what the new login brings; undefined where nobody was logged in. */
  back: [login: Login | undefined];
  /** The connection has ended, and there will be no other: `lost` says why, undefined after close(). */
  close: [lost: ConnectionLost | undefined];
}

/**
 * A client of a chat server: one connection, and one user at a time on it.
 *
 * All that is sent is handled in the order of the calls. The server does not answer chat, friends and groups:
 * those promises resolve when the message is on its way. Every method rejects with ConnectionLost when the
 * connection has ended, and with RangeError when what it would send is longer than the server takes or an id is
 * no whole number of 32 bits. Before a login there is only `register` and `login`: the others reject with an Error.
 *
 * Requests that the original does not have (PROTOCOL.md section 9) are answered: their methods reject with ChatError,
 * its message saying why, when the server refuses, and with Unsupported when it does not know them. The server is
 * asked once for its verbs, when the first of them is called, and has 5 seconds to name them.
 *
 * With `reconnect`, calls while the connection is away wait for the next one, and are sent then in the order of
 * the calls. Nothing but the messages of `send` and `sendToGroup` is sent twice: a request that was not answered when the
 * connection was lost rejects with ConnectionLost, as nobody knows whether it arrived. It is tried until close(), after longer and longer pauses, up to
 * half a minute; only a password that is wrong by now ends it.
 */
export class ChatClient extends EventEmitter<ChatClientEvents> {
  #link: Link;
  readonly #limits: LinkLimits;
  readonly #speech: Speech;
  readonly #beats: boolean;
  readonly #told: readonly Told[];
  readonly #again: Again | undefined;
  /** The verbs of this connection's server, once it was asked. */
  #asked: Promise<Abilities> | undefined;
  #stopHeartbeat = () => {};
  #seq = 0;
  #heard: Heard | undefined;
  /** The messages that were sent with a number, once one was. */
  #outstanding: Outstanding | undefined;
  readonly #stopped = new AbortController();
  /** Where to connect to again. */
  #address: ServerAddress | undefined;
  #account: { readonly who: number | string; readonly password: string } | undefined;
  #user: { readonly id: number; readonly name: string } | undefined;
  /** While the connection is away: resolves when it is back. */
  #away: Promise<Login | undefined> | undefined;

  /** Takes a connected stream that nobody reads; `ChatClient.connect` makes one. */
  constructor(
    stream: Duplex,
    {
      dialect,
      heartbeat = false,
      once = false,
      confirm = false,
      again = new Again(),
      tell = [],
      ...limits
    }: ChatClientOptions = {},
  ) {
    super();
    if (once) this.#heard = new Heard();
    if (confirm) this.#again = again;
    this.#beats = heartbeat;
    this.#told = tell;
    this.#speech = new Speech(dialect);
    this.#limits = { ...DEFAULTS, ...limits };
    this.#link = this.#linkTo(stream);
    this.#watch();
    // A login waits for it, and an original never answers: who types a name meanwhile waits for nothing.
    if (confirm) this.#begin();
  }

  /** Connects to a server. Rejects with the system's error, or after 10 silent seconds. */
  static async connect({ reconnect, tls, host, port, ...options }: ChatClientAddress): Promise<ChatClient> {
    const address = { host, port, ...(tls !== undefined && { tls }) };
    const client = new ChatClient(await openSocket(address), options);
    if (reconnect) client.#address = address;
    return client;
  }

  /** The user who is logged in. */
  get user(): { readonly id: number; readonly name: string } | undefined {
    return this.#user;
  }

  /** With `confirm`: whether the server of this connection is told what has arrived. */
  get isConfirming(): boolean {
    return this.#link.isConfirming;
  }

  /** Makes an account. Resolves with its id. Rejects with ChatError when the name is taken. */
  async register(name: string, password: string): Promise<number> {
    if (this.#away !== undefined) await this.#away;
    const reply = await this.#link.ask('register', { name, password });
    if (this.#speech.resultOf(reply, 'register') !== 'ok')
      throw new ChatError(reply, 'name is already exist');
    return numberOf(this.#speech.field(reply, 'register', 'ok', 'id'));
  }

  /**
   * Logs in, by id, or by name in dialects that do so. Rejects with ChatError: errno 1 wrong id or password, 2 in use,
   * 3 try again later.
   */
  async login(who: number | string, password: string): Promise<Login> {
    if (this.#away !== undefined) await this.#away;
    const login = await this.#logIn(who, password);
    const id = typeof who === 'number' ? who : login.id;
    if (this.#user?.id !== id) this.#endOutstanding(new Error('another user has logged in'));
    this.#user = { id, name: login.name };
    this.#account = { who, password };
    this.#begin();
    return login;
  }

  /** Logs out; the connection stays, and can log in again. */
  async logout(): Promise<void> {
    const { id } = this.#self();
    this.#endOutstanding(new Error('the user has logged out'));
    this.#user = undefined;
    this.#account = undefined;
    // A client whose connection is away is logged out already.
    if (this.#away === undefined) await this.#link.tell('logout', { id });
  }

  /** Sends a text to a user, who gets it at the next login when away. */
  async chat(toid: number, msg: string): Promise<void> {
    const { id, name } = this.#self();
    const to = { kind: 'user', id: whole(toid), name: '' } as const;
    await this.#send(this.#speech.chat({ from: { id, name }, to, text: msg, time: timestamp() }));
  }

  /** Sends a text to all other members of a group. */
  async groupChat(groupid: number, msg: string): Promise<void> {
    const { id, name } = this.#self();
    const to = { kind: 'group', id: whole(groupid) } as const;
    await this.#send(this.#speech.chat({ from: { id, name }, to, text: msg, time: timestamp() }));
  }

  /**
   * Sends a text to a user, with a number: however often the connection is lost, it is delivered once, in the order of the
   * calls. Resolves with its outcome by the server's word; with `reconnect` that may be on a later connection. While
   * the server's database is away it waits. One client of a user at a time sends so.
   */
  async send(toid: number, msg: string, numbering: Numbering = {}): Promise<Fate> {
    return this.#sendNumbered({ kind: 'user', id: whole(toid), name: '' }, msg, numbering);
  }

  /** The same to all other members of a group: of the outcomes for each of them the worst counts. */
  async sendToGroup(groupid: number, msg: string, numbering: Numbering = {}): Promise<Fate> {
    return this.#sendNumbered({ kind: 'group', id: whole(groupid) }, msg, numbering);
  }

  /** Takes back a message that was sent with this number, while the server allows it. */
  async recall(seq: number): Promise<void> {
    await this.#ask('recall', { number: seq });
  }

  /** Puts a user on the own list of friends. The next login shows it. */
  async addFriend(friendid: number): Promise<void> {
    await this.#tell('addFriend', { friendid: whole(friendid) });
  }

  /** Makes a group, with this user as its creator. The next login brings its id. */
  async createGroup(groupname: string, groupdesc: string): Promise<void> {
    await this.#tell('createGroup', { groupdesc, groupname });
  }

  /** Joins a group. The next login shows it. */
  async joinGroup(groupid: number): Promise<void> {
    await this.#tell('joinGroup', { groupid: whole(groupid) });
  }

  /** The verbs of the server that the original does not have. Asks the server once for each connection. */
  async abilities(): Promise<ReadonlySet<string>> {
    if (this.#away !== undefined) await this.#away;
    this.#asked ??= this.#askAbilities(this.#link);
    return (await this.#asked).can;
  }

  /**
   * Puts a user on the own list of friends. Resolves when it is there, or where the server has friendRequests, when that
   * user is asked; rejects when there is no such user.
   */
  async makeFriend(friendid: number): Promise<void> {
    await this.#ask('addFriend', { friendid: whole(friendid), seq: ++this.#seq }, 'friendAdded');
  }

  /** Makes a group. Resolves with its id; rejects when its name is taken. */
  async makeGroup(groupname: string, groupdesc: string): Promise<number> {
    const reply = await this.#ask('createGroup', { groupdesc, groupname, seq: ++this.#seq }, 'groupCreated');
    return numberOf(this.#speech.field(reply, 'groupCreated', 'ok', 'groupid'));
  }

  /** Joins a group. Resolves when this user is a member; rejects when there is no such group. */
  async enterGroup(groupid: number): Promise<void> {
    await this.#ask('joinGroup', { groupid: whole(groupid), seq: ++this.#seq }, 'groupJoined');
  }

  /** Those who have asked this user to be friends, the last one first, where the server has it so (`--friend-requests`). */
  async friendRequests(): Promise<Friend[]> {
    const reply = await this.#ask('friendRequests', {});
    return this.#speech.readFriends(this.#speech.field(reply, 'friendRequests', 'ok', 'friends'));
  }

  /** Becomes a friend of a user who has asked for it. */
  async acceptFriend(friendid: number): Promise<void> {
    await this.#ask('acceptFriend', { friendid: whole(friendid) });
  }

  /** Does not, without telling that user. */
  async refuseFriend(friendid: number): Promise<void> {
    await this.#ask('refuseFriend', { friendid: whole(friendid) });
  }

  /** Takes a user off the own list of friends. */
  async deleteFriend(friendid: number): Promise<void> {
    await this.#ask('deleteFriend', { friendid: whole(friendid) });
  }

  /** Leaves a group. Its creator cannot. */
  async leaveGroup(groupid: number): Promise<void> {
    await this.#ask('leaveGroup', { groupid: whole(groupid) });
  }

  /** Ends a group that this user has made; its members are told by a message. */
  async dissolveGroup(groupid: number): Promise<void> {
    await this.#ask('dissolveGroup', { groupid: whole(groupid) });
  }

  /** Gives a group that this user has made another name. */
  async renameGroup(groupid: number, groupname: string): Promise<void> {
    await this.#ask('renameGroup', { groupid: whole(groupid), groupname });
  }

  /** A group that this user is in, with its members. */
  async group(groupid: number): Promise<Group | undefined> {
    const reply = await this.#ask('memberList', { groupid: whole(groupid) });
    return this.#speech.readGroups(this.#speech.field(reply, 'memberList', 'ok', 'groups'))[0];
  }

  /** The user with this id or exactly this name; without either the one who is logged in. */
  async lookUp(whom?: number | string): Promise<Friend> {
    const meant = typeof whom === 'string' ? { toname: whom } : whom !== undefined && { toid: whole(whom) };
    return this.#speech.readWho(await this.#ask('lookUp', { ...meant }));
  }

  /** Gives the account of this user another password. */
  async changePassword(password: string, newpassword: string): Promise<void> {
    const { id } = this.#self();
    await this.#ask('changePassword', { password, newpassword });
    if (this.#account !== undefined && this.#user?.id === id)
      this.#account = { ...this.#account, password: newpassword };
  }

  /**
   * A page of a conversation, by the numbers of its messages: the newest ones, those before a number, or those since one.
   * Its `next` is the `before` of the page before it; with `since`, the `since` of the page behind it.
   */
  async history(conversation: Conversation, range: HistoryRange = {}): Promise<HistoryPage> {
    const reply = await this.#ask('history', { ...fieldsOf(conversation), ...range });
    return this.#speech.readHistory(reply, 'history');
  }

  /**
   * Messages of a conversation that have a text in them, the newest first. There may be few, or none, and a `next` all the
   * same: the server looks at a bounded number of messages at once; `next` as `before` goes on from there.
   */
  async search(
    conversation: Conversation,
    text: string,
    range: Omit<HistoryRange, 'since'> = {},
  ): Promise<HistoryPage> {
    const reply = await this.#ask('search', { ...fieldsOf(conversation), text, ...range });
    return this.#speech.readHistory(reply, 'search');
  }

  /** Ends the connection: all that was sent is still handled, all that still comes is emitted. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#link.end(CLOSE_TIMEOUT);
    await this.#away?.catch(() => {});
  }

  /** A request of the user's. */
  async #tell(verb: string, fields: Fields): Promise<void> {
    await this.#send(this.#speech.request(verb, { ...fields, id: this.#self().id }));
  }

  async #sendNumbered(to: Outgoing['to'], text: string, numbering: Numbering): Promise<Fate> {
    const { id, name } = this.#self();
    const document = this.#speech.chat({ from: { id, name }, to, text, time: timestamp() });
    if (this.#outstanding === undefined) {
      const isAnswered = this.#speech.replyTo('ack') !== undefined;
      if (!isAnswered || !(await this.abilities()).has('resume')) throw new Unsupported('resume');
    }
    this.#outstanding ??= new Outstanding({
      last: () => this.#askLast(),
      write: (numbered) => this.#send(numbered),
    });
    return this.#outstanding.send(document, numbering);
  }

  /** The highest number of the user's messages. Waits while the server cannot say it, and for a connection. */
  async #askLast(): Promise<number> {
    for (;;) {
      try {
        return await this.#lastNumber();
      } catch (error) {
        const isAway = error instanceof ChatError && error.errno === UNAVAILABLE;
        const comesBack = error instanceof ConnectionLost && this.#address !== undefined;
        if (!isAway && !comesBack) throw error;
      }
      await delay(AGAIN, undefined, { signal: this.#stopped.signal });
    }
  }

  /** The highest number of the own messages. Behind one that is none all messages would have the same number. */
  async #lastNumber(): Promise<number> {
    const reply = await this.#ask('resume', {});
    const last = numberOf(this.#speech.field(reply, 'resume', 'ok', 'last'));
    if (last === (last | 0)) return last;
    throw new ChatError(reply, 'the server does not say which number is the last');
  }

  async #send(document: Document): Promise<void> {
    if (this.#away !== undefined) await this.#away;
    await this.#link.send(document);
  }

  async #askAbilities(link: Link): Promise<Abilities> {
    const tell = this.#told.length > 0 && { tell: this.#told };
    const reply = await link.askWithin('abilities', { ...tell }, this.#limits.abilityTimeout);
    if (reply === undefined) return NONE;
    const field = (name: string) => this.#speech.field(reply, 'abilities', 'ok', name);
    const abilities = readAbilities(field('can'), field('heartbeat'));
    if (link === this.#link && this.#beats && abilities.can.has('heartbeat'))
      this.#stopHeartbeat = startHeartbeat(abilities.heartbeat, () => link.ask('heartbeat', {}));
    return abilities;
  }

  /** Asks for the verbs of the server, where it is to take heartbeats, to tell something or to be told what has arrived. */
  #begin(): void {
    if (this.#beats || this.#told.length > 0 || this.#again !== undefined) this.abilities().catch(() => {});
  }

  /** Asks for what the original does not have, or does not answer: then the answer has another name. */
  async #ask(verb: string, fields: Fields, answeredBy = verb): Promise<Document> {
    const { id } = this.#self();
    const can = await this.abilities();
    if (!can.has(verb) || this.#speech.replyTo(answeredBy) === undefined) throw new Unsupported(verb);
    const reply = await this.#link.ask(verb, { ...fields, id }, answeredBy);
    if (this.#speech.resultOf(reply, answeredBy) !== 'ok') throw new ChatError(reply, 'refused');
    return reply;
  }

  #linkTo(stream: Duplex): Link {
    const receive = (document: Document) => {
      const chat = this.#speech.readChat(document);
      if (chat !== undefined) this.#received(chat);
      else if (this.#speech.numberOf(document) === this.#speech.replyTo('ack')) this.#acknowledged(document);
      else this.#heardOf(document);
    };
    return new Link(stream, receive, this.#limits, this.#speech);
  }

  /** The notices that the server was asked for. */
  #heardOf(document: Document): void {
    const recalled = this.#speech.readRecalled(document);
    if (recalled !== undefined) this.emit('recalled', recalled);
    const friend = this.#speech.readFriendState(document);
    if (friend !== undefined) this.emit('friend', friend);
  }

  #received(message: ChatMessage): void {
    if (this.#isNew(message)) this.emit('message', message);
  }

  /** Whether a message has not come before. */
  #isNew(message: ChatMessage): boolean {
    const { come, taken, isConfirming } = this.#link;
    const unknown = isConfirming ? taken : Number.POSITIVE_INFINITY;
    const again = this.#again?.isNew(message, come, unknown) === false;
    return this.#heard?.isNew(message) !== false && !again;
  }

  /** The messages of a login, without those that have come before. */
  #heardIn(login: Login): Login {
    if (this.#heard === undefined && this.#again === undefined) return login;
    const stored = login.stored.filter((each) => this.#isNew(each));
    return { ...login, stored, again: login.stored.filter((each) => !stored.includes(each)) };
  }

  /** Logs in, on a connection on which the server is told what arrives, where that is wanted and can be. */
  async #logIn(who: number | string, password: string): Promise<Login> {
    const link = this.#link;
    if (this.#again !== undefined && !link.isConfirming) {
      this.#asked ??= this.#askAbilities(link);
      if ((await this.#asked).can.has('confirm')) await link.startConfirming();
      this.#again.begin(who);
    }
    return this.#heardIn(await logIn(link, this.#speech, who, password));
  }

  #acknowledged(document: Document): void {
    const seq = numberOf(document.seq);
    const result = this.#speech.resultOf(document, 'ack');
    if (result === 'unavailable') this.#outstanding?.again();
    else if (result !== 'ok') this.#outstanding?.failed(seq, new ChatError(document, 'refused'));
    else this.#outstanding?.done(seq, fateOf(this.#speech.field(document, 'ack', 'ok', 'state')));
  }

  /** Callers that wait for an answer to a message will get none. */
  #endOutstanding(error: Error): void {
    this.#outstanding?.end(error);
    this.#outstanding = undefined;
  }

  #closed(lost: ConnectionLost | undefined): void {
    this.#endOutstanding(lost ?? new ConnectionLost('the client has closed the connection', 'closed'));
    this.emit('close', lost);
  }

  #watch(): void {
    void this.#link.closed.then((lost) => this.#ended(lost));
  }

  #ended(lost: ConnectionLost): void {
    this.#stopHeartbeat();
    this.#asked = undefined;
    if (this.#stopped.signal.aborted) this.#closed(undefined);
    else if (this.#address === undefined) this.#closed(lost);
    else {
      this.#away = this.#comeBack(this.#address, lost);
      this.#away.then(
        (login) => this.#isBack(login),
        () => this.#closed(this.#stopped.signal.aborted ? undefined : lost),
      );
      this.emit('lost', lost);
    }
  }

  #isBack(login: Login | undefined): void {
    // Calls that come until then wait behind those that have waited before.
    void nextTurn().then(() => {
      this.#away = undefined;
      this.#watch();
      this.#begin();
    });
    this.emit('back', login);
  }

  /** Tries until there is a connection, with whoever was logged in. Rejects with `lost` when there will be none. */
  async #comeBack(address: ServerAddress, lost: ConnectionLost): Promise<Login | undefined> {
    const { signal } = this.#stopped;
    for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        // Not all clients of a server that was away at the same moment.
        await delay(pause * (0.5 + Math.random()), undefined, { signal });
        this.#link = this.#linkTo(await openSocket(address, signal));
        this.#asked = undefined;
        const login = await this.#logInAgain();
        await this.#resend();
        return login;
      } catch (error) {
        // Any other refusal may pass, also that the account is still in use.
        if (error instanceof ChatError && error.errno === WRONG_PASSWORD) break;
      }
    }
    throw lost;
  }

  /** Sends the open messages again. When the connection is lost meanwhile, the next one does so, and this login counts. */
  async #resend(): Promise<void> {
    try {
      await this.#outstanding?.resend((document) => this.#link.send(document));
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    }
  }

  /** Logs the user in again who was logged in, or else ends the connection. */
  async #logInAgain(): Promise<Login | undefined> {
    const account = this.#account;
    if (account === undefined) return undefined;
    try {
      const login = await this.#logIn(account.who, account.password);
      // A user who has logged out meanwhile is not logged in by this.
      if (this.#account !== undefined) return login;
      await this.#link.tell('logout', { id: login.id });
      return undefined;
    } catch (error) {
      await this.#link.end(CLOSE_TIMEOUT);
      throw error;
    }
  }

  #self(): { readonly id: number; readonly name: string } {
    if (this.#user === undefined) throw new Error('log in first');
    return this.#user;
  }
}

function fieldsOf(of: Conversation): Fields {
  return 'group' in of ? { groupid: whole(of.group) } : { toid: whole(of.user) };
}

/** An id that the server can read. It drops all others without a word: who mistook something would never know. */
function whole(id: number): number {
  if (id === (id | 0)) return id;
  throw new RangeError(`not an id: ${id}`);
}

async function logIn(link: Link, speech: Speech, who: number | string, password: string): Promise<Login> {
  const account = typeof who === 'number' ? { id: whole(who) } : { name: who };
  const reply = await link.ask('login', { ...account, password });
  if (speech.resultOf(reply, 'login') !== 'ok') throw new ChatError(reply, 'login failed');
  return speech.readLogin(reply);
}

/** Local time as messages carry it, `YYYY-MM-DD HH:MM:SS`. */
export function timestamp(now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${date} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}

/** The outcome of a message, as a server names it. An unknown word says that the server has the message. */
function fateOf(state: unknown): Fate {
  return state === 'here' || state === 'stored' ? state : 'elsewhere';
}
