import { numberOf } from '../src/client/core/foreign.js';
import type { ChatMessage, Recalled } from '../src/client/core/received.js';
import type { Copy } from './copy.js';
import type { Message, Model, Talk } from './model.js';
import type { Ended, More } from './more.js';

/** The number that a message came with; undefined for one without. */
export function seqOf({ document }: ChatMessage): number | undefined {
  const seq = numberOf(document.seq);
  return Number.isSafeInteger(seq) && seq > 0 ? seq : undefined;
}

/** What Recalls needs of its session. */
export interface RecallsHost {
  readonly model: Model;
  readonly more: More;
  /** For so many seconds a message can be taken back; undefined where none can. */
  readonly seconds: number | undefined;
  copy(): Copy | undefined;
  changed(): void;
}

/** Messages that their senders take back: their texts go, here and in this browser's copy. */
export class Recalls {
  private readonly host: RecallsHost;

  constructor(host: RecallsHost) {
    this.host = host;
  }

  /** Whether a message can be taken back now, as far as this page knows. */
  isPossible({ seq, way, at, isRecalled }: Message): boolean {
    const { more, seconds = 0 } = this.host;
    const isOwn = way === 'sent' && seq !== undefined && isRecalled !== true;
    return isOwn && Date.now() - at < seconds * 1000 && more.has('recall');
  }

  /** Takes a message back. Resolves with how that ended. */
  async takeBack(talk: Talk, { from, seq = 0 }: Message): Promise<Ended> {
    const ended = await this.host.more.do('recall', { number: seq });
    if (ended === 'ok') await this.forget(talk, from, seq);
    return ended;
  }

  /** Somebody has taken a message back. Resolves when it is gone. */
  async hear({ from, seq, group }: Recalled): Promise<void> {
    const talk = this.host.model.talks.get(group === undefined ? `u${from}` : `g${group}`);
    if (talk !== undefined) await this.forget(talk, from, seq);
  }

  private async forget(talk: Talk, from: number, seq: number): Promise<void> {
    const isIt = (message: Message) => message.from === from && message.seq === seq;
    const copy = this.host.copy();
    const kept = (await copy?.find(talk.key, isIt)) ?? [];
    // They are looked for once more: messages may have come while the copy was read.
    const shown = talk.messages.filter(isIt);
    talk.messages = talk.messages.map((message) => (isIt(message) ? recalled(message) : message));
    for (const message of [...kept, ...shown]) if (message.n > 0) copy?.put(recalled(message));
    const last = talk.messages.at(-1);
    if (last !== undefined && isIt(last)) {
      talk.lastText = '';
      talk.isLastRecalled = true;
      copy?.putTalk(talk);
    }
    await copy?.flush();
    this.host.changed();
  }
}

function recalled(message: Message): Message {
  return { ...message, text: '', isRecalled: true };
}
