import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ScannerPool } from '../json/scanner-pool.js';
import type { Dialect } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { Ahead } from './ahead.js';
import { Account, type Budget } from './budget.js';
import { farewell } from './farewell.js';
import { type Cutter, type FrameFault, Framer } from './framer.js';
import { framed } from './frames.js';
import { unexpected } from './guard.js';
import { BAD_REQUEST, FirstLine } from './http.js';
import { InTurn } from './in-turn.js';
import { LengthFramer } from './length-framer.js';
import { Outbox, type OutboxEvents, type OutboxLimits, type Outgoing, type SendListener } from './outbox.js';
import type { Seconds } from './seconds.js';
import type { Signal } from './signal.js';
import type { Turns, Worker } from './turns.js';

/** Every system takes at least 16 KiB for a client that does not read. */
const LITTLE = 16_384;

/**
 * A client to which nothing was written for 3 s has received everything, if that was little; after 60 s any client that
 * reads has.
 */
const HAS_LITTLE = 3000;
const HAS_ALL = 60_000;

export interface ConnectionLimits extends OutboxLimits {
  /** The most bytes a document may have. */
  readonly maxMessage: number;
  /** At most this many bytes wait to be handled: nothing more is read until they are. */
  readonly maxHeld: number;
  /** How long a reply may be so that the client can read it, in bytes; undefined for no limit (DIFFERENCES 22). */
  readonly room?: number | undefined;
  /** How long a client may take to fetch the rest once the server ends its connection, in ms. */
  readonly linger: number;
  /** The same for one that was sent little. */
  readonly lingerLittle: number;
  /**
   * In ms: so long the requests of a client that confirms may keep the server from reading its next confirm. Without this
   * bound the requests could wait for the confirm, and the confirm behind them, for ever.
   */
  readonly unheard: number;
}

/** How the clients of a dialect confirm what has arrived. */
export interface Confirming {
  /** The confirm in a document; undefined when the document is something else. Never throws. */
  read(message: Message): Confirm | undefined;
  /** The document that tells a client that so many bytes do not come again. */
  known(bytes: number): Buffer;
  /** The document that tells a client that it cannot have so many bytes. */
  refused(): Buffer;
}

/** A confirm of a client. */
export interface Confirm {
  /** The client has so many bytes of the connection, from its first one on; NaN for what is no number. */
  readonly bytes: number;
  /** The client wants the server to end the connection, once the client has all that is written to it. */
  readonly isEnd: boolean;
}

/** The parts of the server that a connection needs. */
export interface ConnectionHost {
  readonly dialect: Dialect;
  readonly scanners: ScannerPool;
  readonly limits: ConnectionLimits;
  /** The account of undelivered messages. */
  readonly budget: Budget;
  /** Shares the event loop among all connections. */
  readonly turns: Turns;
  /** By which is known when a client has last sent something. */
  readonly clock: Readonly<Pick<Seconds, 'now'>>;
  /** Undefined where clients cannot confirm. */
  readonly confirming?: Confirming | undefined;
  /** Handles one message. The next one is handled when the promise has resolved. Never throws or rejects. */
  handle(connection: Connection, message: Message): void | Promise<void>;
  /** The client has sent its first bytes. */
  first?(connection: Connection, bytes: Buffer): void;
  /** A document was dropped. */
  fault(
    connection: Connection,
    fault: FrameFault | 'slow reader' | 'no room' | 'HTTP' | 'wrong confirm',
  ): void;
  /** The client reads too slowly. Called again and again while it does. */
  slow(connection: Connection): void;
  /** Nobody is logged in on it any more. */
  loggedOut?(connection: Connection): void;
  /** Nothing can be written to the client any more, which may still send: nobody is logged in on it from now on. */
  parted?(connection: Connection): void;
  /** The connection is gone; messages that have not left were told so. Called once. */
  closed(connection: Connection): void;
}

/**
 * Clients who have ended their side. Very many may do so in the same moment, and to close each takes the system alone up to
 * 0.1 ms: without turns all other clients would wait for as long as all of it takes.
 */
const ending = new InTurn('a client that ends');

/** Input that is not handled counts from this size on, in bytes: less is what any connection costs. */
const SMALL = 4096;

/** One client: read -> frame -> handle in order -> write. Works on any duplex stream of bytes. */
export class Connection implements OutboxEvents, Worker {
  /** The address of the client, without its port. */
  readonly address: string;
  /** Why it ends: the first cause that was seen. */
  why: string | undefined;

  /** When the client has last sent something, or has come, by the clock of its host. */
  private lastRead: number;
  /** The same for when something was last to be written to it. */
  private lastSent: number;
  private readonly loggedIn = new Set<number>();
  /** It ends as soon as nothing is left to write; messages that the client still sends are handled. */
  private parting = false;
  /** The users who were logged in when the last byte was written. */
  private parted: ReadonlySet<number> | undefined;
  private readonly stream: Duplex;
  private readonly host: ConnectionHost;
  private readonly framer: Cutter;
  /** The documents that wait to be handled, of a client that confirms; undefined for all other clients. */
  private documents: Ahead | undefined;
  private readonly outbox: Outbox;
  private busy = false;
  /** It has input that is put off until it is its turn. */
  private resting = false;
  private begun = false;
  /** Undefined as soon as it is known whether the client speaks HTTP. */
  private firstLine: FirstLine | undefined = new FirstLine();
  private inputEnded = false;
  private gone = false;
  private owed: Account | undefined;
  /** The bytes that its stream keeps and has not given to it. */
  private ahead = 0;
  /** The part of the input that is on the account, in bytes. */
  private counted = 0;
  /** No message that it has sent is handled any more. */
  private inputDropped = false;
  private deadline: NodeJS.Timeout | undefined;
  private unheard: NodeJS.Timeout | undefined;

  constructor(stream: Duplex, address: string, host: ConnectionHost) {
    this.stream = stream;
    this.address = address;
    this.host = host;
    this.lastRead = host.clock.now;
    this.lastSent = this.lastRead;
    this.framer = openFramer(host, (fault) => this.dropped(fault));
    this.outbox = new Outbox(stream, host.limits, host.budget, this);
    stream.on('data', (chunk: Buffer) => {
      try {
        this.read(chunk);
      } catch (error) {
        this.failed(error);
      }
    });
    stream.on('end', () => ending.add(() => this.guard(this.finishInput)));
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.why ??= error.code ?? error.message;
      stream.destroy();
    });
    stream.on('close', () => {
      clearTimeout(this.deadline);
      clearTimeout(this.unheard);
      this.guard(this.cutOff);
    });
  }

  /** The users who are logged in on this connection. */
  get users(): ReadonlySet<number> {
    return this.loggedIn;
  }

  /** The users who may have written its messages: those who are logged in, or were when the last byte was written. */
  get writers(): ReadonlySet<number> {
    return this.parted ?? this.loggedIn;
  }

  /** Whether nothing can be written any more, while messages that the client still sends are handled. */
  get hasParted(): boolean {
    return this.parted !== undefined;
  }

  /** A user has logged in on it. */
  enter(userid: number): void {
    this.loggedIn.add(userid);
  }

  /** A user has logged out of it. */
  leave(userid: number): void {
    if (!this.loggedIn.delete(userid) || this.gone || this.hasParted) return;
    if (this.loggedIn.size === 0) this.host.loggedOut?.(this);
  }

  /** Whether the connection has ended: nothing can be sent any more. */
  get ended(): boolean {
    return this.gone;
  }

  /** How long a reply may be so that the client can read it, in bytes; undefined for no limit. */
  get room(): number | undefined {
    return this.host.limits.room;
  }

  /** For how long the client has sent nothing, in ms, by the clock of its host. */
  get idleFor(): number {
    return this.host.clock.now - this.lastRead;
  }

  /** Whether the client is not read from now, as its messages must wait. */
  get isPaused(): boolean {
    return this.stream.isPaused();
  }

  /** Whether its client can confirm. */
  get canConfirm(): boolean {
    return this.host.confirming !== undefined;
  }

  /**
   * From now on nothing that is written counts as sent before the client says that it has it. What it says is seen in
   * front of all else that it has sent.
   *
   * @param bytes so much it says to have now
   * @returns false when it cannot have so much, or has begun before
   */
  startConfirming(bytes: number): boolean {
    const { confirming, dialect } = this.host;
    if (confirming === undefined || this.documents !== undefined) return false;
    if (!this.outbox.startConfirming(bytes, confirming.known)) return false;
    this.documents = new Ahead(this.framer, dialect.fields, (message) =>
      this.takeConfirm(confirming, confirming.read(message)),
    );
    return true;
  }

  /** Tells when everything that was to be written has left, or the connection has ended; undefined when it has. */
  drained(): Signal | undefined {
    return this.outbox.drained();
  }

  /** Resolves when the write that is under way has left, or never will; undefined when none is. */
  written(): Promise<void> | undefined {
    return this.outbox.written();
  }

  /**
   * Takes out the messages to one of its users that the network has not been given. The caller tells their listeners.
   */
  takeBack(userid: number): Outgoing | undefined {
    return this.outbox.takeBack(userid);
  }

  /** The account of all that is kept because of this client. */
  get account(): Account {
    this.owed ??= new Account(this.host.budget);
    return this.owed;
  }

  /** Writes a message. False when the connection has ended: then nothing becomes of it. */
  send(bytes: Buffer, listener?: SendListener): boolean {
    this.lastSent = this.host.clock.now;
    return this.outbox.send(bytes, listener);
  }

  /** Replaces the listeners of all messages that have not left. */
  replaceListeners(replace: (bytes: Buffer, listener: SendListener) => SendListener): void {
    this.outbox.replaceListeners(replace);
  }

  /** Writes a reply to this client. */
  reply(bytes: Buffer): void {
    this.send(bytes);
  }

  /** Resolves when no message of this client is being published or stored; undefined when none is now. */
  quiet(): Promise<void> | undefined {
    return this.owed?.quiet();
  }

  slow(): void {
    this.host.slow(this);
  }

  overflow(): void {
    this.why ??= 'it reads too slowly';
    this.host.fault(this, 'slow reader');
    this.stream.destroy();
  }

  idle(): void {
    this.endWhenDone();
  }

  /**
   * Reads no more input. Messages that were received are handled and answered, then the connection is closed, at the
   * latest when `linger` has passed.
   */
  finish(reason: string): void {
    this.why ??= reason;
    this.documents?.close();
    this.takeNoMore();
    this.guard(this.endWhenDone);
  }

  /**
   * The same; but messages that the client sends until it ends its side, too, are handled. Without that the messages
   * would be lost that it has just written.
   */
  goodbye(reason: string): void {
    this.why ??= reason;
    this.parting = true;
    this.deadline ??= setTimeout(() => this.stream.destroy(), this.host.limits.linger);
    this.guard(this.endWhenDone);
  }

  /** Closes at once, for a reason of the server's. */
  sendAway(reason: string): void {
    this.why ??= reason;
    this.destroy();
  }

  /** Closes at once. Messages that it has sent and that are not handled are dropped. */
  destroy(): void {
    this.inputDropped = true;
    this.stream.destroy();
  }

  private read(chunk: Buffer): void {
    if (this.inputEnded && (this.documents === undefined || this.gone)) return;
    this.lastRead = this.host.clock.now;
    if (this.firstLine !== undefined && this.refusesHttp(this.firstLine, chunk)) return;
    (this.documents ?? this.framer).push(chunk);
    if (this.resting) this.countMuch();
    else this.readOrRest(chunk.length);
  }

  /** Its stream keeps bytes that it cannot give before others have come: these are input, too. */
  keep(bytes: number): void {
    this.ahead = bytes;
    this.countMuch();
  }

  private get inputCost(): number {
    return this.framer.cost + this.ahead + (this.documents?.cost ?? 0);
  }

  /**
   * Ends the connection of a client that speaks HTTP; true when it does. A browser sends any body that a page wants: its
   * first line ends the connection, before the body is obeyed.
   */
  private refusesHttp(firstLine: FirstLine, chunk: Buffer): boolean {
    const isHttp = firstLine.isHttp(chunk);
    if (isHttp !== undefined) this.firstLine = undefined;
    if (isHttp !== true) {
      if (!this.begun) this.host.first?.(this, chunk);
      this.begun = true;
      return false;
    }
    this.why ??= 'it spoke HTTP';
    this.host.fault(this, 'HTTP');
    this.endWith(BAD_REQUEST);
    return true;
  }

  /** Handles nothing more, and writes this last. Later bytes are read and discarded: see `endWhenDone`. */
  private endWith(last: Buffer): void {
    this.takeNoMore();
    this.close();
    this.stream.end(last);
    this.stream.resume();
  }

  private readOrRest(bytes: number): void {
    if (this.waits || this.host.turns.begin(bytes)) {
      if (this.run()) return;
    } else {
      this.rest();
      this.countMuch();
    }
    if (this.busy && !this.mayRead) this.readNoMore();
  }

  /** Too much waits to be handled. */
  private readNoMore(): void {
    this.stream.pause();
    if (this.documents === undefined) return;
    const { confirmed } = this.outbox;
    clearTimeout(this.unheard);
    this.unheard = setTimeout(() => {
      const isUnheard = this.stream.isPaused() && !this.outbox.idle && this.outbox.confirmed === confirmed;
      if (isUnheard) this.guard(this.overflow);
    }, this.host.limits.unheard);
  }

  /** How much of the input is not handled, in bytes. */
  private get held(): number {
    return this.framer.held + (this.documents?.cost ?? 0);
  }

  /** Whether the connection reads on. From a client that confirms it does so also when only confirms count any more. */
  private get mayRead(): boolean {
    if (this.inputEnded && this.documents === undefined) return false;
    return !this.busy || this.held <= this.mostHeld;
  }

  /**
   * Less is read ahead when there is little room: very many clients would else have their `maxHeld` each. A confirm that
   * is behind requests of a user makes room: it must come. A stranger gets nothing but answers.
   */
  private get mostHeld(): number {
    const { limits, budget } = this.host;
    const makesRoom = this.documents !== undefined && this.loggedIn.size > 0;
    return makesRoom ? limits.maxHeld : Math.min(limits.maxHeld, budget.share);
  }

  /** Counts the input where it is much, or was. */
  private countMuch(): void {
    if (this.counted > 0 || this.inputCost > SMALL) this.countInput();
  }

  /**
   * Input that is read and not handled is on the account of the client. A document that a stranger began, and did not
   * end, is not kept when there is no room.
   */
  private countInput(): void {
    const cost = this.gone ? 0 : this.inputCost;
    this.setInput(cost);
    if (this.users.size > 0 || this.busy || this.resting) return;
    if (cost <= SMALL || !this.host.budget.isFull) return;
    this.why ??= 'there is no room for what it began';
    this.host.fault(this, 'no room');
    this.destroy();
    // At once: else all others whose input comes in this turn of the event loop would be sent away, too.
    this.setInput(0);
  }

  private setInput(bytes: number): void {
    this.account.input = bytes;
    this.account.add(bytes - this.counted);
    this.counted = bytes;
  }

  /** Returns true when nothing is left of the input. */
  private run(): boolean {
    const isAll = this.handleNext();
    this.afterInput(isAll);
    return isAll;
  }

  private afterInput(isAll: boolean): void {
    // What is not handled now may wait for a confirm that has come behind it.
    if (this.busy && this.documents?.look(this.host.turns, this.mostHeld) === false) this.rest();
    if (!isAll || this.counted > 0) this.countMuch();
    this.endWhenDone();
  }

  /** Handles one document after another, as long as it is its turn. Returns true when nothing is left of the input. */
  private handleNext(): boolean {
    while (!this.busy && !this.gone) {
      const message = this.next();
      if (message === undefined) return false;
      if (message !== null) this.handle(message);
      if (this.held === 0) return true;
      if (this.busy || !this.host.turns.isOver()) continue;
      this.rest();
      return false;
    }
    return false;
  }

  /** The next document; undefined when none is whole, null when one was dropped. */
  private next(): Message | null | undefined {
    return this.documents === undefined ? this.framer.cut(this.host.dialect.fields) : this.documents.next();
  }

  /** Takes a confirm of the client. False when the document is none: then it waits for its turn. */
  private takeConfirm(confirming: Confirming, confirm: Confirm | undefined): boolean {
    if (confirm === undefined || this.gone) return confirm !== undefined;
    if (!this.outbox.confirm(confirm.bytes)) this.refuseConfirm(confirming);
    else if (confirm.isEnd) this.finish('it closed the connection');
    return true;
  }

  /** The server cannot know the bytes that the client has: all that is not confirmed comes again, on another connection. */
  private refuseConfirm(confirming: Confirming): void {
    this.why ??= 'it says to have what it was not sent, or less than before';
    this.host.fault(this, 'wrong confirm');
    this.endWith(framed(confirming.refused(), this.host.limits.frame));
  }

  private handle(message: Message): void {
    const work = this.host.handle(this, message);
    this.waitFor(work ?? this.share());
  }

  /** A client with more than its share on its account, be it unread replies, is not read from until there is room. */
  private share(): Promise<void> | undefined {
    return this.gone ? undefined : this.owed?.backpressure();
  }

  private waitFor(work: Promise<void> | undefined): void {
    if (work === undefined) return;
    this.busy = true;
    void work.then(() => {
      this.busy = false;
      this.guard(this.goOn);
    });
  }

  /** Each wait may be over within the same turn of the event loop: then others get theirs. */
  private goOn(): void {
    this.waitFor(this.share());
    if (this.resting) return;
    if (!this.busy && this.held === 0) this.afterInput(true);
    else if (!this.busy && this.host.turns.isOver()) this.rest();
    else this.run();
    this.readOn();
  }

  private rest(): void {
    if (this.resting) return;
    this.resting = true;
    this.stream.pause();
    this.host.turns.putOff(this);
  }

  /** See Worker. */
  work(): void {
    this.resting = false;
    this.guard(this.run);
    this.readOn();
  }

  /** A client that was put off and now waits is not read on from: what it pours would be kept, up to `maxHeld` of each. */
  private readOn(): void {
    if (!this.resting && !this.gone && !this.waits && this.mayRead) this.stream.resume();
  }

  /** Whether nothing that it sends is looked at now: a confirm is, whatever is under way. */
  private get waits(): boolean {
    return this.busy && this.documents === undefined;
  }

  /** Handles an event. An error ends this connection, and nobody else's. */
  private guard(work: () => void): void {
    try {
      work.call(this);
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error: unknown): void {
    unexpected(error, 'a connection');
    this.why ??= 'an error that nobody expected';
    this.destroy();
  }

  private finishInput(): void {
    this.why ??= 'it closed the connection';
    this.inputEnded = true;
    // The client can confirm nothing any more.
    if (this.documents !== undefined && !this.gone && !this.hasParted) this.part();
    this.endWhenDone();
  }

  private takeNoMore(): void {
    this.stream.pause();
    this.inputEnded = true;
    this.readOn();
    this.deadline ??= setTimeout(() => this.lingered(), this.patience);
  }

  /**
   * The client's time to fetch the rest is over. Messages that it sent before are handled first: to end now would
   * lose them.
   */
  private lingered(): void {
    if (!this.gone && (this.busy || this.resting))
      this.deadline = setTimeout(() => this.lingered(), this.host.limits.lingerLittle);
    else this.stream.destroy();
  }

  /** Whether the client may still have much to fetch. */
  get isFetching(): boolean {
    return !this.stream.destroyed && this.patience === this.host.limits.linger;
  }

  /** How long the client may take to fetch the rest and to close. */
  private get patience(): number {
    const { linger, lingerLittle } = this.host.limits;
    const { bytesWritten = Number.POSITIVE_INFINITY } = this.stream as Partial<Socket>;
    return bytesWritten <= LITTLE && this.outbox.idle ? lingerLittle : linger;
  }

  /**
   * After the last input: ends the stream once all of it is handled and answered. Later bytes are read and discarded
   * until the client ends, too: to close with input unread would make Linux reset the connection, and drop the output
   * that the client has not fetched.
   */
  private endWhenDone(): void {
    const isOver = this.inputEnded || (this.parting && !this.hasParted);
    if (!isOver || this.busy || this.resting || !this.outbox.idle || this.gone) return;
    // They are about to be handled.
    if (this.documents !== undefined && this.documents.cost > 0) return;
    const quiet = this.quiet();
    if (quiet !== undefined) return void quiet.then(() => this.guard(this.endWhenDone));
    if (this.inputEnded) this.close();
    else this.part();
    if (this.stream.destroyed) return;
    if (this.gone && this.canBeClosed) this.stream.destroy();
    else farewell(this.stream);
  }

  /**
   * Whether nothing is lost, nor looks cut off, when it is closed at once: that is less than half of the work, which
   * counts when thousands go together. With TLS, or a WebSocket, there is an end to be written.
   */
  private get canBeClosed(): boolean {
    if (!(this.stream instanceof Socket) || 'encrypted' in this.stream) return false;
    if (this.stream.readableEnded) return true;
    const silence = this.host.clock.now - this.lastSent;
    return silence > HAS_ALL || (silence > HAS_LITTLE && this.stream.bytesWritten <= LITTLE);
  }

  /** The stream can be written to no more. */
  private part(): void {
    this.parted = new Set(this.loggedIn);
    this.outbox.end();
    this.host.parted?.(this);
  }

  private dropped(fault: FrameFault): void {
    this.host.fault(this, fault);
    if (fault !== 'too long') return;
    this.why ??= 'its message was too long';
    this.takeNoMore();
  }

  /**
   * The stream has closed. Messages of its users that wait for their turn, or for an earlier request, are handled
   * first, as after a goodbye: else they would be lost. Those of a stranger are not: nothing would bound the work for
   * strangers who are gone.
   */
  private cutOff(): void {
    this.inputEnded = true;
    const isWaiting = (this.busy || this.resting) && this.held > 0;
    if (!isWaiting || this.gone || this.inputDropped || this.writers.size === 0) this.close();
    else if (!this.hasParted) this.part();
  }

  /** Nothing can be sent any more; the stream itself may still be open until the client has fetched the rest. */
  private close(): void {
    if (this.gone) return;
    this.gone = true;
    this.framer.finish();
    if (this.counted > 0) this.countInput();
    this.outbox.end();
    this.host.closed(this);
  }
}

/** The framer of a client, by how its dialect frames documents. */
function openFramer({ dialect, scanners, limits }: ConnectionHost, onFault: (fault: FrameFault) => void) {
  const Cut = dialect.framing.in === 'length' ? LengthFramer : Framer;
  return new Cut(scanners, limits.maxMessage, onFault);
}
