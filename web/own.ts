import type { Document } from '../src/client/core/document.js';
import { numberOf } from '../src/client/core/foreign.js';
import type { Speech } from '../src/client/core/speech.js';
import type { Message, Model, Talk, Way } from './model.js';
import { type Fate, MOST_SEQ, Numbers } from './numbers.js';
import { timestamp } from './text.js';

/** After so long what the server could say nothing of is sent again, in ms. */
const AGAIN = 1000;

/** What Own needs of its session. */
export interface OwnHost {
  readonly model: Model;
  readonly speech: Speech;
  /** The longest document that the server takes, in bytes. */
  readonly maxMessage: number;
  /** See Line. */
  deliver(document: () => Document, isOver: () => boolean): Promise<boolean>;
  /** Asks for something. Resolves with the reply; undefined when the connection was lost. */
  ask(verb: string, fields: { readonly id: number }): Promise<Document | undefined>;
  /** The place of the next message in this browser's copy. */
  nextPlace(): number;
  /** Shows a message, and keeps it. */
  add(talk: Talk, message: Message): void;
  /** Something of a message is different. */
  edited(message: Message): void;
}

/** What the user of this tab writes, until it is known what has become of it. */
export class Own {
  private readonly host: OwnHost;
  private readonly numbers = new Numbers<Message>();

  constructor(host: OwnHost) {
    this.host = host;
  }

  /** Writes to a conversation. False when it is longer than the server takes. */
  write(talk: Talk, text: string): boolean {
    const { me } = this.host.model;
    if (me === undefined || this.lengthOf(talk, text) > this.host.maxMessage) return false;
    const now = new Date();
    const message: Message = {
      n: this.host.nextPlace(),
      talk: talk.key,
      from: me.id,
      name: me.name,
      text,
      time: timestamp(now),
      at: now.getTime(),
      waited: false,
      mid: newMid(),
      way: 'sending',
    };
    this.host.add(talk, message);
    this.send(talk, message);
    return true;
  }

  /** Sends a message again that did not get through. */
  retry(talk: Talk, message: Message): void {
    this.numbers.anew(message);
    this.send(talk, message);
  }

  /** Learns with which number messages go on, where the server says what becomes of them. After each login. */
  async begin(): Promise<void> {
    const { model, speech } = this.host;
    this.numbers.begin(undefined);
    if (model.me === undefined || !model.can.has('resume')) return;
    if (speech.replyTo('resume') === undefined || speech.replyTo('ack') === undefined) return;
    const reply = await this.host.ask('resume', { id: model.me.id });
    if (reply === undefined || speech.resultOf(reply, 'resume') !== 'ok') return;
    const last = numberOf(speech.field(reply, 'resume', 'ok', 'last'));
    if (Number.isSafeInteger(last) && last >= 0) this.numbers.begin(last);
  }

  /** Hears what has become of a message. False when the document says something else. */
  hear(document: Document): boolean {
    const { speech } = this.host;
    const ack = speech.replyTo('ack');
    if (ack === undefined || speech.numberOf(document) !== ack) return false;
    const seq = numberOf(document.seq);
    const result = speech.resultOf(document, 'ack');
    if (result === 'unavailable') {
      if (this.numbers.unknown(seq)) setTimeout(() => this.sendAgain(), AGAIN);
      return true;
    }
    const message = this.numbers.settled(seq);
    if (message === undefined) return true;
    message.fate = result === 'ok' ? fateOf(speech.field(document, 'ack', 'ok', 'state')) : 'refused';
    this.setWay(message, result === 'ok' ? 'sent' : 'failed');
    return true;
  }

  /** Somebody else logs in. */
  forget(): void {
    this.numbers.forget();
  }

  private sendAgain(): void {
    const { talks } = this.host.model;
    for (const message of this.numbers.again) {
      const talk = talks.get(message.talk);
      if (talk !== undefined && message.way === 'sending') this.send(talk, message);
    }
  }

  private send(talk: Talk, message: Message): void {
    message.fate = undefined;
    this.setWay(message, 'sending');
    const document = () => this.chatDocument(talk, message, this.numbers.give(message));
    void this.host
      .deliver(document, () => message.way !== 'sending')
      .then((arrived) => {
        if (!arrived) this.setWay(message, 'failed');
        else if (message.way === 'sending' && !this.numbers.isUnsure(message)) this.setWay(message, 'sent');
      });
  }

  private setWay(message: Message, way: Way): void {
    message.way = way;
    this.host.edited(message);
  }

  /** How many bytes the document of a message has. */
  private lengthOf(talk: Talk, text: string): number {
    const message = { text, time: timestamp(new Date()), mid: newMid() };
    return new TextEncoder().encode(JSON.stringify(this.chatDocument(talk, message, MOST_SEQ))).length;
  }

  private chatDocument(
    { kind, id, name }: Talk,
    { text, time, mid }: Pick<Message, 'text' | 'time' | 'mid'>,
    seq: number | undefined,
  ): Document {
    const from = this.host.model.me ?? { id: 0, name: '' };
    const to = kind === 'group' ? ({ kind, id } as const) : ({ kind, id, name } as const);
    return this.host.speech.chat({ from, to, text, time }, { mid, ...(seq !== undefined && { seq }) });
  }
}

/** A word that is not known says that the server has it. */
function fateOf(state: unknown): Fate {
  return state === 'here' || state === 'stored' ? state : 'elsewhere';
}

/** What a message of this page is known by, wherever it comes from. */
function newMid(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return high.toString(36) + low.toString(36);
}
