import { type Document, readDocument } from '../../client/core/document.js';
import type { Side } from '../../learn/session.js';
import { documentsOf } from '../documents.js';
import { Pieces } from '../pieces.js';
import { withoutTimes } from '../record/likeness.js';
import { type Asked, intOf } from '../record/requests.js';
import type { Share } from './budget.js';
import { type Facts, factsOf, NO_FACTS } from './facts.js';
import { type Item, Lane, type Outcome, type Which } from './lane.js';
import type { Clue } from './numbers.js';
import { expireOldest, type Open } from './order.js';
import { partingOf } from './parting.js';
import { Second } from './second.js';
import type { Shared, StopReason } from './shared.js';

/** A document of more bytes is not compared. */
const LONGEST = 1 << 20;

/** The memory that a waiting document takes besides its bytes, about. */
const OVERHEAD = 400;

/** The second server is at most this many bytes ahead of the first one: beyond that it is not read from. */
const MOST_AHEAD = 1 << 18;

/** At most this many senders are known: beyond that those of whom nothing waits are forgotten. */
const MOST_LANES = 100;

/** After what only the answer to it tells, others wait. */
const CHANGES: ReadonlySet<string> = new Set(['login', 'register', 'groupCreated', 'end']);

/** Bytes of a client that wait to leave for the second server. */
interface Piece {
  readonly bytes: Buffer;
  readonly at: number;
  /** It leaves when all of these are over: what everybody waits for, and what this client has got. */
  readonly after: number;
  readonly afterOwn: number;
  /** New ids in it, which must be the second server's when it leaves. */
  readonly ids: readonly number[];
  readonly isEnd: boolean;
}

/** A document of a server, with the requests that it holds up while it waits. */
interface Held extends Item {
  readonly own: number;
  readonly order: number | undefined;
  /** The account that was registered by it. */
  readonly newId: number | undefined;
}

/**
 * One client at both servers. Whatever happens here, the relay between the client and the first server goes on.
 *
 * 1. The second server gets what the client sends, with ids that are its own, in the order in which things happened.
 * 2. The documents of both servers to the client are compared, for each sender in order.
 * 3. When more is kept than the client's share, or the second server has gone, comparing this client stops for good.
 */
export class Pair {
  readonly #shared: Shared;
  readonly #share: Share;
  readonly #second: Second;
  readonly #pieces: Pieces;
  readonly #cut: Readonly<Record<Which, (bytes: Buffer) => string[]>>;
  readonly #lanes = new Map<string, Lane<Held>>();
  readonly #users = new Set<number>();
  readonly #queue: Piece[] = [];
  /** Numbers of what the client has got from the first server and not yet from the second, since when. */
  readonly #own = new Map<number, Open>();
  #lastOwn = 0;
  #facts: Facts = NO_FACTS;
  #isOver = false;
  #hasLeft = false;
  /** The client has left at once; what waits for that. */
  #leaving: number | undefined;
  /** The second server has ended the connection, and the first one has not. */
  #cutOff: number | undefined;
  #held = 0;
  /** How many bytes the second server is ahead of the first one. */
  #aheadBy = 0;

  readonly #connection: number;

  /** @param connection its number at the relay */
  constructor(shared: Shared, connection: number) {
    this.#shared = shared;
    this.#connection = connection;
    this.#share = shared.budget.share();
    const { framing } = shared.dialect;
    this.#pieces = new Pieces(framing.in);
    this.#cut = { first: documentsOf(framing.out, LONGEST), second: documentsOf(framing.out, LONGEST) };
    this.#second = new Second(shared.place, {
      heard: (bytes) => this.#guard(() => this.#receive('second', bytes)),
      ended: () => this.#guard(() => this.#secondEnded()),
      drained: () => this.#guard(() => this.#pump()),
    });
  }

  /** Whether nothing of this client is compared any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Something that came before then still waits. */
  awaits(before: number): boolean {
    return (this.oldest ?? before) < before || this.#cutOff !== undefined || this.#queue.length > 0;
  }

  /** The first server has sent something, or the client has, that the second one has not had or not answered. */
  get #isBehind(): boolean {
    return this.#own.size > 1 || this.#queue.some(({ isEnd }) => !isEnd);
  }

  /** Since when something waits to leave for the second server. */
  get queuedSince(): number | undefined {
    return this.#queue[0]?.at;
  }

  /** When what waits longest has come. */
  get oldest(): number | undefined {
    const times = [...this.#lanes.values()].flatMap(({ oldest }) => oldest ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Since when the second server has ended the connection, and the first one has not. */
  get cutOff(): number | undefined {
    return this.#cutOff;
  }

  /** The second server goes on without this client: it ends a connection that the first one keeps. */
  stopCutOff(): void {
    if (this.#isOver) return;
    const clue = { about: 'end', where: '', how: 'extra', facts: this.#facts } as const;
    const nothing = { first: undefined, second: undefined, isForged: false, isStored: false };
    this.#shared.kinds.add({ ...clue, ...nothing });
    this.stop('ended');
  }

  /** Bytes of the client, or of the first server to it. */
  heard(from: Side, bytes: Buffer): void {
    this.#guard(() => {
      if (from === 'server') this.#receive('first', bytes);
      else if (!this.#shared.isEnding) this.#ask(bytes);
    });
  }

  /** The client or the first server has ended its side. */
  ended(from: Side, isReset: boolean): void {
    this.#guard(() => {
      if (from === 'server') this.#take('first', '', 'end');
      else this.#leave(isReset);
    });
  }

  /** Documents that only the first server has sent hold the client's requests up no longer: see expireOldest(). */
  expire(before: number, now: number, queued: number): void {
    expireOldest(this.#own, before, now, queued);
    this.#guard(() => this.#pump());
  }

  /** Gives up waiting: see Lane. */
  giveUp(paired: number, alone: number): void {
    this.#guard(() => {
      for (const lane of this.#lanes.values())
        for (const outcome of lane.giveUp(paired, alone)) {
          this.#note(outcome);
          if ('first' in outcome && outcome.first.about === 'end') this.stop();
        }
    });
  }

  /** Both servers have ended the connection: what only one has sent is a difference. */
  #conclude(): void {
    this.giveUp(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    this.stop();
  }

  /** Compares no more. Without a reason the client has left. */
  stop(reason?: StopReason): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { apart, mapping } = this.#shared;
    if (reason !== undefined) apart.add([...this.#users].map((id) => mapping.user(id)));
    this.#second.close();
    if (this.#leaving !== undefined) this.#shared.order.done(this.#leaving);
    for (const lane of this.#lanes.values()) for (const item of lane.takeAll()) this.#release(item);
    this.#queue.length = 0;
    this.#share.giveAll();
    this.#shared.over(this.#connection, reason);
  }

  #ask(bytes: Buffer): void {
    if (this.#isOver || this.#hasLeft) return;
    const wasCut = this.#pieces.held > 0;
    const piece = this.#pieces.push(bytes);
    this.#keep(this.#pieces.held - this.#held);
    this.#held = this.#pieces.held;
    if (piece.length > 0) this.#queueUp(piece, wasCut || this.#held > 0);
  }

  #queueUp(bytes: Buffer, wasCut: boolean, isEnd = false): void {
    const { facts, asked } = factsOf(bytes, wasCut, this.#shared.dialect);
    if (bytes.length > 0) this.#facts = facts;
    for (const one of asked) {
      const { verb } = one.request;
      if (verb === 'logout') this.#users.delete(intOf(one, 'id'));
      if ((verb === 'chat' || verb === 'groupChat') && !this.#users.has(intOf(one, 'id')))
        this.#shared.forged.add(sorted(one.document));
    }
    this.#shared.counts.requests += asked.length;
    if (!this.#keep(bytes.length + OVERHEAD)) return;
    const { order, unmapped } = this.#shared;
    const ids = unmapped.size === 0 ? [] : asked.flatMap(idsIn).filter((id) => unmapped.has(id));
    const at = performance.now();
    const piece: Piece = { bytes, at, after: order.last, afterOwn: this.#lastOwn, ids, isEnd };
    this.#queue.push(piece);
    if (!order.isOver(piece.after)) order.whenOver(piece.after, () => this.#guard(() => this.#pump()));
    this.#pump();
  }

  #leave(isReset: boolean): void {
    if (this.#isOver || this.#hasLeft) return;
    this.#share.give(this.#held);
    this.#held = 0;
    this.#queueUp(this.#pieces.rest(), true, true);
    this.#hasLeft = true;
    // The first server's end does not come here then; who logs in again waits for the second one's.
    if (!isReset) return;
    this.#leaving = this.#shared.order.begin(performance.now());
    // Nothing is compared any more, and its end comes behind all that is unread.
    this.#second.read(true);
  }

  /** Sends what nothing holds up. */
  #pump(): void {
    for (;;) {
      const [next] = this.#queue;
      if (next === undefined || this.#isOver || !this.#second.isReady) return;
      const [oldest = Number.POSITIVE_INFINITY] = this.#own.keys();
      if (!this.#isFree(next) || oldest <= next.afterOwn) return;
      this.#queue.shift();
      this.#share.give(next.bytes.length + OVERHEAD);
      this.#shared.counts.left++;
      if (next.bytes.length > 0) this.#second.write(this.#shared.mapping.asked(next.bytes));
      if (next.isEnd) this.#second.finish();
    }
  }

  /** Whether it waits for nothing that happened to others, or for ids that it names. */
  #isFree({ after, ids }: Piece): boolean {
    const { order, unmapped } = this.#shared;
    return order.isOver(after) && !ids.some((id) => unmapped.has(id));
  }

  #receive(which: Which, bytes: Buffer): void {
    if (this.#isOver) return;
    let texts: string[];
    try {
      texts = this.#cut[which](bytes);
    } catch {
      this.stop('long');
      return;
    }
    for (const text of texts) this.#hear(which, text, this.#shared.titles.of(text));
  }

  /** Stored messages in a reply to a login are messages of their senders. */
  #hear(which: Which, text: string, about: string): void {
    if (about !== 'login') {
      this.#take(which, text, about);
      return;
    }
    const { reply, messages } = this.#shared.unpacking.of(text);
    this.#take(which, reply, about);
    for (const message of messages) this.#take(which, message, this.#shared.titles.of(message), true);
  }

  #take(which: Which, text: string, about: string, isStored = false): void {
    if (this.#isOver) return;
    const { mapping, order } = this.#shared;
    if (which === 'first' && about === 'login') this.#noteLogin(text);
    const newId = which === 'first' && about === 'register' ? mapping.registered(text) : undefined;
    if (newId !== undefined) this.#shared.unmapped.add(newId);
    const now = performance.now();
    const item: Held = {
      ...{
        text,
        about,
        likeness: mapping.likeness(text),
        at: now,
        facts: this.#facts,
        isStored,
        wasPassed: false,
        isAgain: false,
      },
      own: which === 'first' ? ++this.#lastOwn : 0,
      order: which === 'first' && CHANGES.has(about) ? order.begin(now) : undefined,
      newId,
    };
    if (which === 'first') this.#own.set(item.own, { at: now, since: now });
    if (!this.#keep(sizeOf(item))) return;
    if (which === 'second') this.#ahead(sizeOf(item));
    const outcome = this.#laneOf(which, text, about).add(which, item);
    if (outcome !== undefined) this.#note(outcome);
    if (about !== 'end') this.#pump();
    else if (outcome?.how === 'same') this.#conclude();
    else if (this.#cutOff !== undefined) this.stop(this.#isBehind ? 'gone' : undefined);
  }

  #laneOf(which: Which, text: string, about: string): Lane<Held> {
    const { mapping } = this.#shared;
    const hasSender = isMessage(about);
    const from = which === 'first' ? mapping.recordedSender(text) : mapping.senderOf(text);
    const sender = hasSender ? from : '';
    const known = this.#lanes.get(sender);
    if (known !== undefined) return known;
    const lane = new Lane<Held>((first, second) => this.#areAlike(first, second), !hasSender);
    if (this.#lanes.size >= MOST_LANES)
      for (const [name, other] of this.#lanes) if (other.isEmpty) this.#lanes.delete(name);
    this.#lanes.set(sender, lane);
    return lane;
  }

  #areAlike(first: Held, second: Held): boolean {
    if (first.about !== second.about) return false;
    const { mapping } = this.#shared;
    // Ids are learned from replies that differ in nothing else, and from lists.
    if (CHANGES.has(first.about)) mapping.learn(first.text, second.text);
    return mapping.areAlike(first.likeness, second.likeness);
  }

  /** Results of comparing are counted, and hold nobody up any more. */
  #note(outcome: Outcome<Held>): void {
    const { counts, kinds } = this.#shared;
    const first = 'first' in outcome ? outcome.first : undefined;
    const second = 'second' in outcome ? outcome.second : undefined;
    for (const item of [first, second]) if (item !== undefined) this.#share.give(sizeOf(item));
    if (second !== undefined) this.#ahead(-sizeOf(second));
    if (first !== undefined) this.#release(first);
    counts.compared++;
    if (outcome.how === 'same') counts.same++;
    else {
      const clue = this.#clueOf(outcome.how, first, second);
      if (this.#isOfOthers(clue, first, second)) counts.ignored++;
      else kinds.add(clue);
    }
  }

  /** Nobody waits for it any more. */
  #release({ own, order, newId }: Held): void {
    this.#own.delete(own);
    if (newId !== undefined) this.#shared.unmapped.delete(newId);
    if (order !== undefined) this.#shared.order.done(order);
  }

  /** Whether a difference comes of somebody of whose client the second server has not had all. */
  #isOfOthers({ about, where }: Clue, first: Held | undefined, second: Held | undefined): boolean {
    const { apart, mapping } = this.#shared;
    if (apart.isEmpty) return false;
    if (about === 'login' && where.endsWith('state')) return true;
    const idIn = (text: string) => (isMessage(about) ? mapping.sender(text) : mapping.loggedIn(text));
    const id = first === undefined ? undefined : idIn(first.text);
    const own = second === undefined ? undefined : idIn(second.text);
    return apart.has(id === undefined ? own : mapping.user(id));
  }

  #clueOf(how: Exclude<Outcome<Held>['how'], 'same'>, first?: Held, second?: Held): Clue {
    const { mapping, forged } = this.#shared;
    const item = first ?? second;
    const shown = first && mapping.shown(first.text);
    const parting =
      how === 'other'
        ? partingOf(withoutTimes(shown ?? ''), withoutTimes(second?.text ?? ''))
        : { where: '', how };
    return {
      about: item?.about ?? '',
      ...parting,
      facts: item?.facts ?? NO_FACTS,
      first: shown,
      second: second?.text,
      isForged: first !== undefined && forged.has(sorted(readDocument(first.text) ?? {})),
      isStored: item?.isStored ?? false,
    };
  }

  #noteLogin(text: string): void {
    const id = this.#shared.mapping.loggedIn(text);
    if (id !== undefined) this.#users.add(id);
  }

  #secondEnded(): void {
    if (this.#isOver) return;
    if (this.#leaving !== undefined) this.stop();
    else {
      this.#cutOff = performance.now();
      if (this.#laneOf('second', '', 'end').isAwaiting('end')) this.#take('second', '', 'end');
    }
  }

  /** A client that reads slowly reads slowly from the second server, too. */
  #ahead(bytes: number): void {
    this.#aheadBy += bytes;
    this.#second.read(this.#aheadBy < MOST_AHEAD || this.#leaving !== undefined);
  }

  #keep(bytes: number): boolean {
    if (bytes <= 0) this.#share.give(-bytes);
    else if (!this.#share.take(bytes)) {
      this.stop('full');
      return false;
    }
    return true;
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#shared.failed(error);
      this.stop('fault');
    }
  }
}

function idsIn(asked: Asked): number[] {
  return (['id', 'toid', 'friendid'] as const).map((field) => intOf(asked, field));
}

function isMessage(about: string): boolean {
  return about === 'chat' || about === 'groupChat';
}

/** The same text for all that say the same. */
function sorted(document: Document): string {
  return JSON.stringify(Object.entries(document).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function sizeOf({ text }: Held): number {
  return 2 * text.length + OVERHEAD;
}
