import type { Bus } from '../bus/bus.js';
import type { Message } from '../bus/message.js';
import type { Outcome } from '../ops/metrics.js';
import { Line } from './line.js';
import type { Presence } from './presence.js';
import type { Session } from './session.js';
import type { Spool } from './spool.js';
import type { Trace } from './trace.js';
import type { Writer } from './writer.js';

export interface LinesParts {
  readonly presence: Presence;
  readonly bus: Bus;
  readonly writer: Writer;
  /** How many messages went which way, per user. */
  readonly outcomes: Record<Outcome, number>;
  /** See Line. */
  readonly spool?: Spool | undefined;
  readonly trace?: Trace | undefined;
}

/**
 * Messages that cannot go on wait in their user's line, and all later ones for that user behind them. They leave it,
 * in order, when they are given to the next place that keeps them: another node, the store, an outbox.
 */
export class Lines {
  private readonly lines = new Map<number, Line>();
  private readonly presence: Presence;
  private readonly bus: Bus;
  private readonly writer: Writer;
  private readonly outcomes: Record<Outcome, number>;
  private readonly spool: Spool | undefined;
  private readonly trace: Trace | undefined;
  private readonly fallBehind: (session: Session) => void;

  /** @param fallBehind for a user who is live something older than what comes next waits */
  constructor(
    { presence, bus, writer, outcomes, spool, trace }: LinesParts,
    fallBehind: (session: Session) => void,
  ) {
    this.presence = presence;
    this.bus = bus;
    this.writer = writer;
    this.outcomes = outcomes;
    this.spool = spool;
    this.trace = trace;
    this.fallBehind = fallBehind;
  }

  /** What waits for a user: how many messages and bytes, and whether some are being published or stored. */
  waiting(userid: number): { count: number; bytes: number; busy: boolean } {
    const line = this.lines.get(userid);
    return { count: line?.messages.length ?? 0, bytes: line?.bytes ?? 0, busy: line?.busy !== undefined };
  }

  /** How many messages wait in all lines. */
  get length(): number {
    let count = 0;
    for (const { messages } of this.lines.values()) count += messages.length;
    return count;
  }

  /** What waits in all lines, in the order of each. */
  *all(): Iterable<readonly [userid: number, message: Message]> {
    for (const [userid, { messages }] of this.lines) for (const message of messages) yield [userid, message];
  }

  /** Since when something has been waiting for some user, by `performance.now()`. */
  get since(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const line of this.lines.values()) since = Math.min(since, line.since);
    return since;
  }

  /** Whether a message can go to another node at once. */
  isOpen(userid: number): boolean {
    return (
      !this.lines.has(userid) && this.presence.get(userid) === undefined && this.bus.way(userid) === 'open'
    );
  }

  /** Sends one message to users whose way is open. */
  send(userids: readonly number[], message: Message): void {
    this.outcomes.elsewhere += userids.length;
    if (this.trace)
      for (const userid of userids) this.trace('goes to the node of its user', userid, message.bytes);
    this.bus.send(userids, message);
  }

  /** Puts a message behind all others for its user. */
  push(userid: number, message: Message): void {
    this.lineOf(userid).push(message);
  }

  /** Puts a message behind those for its user that are being published or stored; false when there are none. */
  follow(userid: number, message: Message): boolean {
    const line = this.lines.get(userid);
    if (line?.busy === undefined) return false;
    line.push(message);
    return true;
  }

  /** Puts a message behind all others for its user, and moves on what can go. */
  add(userid: number, message: Message): void {
    if (this.isOpen(userid)) {
      this.send([userid], message);
      return;
    }
    const line = this.lineOf(userid);
    const isFirst = line.messages.length === 0;
    line.push(message);
    // What is behind others moves when they do: to look at all of them for each new one takes too long.
    if (isFirst || this.presence.get(userid) !== undefined) this.pump(userid);
  }

  /** Puts messages before all others for their user. */
  putBack(userid: number, messages: readonly Message[]): void {
    for (const { bytes } of messages) this.trace?.('came back, and waits before all others', userid, bytes);
    this.lineOf(userid).putBack(messages);
  }

  /** Takes the first of what waits for a user: so many bytes, give or take one. */
  takeFirst(userid: number, bytes: number): Message[] {
    const line = this.lines.get(userid);
    const messages = line?.takeFirst(bytes) ?? [];
    if (line !== undefined) this.drop(userid, line);
    return messages;
  }

  /** Stores a message for a user who is nowhere, behind all that waits for it. */
  storeNext(userid: number, message: Message): void {
    const line = this.lineOf(userid);
    const first = line.busy === undefined && line.messages.length === 0;
    line.push(message);
    if (!first) return;
    // Behind one that was published it is published too.
    if (this.bus.way(userid) === 'unknown' && !this.bus.isUnplaced(userid)) this.store(userid, line);
    else this.pump(userid);
  }

  /** Stores all that waits for a user. Resolves when that is done, or it was busy and is not any more. */
  async storeWaiting(userid: number): Promise<void> {
    const line = this.lines.get(userid);
    if (line !== undefined) await (line.busy !== undefined ? line.calmed() : this.store(userid, line).stored);
  }

  /** Resolves when no message for a user is being published; one that is could come back here behind later ones. */
  async published(userid: number): Promise<void> {
    const line = this.lines.get(userid);
    if (line?.busy === 'publishing') await line.calmed();
  }

  /** Moves the first messages of a user's line on, if they can go anywhere now. */
  pump(userid: number): void {
    const line = this.lines.get(userid);
    if (line === undefined || line.busy !== undefined) return;
    if (line.messages.length === 0) return void this.lines.delete(userid);
    const session = this.presence.get(userid);
    if (session === undefined) this.pumpAway(userid, line);
    else if (session.state === 'live') this.fallBehind(session);
    else if (session.state === 'catchingUp') session.changed.tell();
    else if (session.state === 'leaving') this.storeFree(userid, line);
  }

  /** All lines may have other ways now. */
  pumpAll(): void {
    for (const userid of [...this.lines.keys()]) this.pump(userid);
  }

  private pumpAway(userid: number, line: Line): void {
    line.settleMarkers();
    const way = this.bus.way(userid);
    if (line.messages.length === 0) this.drop(userid, line);
    // What another node sent here is not sent on: that node may wait for it with all that comes after it.
    else if (!line.messages.every(isOwn)) this.storeFree(userid, line);
    else if (way === 'unknown') this.publish(userid, line);
    else if (way === 'open') this.sendWaiting(userid, line);
  }

  /**
   * Stores what waits. While older messages from here may be with another node, what came from clients of this node
   * stays behind them; what other nodes sent does not, as they may wait for each other.
   */
  private storeFree(userid: number, line: Line): void {
    if (!this.bus.isSettling(userid)) return void this.store(userid, line);
    const all = line.take();
    line.putBack(all.filter((message) => !isOwn(message)));
    if (line.messages.length > 0) this.store(userid, line);
    line.putBack(all.filter(isOwn));
  }

  private sendWaiting(userid: number, line: Line): void {
    const messages = line.take();
    let sent = 0;
    for (const message of messages) {
      if (this.bus.way(userid) !== 'open') break;
      this.send([userid], message);
      sent++;
    }
    line.putBack(messages.slice(sent));
    this.drop(userid, line);
  }

  /** One at a time: when the user comes, one that nobody received must not be behind a later one that somebody did. */
  private publish(userid: number, line: Line): void {
    const [message] = line.messages;
    if (message === undefined) return;
    line.busy = 'publishing';
    chargeAll([message], this.publishOne(userid, line, message));
  }

  /** Publishes, and stores what nobody received (DIFFERENCES 9). Resolves when that is done, or the store is away. */
  private async publishOne(userid: number, line: Line, message: Message): Promise<void> {
    this.trace?.('is published', userid, message.bytes);
    const receipt = await this.bus.publish(userid, message);
    if (receipt === 'received') {
      this.outcomes.elsewhere++;
      line.remove(message);
    }
    const nowhere = this.presence.get(userid) === undefined && this.bus.way(userid) === 'unknown';
    if (receipt !== 'nobody' || !nowhere) this.rest(userid, line);
    // One published before may come back: what is stored now would overtake it.
    else if (this.bus.isUnplaced(userid)) line.rest();
    else await this.store(userid, line).settled;
  }

  /** Stores all that waits. `stored` and `settled` as Writer.write has them. */
  private store(userid: number, line: Line): { stored: Promise<void>; settled: Promise<void> } {
    const waiting = line.take();
    const messages = waiting.filter(({ isMarker }) => !isMarker);
    line.busy = 'storing';
    for (const { bytes } of messages) this.trace?.('goes into the database', userid, bytes);
    const { stored, settled } = this.writer.write(userid, messages);
    chargeAll(messages, settled);
    const done = stored.then(() => {
      for (const { bytes } of messages) this.trace?.('is in the database', userid, bytes);
      for (const message of waiting) if (message.isMarker) message.settle(userid);
      this.rest(userid, line);
    });
    return { stored: done, settled };
  }

  private rest(userid: number, line: Line): void {
    line.rest();
    this.pump(userid);
    this.presence.get(userid)?.changed.tell();
  }

  private lineOf(userid: number): Line {
    const line = this.lines.get(userid) ?? new Line(userid, this.spool, this.trace);
    this.lines.set(userid, line);
    return line;
  }

  private drop(userid: number, line: Line): void {
    if (line.busy === undefined && line.messages.length === 0) this.lines.delete(userid);
  }
}

/** The next requests of their senders wait until these messages are where they shall be. */
function chargeAll(messages: readonly Message[], work: Promise<unknown>): void {
  for (const { account } of messages) account?.during(work);
}

/** Whether a message is of a client of this node. */
function isOwn({ origin }: Message): boolean {
  return origin === 'client';
}
