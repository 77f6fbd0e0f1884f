import type { Bus } from '../../bus/bus.js';
import { Message, type Settled } from '../../bus/message.js';
import type { Delivery } from '../../delivery/delivery.js';
import type { Presence } from '../../delivery/presence.js';
import type { Session } from '../../delivery/session.js';
import type { Account } from '../../net/budget.js';
import { guarded } from '../../net/guard.js';
import type { Metrics } from '../../ops/metrics.js';
import type { Dialect } from '../../protocol/dialect.js';
import { ACK } from '../../protocol/verbs.js';
import {
  type NumberedMessage,
  type SeqState,
  type Store,
  StoreUnavailable,
  type UserState,
} from '../../store/store.js';
import type { Suspicion } from '../suspicion.js';
import { SeqLog } from './seq-log.js';
import { type Known, SeqWindow } from './seq-window.js';

/** The parts that the numbers of messages work with. */
export interface NumbersParts {
  readonly store: Pick<Store, 'seqs' | 'keepSeqs' | 'memberIds'>;
  readonly presence: Pick<Presence, 'get'>;
  readonly bus: Pick<
    Bus,
    'name' | 'knows' | 'silentUntil' | 'tellStored' | 'tellUnwritten' | 'tellWritten' | 'isUnwrittenElsewhere'
  >;
  readonly suspicion: Pick<Suspicion, 'raise'>;
  readonly delivery: Pick<Delivery, 'deliverTold'>;
  readonly dialect: Pick<Dialect, 'replies'>;
  readonly metrics: Pick<Metrics, 'acks'>;
}

/** A message that its sender has numbered. */
export interface Numbered {
  readonly userid: number;
  readonly seq: number;
  /** The receiver: a user or a group; the other of the two is 0. */
  readonly toid: number;
  readonly groupid: number;
}

/** The users who are to get a message; `offline`: it is known that nobody is subscribed to that user. */
export type Receivers = readonly { readonly id: number; readonly state?: UserState }[];

/** A message to several users has the weakest of their outcomes. */
const WEAKEST = ['stored', 'elsewhere', 'here'] as const satisfies SeqState[];

/** The memory that the numbers of one user cost, in bytes. */
const COST = 2048;

/**
 * How long new messages wait behind one that is to be asked for again, in ms. A node that was killed is known to be dead
 * after 2 seconds. One whose database takes nothing keeps a message until its receiver comes or the database is back:
 * with less time new messages would pass it. Without an end a receiver that does not read would hold up its senders.
 * The time in which the node that has the message is silent does not count: such a node is cut off, and says what became
 * of the message when it is back. But for longer than a minute no message waits for it.
 */
const PATIENCE = 20_000;
const LONGEST = 60_000;

/**
 * For at most one hour, in seconds, a message that another node has stored may be known to nobody else: a node may be
 * cut off from the others for that long.
 */
const UNTOLD = 3600;
/** At most 100 groups are asked for their members when their messages may be stored and nobody knows. */
const MOST_GROUPS = 100;

const NO_REASON = 'there is no such user, or the message can never be stored';

/** A user who has numbered messages since it logged in. */
interface Sender {
  window: SeqWindow;
  /** Another node had numbers that the database did not have: the numbers read before that are not all. */
  isStale: boolean;
  readonly account: Account;
}

/** A message for which its sender is to ask again, and since when, by `performance.now()`. */
interface Asked {
  readonly seq: number;
  readonly since: number;
  /** The other node that has it. */
  readonly node: string | undefined;
}

/**
 * The numbers that the users of this node give to their messages (PROTOCOL.md section 9).
 *
 * the number is              | how the message is handled
 * ---------------------------|-----------------------------------------------------------------------------------
 * new                        | it is delivered; its sender is told once it is known what became of it
 * of one on its way from here| nothing: its sender will be told, on the connection that it has then
 * of one on its way from     | its sender is to ask again, and for new ones behind it, too; it is delivered anew
 * another node               | when that node has ended
 * any, the database is away, | its sender is to ask again, and for new ones behind it, too
 * or takes no numbers of the |
 * node where the user was    |
 * of one that has arrived    | its sender is told at once
 * below the window           | it is refused
 *
 * 1. The outcome of a message is written into the table `chatseq` after the message has arrived: nobody waits for it.
 * 2. A user is set offline when all its outcomes are written, and its open messages as open. So the node that lets
 *    the user in next knows all of them.
 * 3. While the database reads and does not take it, the other nodes are told so before any can let the user in.
 * 4. Messages of a user that another node has stored go before all that the user writes here: their receivers catch up
 *    first. A node that is cut off stores messages, and can tell nobody.
 * 5. A node that is killed may not have written what had just arrived: that comes twice, with the same number.
 */
export class Numbers {
  private readonly senders = new Map<Session, Sender>();
  /** Of users who are here: the first message for which they are to ask again. */
  private readonly again = new WeakMap<Session, Asked>();
  /** By user and number: the messages that are on their way from here. */
  private readonly open = new Map<number, Map<number, NumberedMessage>>();
  private readonly log: SeqLog;
  private readonly parts: NumbersParts;

  /** @param retry how long to wait before a database that is away is tried again, in ms */
  constructor(parts: NumbersParts, retry: number) {
    this.parts = parts;
    this.log = new SeqLog(parts.store, retry, (userid) => parts.bus.tellWritten(userid));
  }

  /** The highest number that a user has given. Rejects with StoreUnavailable. */
  async last(session: Session, account: Account): Promise<number> {
    return (await this.senderOf(session, account)).window.last;
  }

  /**
   * The state of a message of a user who is here. `again`: the state of this message, or of one before it, is not known
   * now, so the sender is to ask again.
   */
  async known(session: Session, seq: number, account: Account): Promise<Known | 'again'> {
    const known = await this.look(session, seq, account);
    const first = this.again.get(session);
    if (known === 'again') {
      const node = this.senders.get(session)?.window.nodeOf(seq);
      if (first === undefined || seq < first.seq)
        this.again.set(session, { seq, since: performance.now(), node });
      return known;
    }
    if (first?.seq === seq) this.again.delete(session);
    return known === 'new' && this.mustWait(first, seq) ? 'again' : known;
  }

  /**
   * A message of a user who is here, by its number: `new` when there is none. `open`: it is on its way, or it cannot be
   * said now what became of it. Rejects with StoreUnavailable.
   */
  async find(
    session: Session,
    seq: number,
    account: Account,
  ): Promise<NumberedMessage | 'new' | 'old' | 'open'> {
    const known = await this.look(session, seq, account);
    if (known === 'again') return 'open';
    if (known === 'new' || known === 'old' || known === 'open') return known;
    const message = (await this.read(session.id)).find((each) => each.seq === seq);
    return message ?? 'old';
  }

  /** A message was taken back: from now on it is remembered as one without a receiver. */
  recalled(message: NumberedMessage, account: Account): void {
    this.log.note({ ...message, toid: 0, groupid: 0 }, account);
  }

  /**
   * Delivers a message that is new. Its sender is here. Returns nothing, or, of very many receivers, a promise for when it
   * is on its way to all.
   */
  deliver(session: Session, numbered: Numbered, bytes: Buffer, receivers: Receivers): void | Promise<void> {
    const { userid, seq } = numbered;
    const sender = this.senders.get(session);
    if (sender === undefined) throw new Error(`nothing is known of what user ${userid} has sent`);
    sender.window.begin(seq);
    const { name } = this.parts.bus;
    const sent = Math.floor(Date.now() / 1000);
    const message: NumberedMessage = { ...numbered, state: 'open', node: name, sent };
    this.open.set(userid, (this.open.get(userid) ?? new Map()).set(seq, message));
    return this.send(message, bytes, receivers, sender.account);
  }

  /** Tells a user who is here the outcome of a message. */
  tell(userid: number, seq: number, state: SeqState): void {
    const { presence, dialect, metrics } = this.parts;
    const session = presence.get(userid);
    // Another client of the user, who has numbered nothing since, is told nothing.
    if (session?.isOnline !== true || !this.senders.has(session) || state === 'open') return;
    const reply =
      state === 'never'
        ? dialect.replies.write(ACK, 'refused', { seq, reason: NO_REASON })
        : dialect.replies.write(ACK, 'ok', { seq, state });
    if (reply === undefined) return;
    session.connection?.reply(reply);
    metrics.acks[state]++;
  }

  /** A user leaves: it sends nothing any more. Its open messages are noted. False when it has numbered nothing. */
  leave(session: Session): boolean {
    const sender = this.senders.get(session);
    if (sender === undefined) return false;
    this.senders.delete(session);
    sender.account.add(-COST);
    for (const message of this.open.get(session.id)?.values() ?? []) this.log.note(message, sender.account);
    return true;
  }

  /** Resolves when all that is known of a user's messages is written. Rejects with StoreUnavailable. */
  written(userid: number): Promise<void> {
    return this.log.flush(userid);
  }

  /**
   * A user has left, and other nodes may let it in soon: they are told when the database does not have all that is known
   * of its messages. Resolves when that is said.
   */
  async handOver(userid: number): Promise<void> {
    if (this.log.has(userid)) await this.parts.bus.tellUnwritten(userid);
  }

  /** Tries once more to write all that waits for the database. Resolves when that is done. */
  close(): Promise<void> {
    return this.log.close();
  }

  /** Whether what is new is behind one that is to be asked for again: it must not overtake that. */
  private mustWait(first: Asked | undefined, seq: number): boolean {
    if (first === undefined || first.seq >= seq) return false;
    const { since, node } = first;
    const silent = node === undefined ? 0 : this.parts.bus.silentUntil(node);
    const now = performance.now();
    return now - since < LONGEST && now - Math.max(since, silent) < PATIENCE;
  }

  private async look(session: Session, seq: number, account: Account): Promise<Known | 'again'> {
    try {
      const { window } = await this.senderOf(session, account);
      if (window.nodeOf(seq) !== undefined)
        await this.suspect((await this.read(session.id)).filter((message) => window.hear(message)));
      const node = window.nodeOf(seq);
      if (node === undefined) return window.known(seq);
      return this.parts.bus.knows(node) ? 'again' : 'new';
    } catch (error) {
      if (error instanceof StoreUnavailable) return 'again';
      throw error;
    }
  }

  private async senderOf(session: Session, account: Account): Promise<Sender> {
    const before = this.senders.get(session);
    this.mustBeWhole(session.id, before);
    if (before?.isStale === false) return before;
    const window = new SeqWindow(await this.read(session.id, (messages) => this.suspect(messages)));
    this.mustBeWhole(session.id, before);
    for (const seq of this.openOf(session.id)) window.begin(seq);
    return this.noteSender(session, { window, isStale: false, account });
  }

  /** Throws StoreUnavailable while another node has numbers of a user which the database does not have. */
  private mustBeWhole(userid: number, sender: Sender | undefined): void {
    if (!this.parts.bus.isUnwrittenElsewhere(userid)) return;
    if (sender !== undefined) sender.isStale = true;
    throw new StoreUnavailable('another node has numbers that the database does not have');
  }

  private noteSender(session: Session, read: Sender): Sender {
    const known = this.senders.get(session);
    if (known?.isStale === true) {
      known.window = read.window;
      known.isStale = false;
    }
    const sender = known ?? read;
    // A user who has left meanwhile sends nothing any more.
    if (session.hasLeft || known !== undefined) return sender;
    this.senders.set(session, sender);
    sender.account.add(COST);
    return sender;
  }

  /**
   * The outcomes that the database has of a user. One that came while they were read may be missing: then they are read
   * again.
   *
   * @param use is given the messages first: an outcome that comes meanwhile is missing, too
   */
  private async read(
    userid: number,
    use?: (messages: readonly NumberedMessage[]) => Promise<void>,
  ): Promise<readonly NumberedMessage[]> {
    for (;;) {
      const before = this.openOf(userid);
      await this.log.flush(userid);
      const messages = await this.parts.store.seqs(userid);
      await use?.(messages);
      if (before.length === this.openOf(userid).length) return messages;
    }
  }

  /** The receivers of those of these messages that were stored a short time ago catch up, here and on other nodes. */
  private async suspect(messages: readonly NumberedMessage[]): Promise<void> {
    const { store, suspicion, bus, presence } = this.parts;
    const since = Date.now() / 1000 - UNTOLD;
    const stored = messages.filter(({ state, sent }) => state === 'stored' && sent >= since);
    const userids = new Set(stored.map(({ toid }) => toid));
    const groups = new Set(stored.map(({ groupid }) => groupid).filter((groupid) => groupid !== 0));
    for (const groupid of [...groups].slice(-MOST_GROUPS))
      for (const { id } of await store.memberIds(groupid)) userids.add(id);
    for (const userid of userids) if (presence.get(userid) !== undefined) suspicion.raise(userid);
    bus.tellStored(userids);
  }

  private openOf(userid: number): readonly number[] {
    return [...(this.open.get(userid)?.keys() ?? [])];
  }

  private send(
    numbered: NumberedMessage,
    bytes: Buffer,
    receivers: Receivers,
    account: Account,
  ): void | Promise<void> {
    let left = receivers.length;
    let state: Settled = 'never';
    const settled = guarded('the number of a message', (_userid: number, how: Settled) => {
      state = weaker(state, how);
      left--;
      if (left === 0) this.ended(numbered, state, account);
    });
    // A group in which nobody else is.
    if (left === 0) return this.ended(numbered, 'here', account);
    return this.parts.delivery.deliverTold(receivers, Message.kept(bytes, account, left, 'client', settled));
  }

  private ended(message: NumberedMessage, state: SeqState, account: Account): void {
    const { userid, seq } = message;
    const ofUser = this.open.get(userid);
    ofUser?.delete(seq);
    if (ofUser?.size === 0) this.open.delete(userid);
    const session = this.parts.presence.get(userid);
    if (session !== undefined) this.senders.get(session)?.window.end(seq, state);
    this.log.note({ ...message, state, node: '' }, account);
    this.tell(userid, seq, state);
  }
}

/**
 * The weaker of two users' outcomes. A user for whom the message can never be stored counts as one who is not there.
 */
function weaker(one: Settled, other: Settled): Settled {
  return WEAKEST.find((state) => state === one || state === other) ?? 'never';
}
