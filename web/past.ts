import type { ChatMessage, HistoryPage } from '../src/client/core/received.js';
import type { Fields } from '../src/client/core/speech.js';
import { midOf } from '../src/client/core/twice.js';
import { Copies, merged } from './merged.js';
import type { Message, Talk } from './model.js';
import type { MoreHost } from './more.js';
import { seqOf } from './recalls.js';

/** How many messages are asked for when a conversation is opened, and how many when somebody scrolls up. */
const [FIRST, PAGE] = [50, 200];

/** At most this many pages are read at once until one has something that is not here, or that is. */
const MOST_PAGES = 10;

/** The messages that a search has found, the newest first. `next` is where it goes on. */
export interface Found {
  readonly messages: readonly Message[];
  readonly next: number | undefined;
}

/** Which conversation. */
type Of = Pick<Talk, 'key' | 'kind' | 'id'>;

/** The server's history of conversations (`--history`), put among the messages of this browser. */
export class Past {
  private readonly host: MoreHost;
  /** Of conversations: before which number the server may have what is not here; undefined where it has not. */
  private readonly before = new Map<string, number | undefined>();
  private readonly busy = new Set<string>();
  private count = 0;

  constructor(host: MoreHost) {
    this.host = host;
  }

  /** Whether the server may have older messages of a conversation than are here. */
  hasOlder({ key }: Talk): boolean {
    return this.before.get(key) !== undefined;
  }

  /** Whether it was asked for a conversation, and has nothing older. */
  isWhole({ key }: Talk): boolean {
    return this.before.has(key) && this.before.get(key) === undefined;
  }

  /** Somebody else logs in. */
  forget(): void {
    this.before.clear();
  }

  /** Reads what was said while this browser was away, back to what it has. */
  catchUp(talk: Talk): Promise<void> {
    return this.alone(talk, async () => {
      const isNew = talk.messages.length === 0;
      let page = await this.read(talk, { most: FIRST });
      for (let pages = 1; page !== undefined; pages++) {
        const known = this.put(talk, page);
        const isBridged = isNew || known > 0 || page.next === undefined;
        if (!isBridged || !this.before.has(talk.key)) this.before.set(talk.key, page.next);
        if (isBridged || pages === MOST_PAGES) return;
        page = await this.read(talk, { before: page.next ?? 0, most: PAGE });
      }
    });
  }

  /** Reads older messages until there are some that were not here. */
  older(talk: Talk): Promise<void> {
    return this.alone(talk, async () => {
      for (let pages = 0; pages < MOST_PAGES && this.hasOlder(talk); pages++) {
        const page = await this.read(talk, { before: this.before.get(talk.key) ?? 0, most: PAGE });
        if (page === undefined) return;
        this.before.set(talk.key, page.next);
        if (this.put(talk, page) < page.messages.length) return;
      }
    });
  }

  /** Messages of a conversation with a text in them; undefined when the server does not say. */
  async search(talk: Of, text: string, before: number | undefined): Promise<Found | undefined> {
    const page = await this.read(
      talk,
      { text, most: FIRST, ...(before !== undefined && { before }) },
      'search',
    );
    return page && { messages: this.messagesOf(talk, page), next: page.next };
  }

  /** All messages, with older ones of this browser's copy: of these not what the history has brought before. */
  withOlder({ messages }: Talk, found: readonly Message[]): Message[] {
    const first = messages.findIndex(({ n }) => n > 0);
    const at = first < 0 ? messages.length : first;
    const rest = messages.slice(at);
    const brought = new Copies(rest.filter(({ n }) => n < 0));
    const news = found.filter((message) => brought.take(message) === undefined);
    return [...merged(news, messages.slice(0, at)).messages, ...rest];
  }

  /** A message has come that the history has brought already: that one goes. */
  replace(talk: Talk, message: Message): void {
    const brought = talk.messages.filter(({ n }) => n < 0);
    const place = brought.length === 0 ? undefined : new Copies(brought).take(message);
    if (place !== undefined) talk.messages = talk.messages.filter((other) => other !== brought[place]);
  }

  private async alone(talk: Talk, work: () => Promise<void>): Promise<void> {
    if (!this.host.model.can.has('history') || this.busy.has(talk.key)) return;
    this.busy.add(talk.key);
    await work().finally(() => this.busy.delete(talk.key));
    this.host.changed();
  }

  /** Puts a page among the messages. Returns how many of it were there. */
  private put(talk: Talk, page: HistoryPage): number {
    const { messages, known } = merged(talk.messages, this.messagesOf(talk, page));
    talk.messages = messages;
    const last = messages.at(-1);
    if (last !== undefined && last.at > talk.lastAt) {
      talk.lastAt = last.at;
      talk.lastText = last.text.slice(0, 200);
      talk.isLastRecalled = last.isRecalled === true;
    }
    return known;
  }

  private async read(
    talk: Of,
    fields: Fields,
    verb: 'history' | 'search' = 'history',
  ): Promise<HistoryPage | undefined> {
    const { model, speech } = this.host;
    const of = talk.kind === 'group' ? { groupid: talk.id } : { toid: talk.id };
    const reply = await this.host.ask(verb, { ...fields, ...of, id: model.me?.id ?? 0 });
    return reply !== undefined && speech.resultOf(reply, verb) === 'ok'
      ? speech.readHistory(reply, verb)
      : undefined;
  }

  /** Messages with numbers below those of this browser's copy: they are shown, and not kept. */
  private messagesOf({ key }: Of, page: HistoryPage): Message[] {
    const { me } = this.host.model;
    return page.messages.map(({ at, number, message }) => {
      this.count++;
      const from = this.senderOf(message);
      const { text, time } = message;
      const { name } = message.from;
      const kept = {
        n: -this.count,
        talk: key,
        from,
        name,
        text,
        time,
        at,
        waited: false,
        mid: midOf(message),
        seq: seqOf(message),
        number,
      };
      return from === me?.id ? { ...kept, way: 'sent' } : kept;
    });
  }

  /** In some dialects messages name their senders only by name. */
  private senderOf({ from }: ChatMessage): number {
    const { me, friends } = this.host.model;
    if (Number.isInteger(from.id)) return from.id;
    return from.name === me?.name ? me.id : (friends.find(({ name }) => name === from.name)?.id ?? 0);
  }
}
