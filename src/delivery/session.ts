import { Message } from '../bus/message.js';
import type { Account } from '../net/budget.js';
import type { Connection } from '../net/connection.js';
import type { Outgoing, SendListener } from '../net/outbox.js';
import { Signal } from '../net/signal.js';
import type { Trace } from './trace.js';

/*
 * A user who is on this node. A user without a session is away: on another node, or nowhere.
 *
 * state      | its connection        | a message for it     | next state
 * -----------|-----------------------|----------------------|-------------------------------------------------------
 * (away)     | none                  | goes elsewhere       | a login has the right password: arriving
 * arriving   | none yet              | waits in its queue   | the login reply is sent: catchingUp; refused: away
 * catchingUp | reads                 | waits in its queue   | nothing older is left anywhere: live
 * live       | reads                 | goes out at once     | it is a slow consumer, or something is stored: catchingUp
 * draining   | logged out            | waits in its queue   | the write that was under way has ended: leaving
 * leaving    | logged out, or closed | is stored            | its queue is empty and it is offline: away
 *
 * A user who logs out, or whose connection closes, is first draining. A closed connection writes nothing any more:
 * then its user is leaving at once.
 */
export type State = 'arriving' | 'catchingUp' | 'live' | 'draining' | 'leaving';

/** Whether messages are stored that the user was not sent: for certain, perhaps, or not as far as is known. */
export type Unread = 'yes' | 'perhaps' | 'no';

/**
 * A message for one user that its connection was given. One that nobody keeps, as it goes straight from its sender to
 * the connection, needs nothing of its own: all of these share a Sending without a message, so that the way from client
 * to client allocates nothing.
 */
class Sending implements SendListener {
  readonly userid: number;
  readonly message: Message | undefined;
  private readonly session: Session;

  constructor(session: Session, message: Message | undefined) {
    this.session = session;
    this.userid = session.id;
    this.message = message;
  }

  sent(): void {
    if (this.message !== undefined) this.session.noteSent(this.message);
  }

  unsent(bytes: Buffer): void {
    this.session.noteUnsent(bytes, this.message);
  }
}

/**
 * One user on this node: its state, and the messages that its connection was given and has not sent. Nobody else
 * changes these.
 */
export class Session {
  readonly id: number;
  /** Tells that there may be something new to do for the user. */
  readonly changed = new Signal();
  /** When it was let in, in ms since 1970; 0 before. */
  since = 0;
  private current: State = 'arriving';
  private link: Connection | undefined;
  private slow = false;
  private mayBeStored: Unread = 'no';
  private onBehind: ((session: Session) => void) | undefined;
  private catchUp: Promise<void> | undefined;
  /** Messages that its connection will not send any more, oldest first. */
  private unsent: Message[] = [];
  /** Messages that were taken back from its connection at the logout. Those that were being written then are older. */
  private takenBack: Outgoing | undefined;
  /** Messages that were stored because they had not left, and have left after all: still to be deleted. */
  private sentStored: string[] = [];
  /** Shared by all messages that go straight from their senders to its connection. */
  private readonly straight: Sending;
  private readonly nobody: Account;
  private readonly trace: Trace | undefined;

  /** @param nobody the account of messages whose senders are not known any more */
  constructor(id: number, nobody: Account, trace?: Trace) {
    this.id = id;
    this.nobody = nobody;
    this.trace = trace;
    this.straight = new Sending(this, undefined);
  }

  get state(): State {
    return this.current;
  }

  /** From the login reply on. */
  get connection(): Connection | undefined {
    return this.link;
  }

  /** Whether the user is logged in. */
  get isOnline(): boolean {
    return this.current === 'live' || this.current === 'catchingUp';
  }

  /** Whether the user has logged out, or its connection has closed: its connection is given nothing any more. */
  get hasLeft(): boolean {
    return this.current === 'draining' || this.current === 'leaving';
  }

  /** Whether it is a slow consumer: it does not take the messages that its connection has for it. */
  get isSlow(): boolean {
    return this.slow;
  }

  get unread(): Unread {
    return this.mayBeStored;
  }

  /** Whether messages were sent that are still to be deleted from the store. */
  get hasSentStored(): boolean {
    return this.sentStored.length > 0;
  }

  /** While the user catches up: resolves when that has ended. Never rejects. */
  get catchingUp(): Promise<void> | undefined {
    return this.catchUp;
  }

  /**
   * arriving -> catchingUp: its login reply has been sent.
   *
   * @param onBehind called whenever the user was live and must be caught up from now on
   */
  enter(connection: Connection, onBehind: (session: Session) => void): void {
    this.move(['arriving'], 'catchingUp');
    this.link = connection;
    this.onBehind = onBehind;
    this.since = Date.now();
    connection.enter(this.id);
  }

  /** catchingUp -> live: nothing older is left anywhere. */
  goLive(): void {
    this.move(['catchingUp'], 'live');
  }

  /**
   * live -> catchingUp: it is a slow consumer, or something older than the next message is elsewhere. From now on
   * messages wait in its queue. Nothing happens when it is not live.
   */
  fallBehind(): void {
    if (this.current !== 'live') return;
    this.current = 'catchingUp';
    this.onBehind?.(this);
  }

  /** Messages for it are in the store now, or may be: it shall have them. */
  noteStored(unread: 'yes' | 'perhaps'): void {
    this.markUnread(unread);
    this.fallBehind();
    this.changed.tell();
  }

  /** One work at a time brings the user up to date; `work` calls `endCatchUp` as the last thing that it does. */
  startCatchUp(work: () => Promise<void>): void {
    if (this.catchUp !== undefined) throw new Error(`user ${this.id} is catching up already`);
    this.catchUp = work();
  }

  /** The work that was started has ended. */
  endCatchUp(): void {
    this.catchUp = undefined;
  }

  /** The user does not take the messages that its connection has for it; or it does again. */
  setSlow(isSlow: boolean): void {
    this.slow = isSlow;
  }

  /** Messages for it are stored, or may be. A certainty stays one. */
  markUnread(unread: 'yes' | 'perhaps'): void {
    if (this.mayBeStored !== 'yes') this.mayBeStored = unread;
  }

  /** Its stored messages are being read. One that is stored from now on may not be seen: it is marked again. */
  markRead(): void {
    this.mayBeStored = 'no';
  }

  /** Sends a message to a user who is live. False when it is not, or its connection has ended. */
  send(bytes: Buffer): boolean {
    if (this.current !== 'live' || this.link === undefined) return false;
    return this.trace === undefined ? this.link.send(bytes, this.straight) : this.sendTraced(bytes);
  }

  /** Gives a kept message to the connection. One that it does not send comes back with the others at the end. */
  sendKept(message: Message): void {
    this.trace?.('goes to the connection of its user', this.id, message.bytes);
    if (this.link?.send(message.bytes, new Sending(this, message)) !== true)
      this.noteUnsent(message.bytes, message);
  }

  /**
   * Messages that its connection has not taken are going to be stored. One that leaves all the same is to be deleted.
   *
   * @returns the messages that are to be stored, oldest first
   */
  spill(): Message[] {
    const older: Message[] = [];
    this.link?.replaceListeners((bytes, listener) => {
      if (!(listener instanceof Sending) || listener.userid !== this.id) return listener;
      older.push(listener.message ?? Message.kept(bytes, this.nobody));
      return { userid: this.id, sent: () => this.sentAfterAll(bytes), unsent: () => {} };
    });
    return older;
  }

  /** Takes the texts of the messages that were stored and then sent: they are to be deleted. */
  takeSentStored(): string[] {
    const texts = this.sentStored;
    this.sentStored = [];
    return texts;
  }

  /** live or catchingUp -> draining: messages that its connection has not begun to write are taken back. */
  logOut(): void {
    this.move(['live', 'catchingUp'], 'draining');
    this.link?.leave(this.id);
    this.takenBack = this.link?.takeBack(this.id);
    this.changed.tell();
  }

  /** While draining: resolves when the write that was under way at the logout has ended; undefined when none is. */
  written(): Promise<void> | undefined {
    return this.link?.written();
  }

  /**
   * draining -> leaving. Returns the messages that its connection did not send, oldest first: they go before all
   * others.
   */
  leave(): Message[] {
    this.move(['draining'], 'leaving');
    this.takenBack?.tellUnsent();
    this.takenBack = undefined;
    const messages = this.unsent;
    this.unsent = [];
    this.changed.tell();
    return messages;
  }

  /** A message that the connection was given has left for the client. */
  noteSent(message: Message): void {
    this.trace?.('has left for the client', this.id, message.bytes);
    message.settle(this.id);
  }

  /**
   * A message that its connection was given will not be sent: the connection has ended, or the user has logged out. A
   * mark waits for nothing any more: all before it comes back, too.
   *
   * @param message undefined when nobody has kept it, as it came straight from its sender
   */
  noteUnsent(bytes: Buffer, message: Message | undefined): void {
    if (message?.origin === 'mark') message.settle(this.id);
    else this.unsent.push(message ?? Message.kept(bytes, this.nobody));
  }

  private sentAfterAll(bytes: Buffer): void {
    if (bytes.length > 0) this.sentStored.push(bytes.toString());
  }

  /** While the trace is on, each message is kept until it has left, so that this can be told. */
  private sendTraced(bytes: Buffer): boolean {
    const message = Message.kept(bytes, this.nobody);
    if (this.link?.send(message.bytes, new Sending(this, message)) !== true) {
      message.settle(this.id);
      return false;
    }
    this.trace?.('goes to the connection of its user', this.id, message.bytes);
    return true;
  }

  private move(from: readonly State[], to: State): void {
    if (!from.includes(this.current))
      throw new Error(`user ${this.id} is ${this.current}: it cannot be ${to}`);
    this.current = to;
  }
}
