/** At most this many bytes of documents are in one page; the first document is there in any case. */
export const HISTORY_PAGE = 262_144;

/** At most this many messages are in one page. */
export const MOST_PAGE = 200;

/** A search looks at no more candidates at once: it goes on where it has stopped when it is asked again. */
export const MOST_LOOKED_AT = 1000;

/** At most this many numbers are looked at for a page: a page with times may have to pass by very many messages. */
export const MOST_NUMBERS = 5000;

/** At most this many characters of a message are searched; the rest is kept, and not found. */
export const SEARCHED = 1000;

/** The fewest and the most characters that can be searched for: the index has pairs of characters. */
export const [LEAST_TEXT, MOST_TEXT] = [2, 100];

/** Two users, the lower id first; or a group: 0 and its id. No user of an id below 1 has a history. */
export interface Conversation {
  readonly low: number;
  readonly high: number;
}

/** A message that was accepted from a client of ours. */
export interface KeptMessage extends Conversation {
  /** When, in ms since 1970. */
  readonly at: number;
  /** The document as its receivers get it, JSON. */
  readonly document: string;
  /** The text that can be found: `folded`. */
  readonly text: string;
}

/** A message of a conversation, as it is read. */
export interface HistoryRow {
  /** Its place in the conversation: 1 for the first one, then one more for each. */
  readonly number: number;
  readonly at: number;
  readonly document: string;
}

/** The part of a conversation that is read. Numbers and times are bounds that are not in it themselves. */
export interface HistoryRange extends Conversation {
  /** Of a group: the member who asks. It sees the messages that were kept since it became a member. */
  readonly member: number | undefined;
  readonly above: number;
  readonly below: number;
  /** Not before this time, and not after that one, in ms since 1970. */
  readonly from: number;
  readonly until: number;
  /** The page has at most this many messages. */
  readonly most: number;
}

/** The newest messages of a range, or its oldest ones. */
export interface HistoryPage extends HistoryRange {
  readonly newest: boolean;
}

/** The newest messages of a range that have a text in them. */
export interface HistorySearch extends HistoryRange {
  /** As `folded` gives it: LEAST_TEXT to MOST_TEXT characters. */
  readonly text: string;
}

export interface HistoryFound {
  readonly rows: readonly HistoryRow[];
  /** The last number that was read or looked at, when more follows; undefined: that was all of the range. */
  readonly next: number | undefined;
}

/** Of nobody, or of somebody who may not see it. */
export const NOTHING: HistoryFound = { rows: [], next: undefined };

/**
 * The history of conversations, in tables of its own: `historyconversation`, `historymessage`, `historyindex`,
 * `historymember`. Each call rejects with StoreUnavailable when the database is away.
 */
export interface HistoryStore {
  /** Makes the tables that are not there. The other calls need them. */
  openHistory(): Promise<void>;

  /**
   * Keeps messages, all or none, and numbers those of each conversation in the order that they have here. A user who
   * has joined a group since its last message was kept sees the messages that are kept from now on.
   */
  keepHistory(messages: readonly KeptMessage[]): Promise<void>;

  /** Messages of a conversation, by their numbers; at most HISTORY_PAGE bytes of them, and of MOST_NUMBERS numbers. */
  historyPage(page: HistoryPage): Promise<HistoryFound>;

  /** The messages of a conversation that have a text in them, the newest first; at most HISTORY_PAGE bytes of them. */
  searchHistory(search: HistorySearch): Promise<HistoryFound>;

  /** Deletes messages of a conversation, by their numbers. The others keep theirs. */
  removeHistory(conversation: Conversation, numbers: readonly number[]): Promise<void>;

  /** Deletes at most `most` messages that are older than this. Returns their number. */
  expireHistory(before: number, most: number): Promise<number>;
}

/** Messages that have waited longer than this for the database may stand too far behind to be found by their time, in ms. */
const LATEST = 86_400_000;

/** A message near a place in a conversation. */
export type Near = Pick<HistoryRow, 'number' | 'at'> | undefined;

/** The numbers between which messages of a time can be. */
export interface Bounds {
  readonly above: number;
  readonly below: number;
}

/**
 * Narrows a range by its times: later messages have higher numbers, but for what waited while the database was away.
 * Yields numbers, and is told the first message that has that number or a higher one.
 */
export function* narrowed({
  from,
  until,
  ...bounds
}: Bounds & Pick<HistoryRange, 'from' | 'until'>): Generator<number, Bounds, Near> {
  const above = from <= LATEST ? bounds.above : (yield* firstSince(bounds, from - LATEST)) - 1;
  const isOpen = until >= Date.now() - LATEST;
  return { above, below: isOpen ? bounds.below : yield* firstSince(bounds, until + LATEST) };
}

/**
 * The part of a range that one page looks at, from its beginning or its end, and how to go on behind it where nothing of
 * it was found; `next` is undefined where that is all.
 */
export function lookedAt({ above, below }: Bounds, newest: boolean): Bounds & Pick<HistoryFound, 'next'> {
  const lowest = Math.max(above, below - 1 - MOST_NUMBERS);
  const highest = Math.min(below, above + 1 + MOST_NUMBERS);
  if (newest) return { above: lowest, below, next: lowest > above ? lowest + 1 : undefined };
  return { above, below: highest, next: highest < below ? highest - 1 : undefined };
}

/** The lowest number that a message of this time or a later one has. */
function* firstSince({ above, below }: Bounds, time: number): Generator<number, number, Near> {
  let [low, high] = [above + 1, below];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const near = yield middle;
    if (near === undefined || near.number >= high || near.at >= time) high = middle;
    else low = near.number + 1;
  }
  return low;
}

/** Between these two users. */
export function ofUsers(one: number, other: number): Conversation {
  return { low: Math.min(one, other), high: Math.max(one, other) };
}

export function ofGroup(groupid: number): Conversation {
  return { low: 0, high: groupid };
}

/** A text as it is found: capital and small letters, wide and narrow forms are the same. The first SEARCHED characters. */
export function folded(text: string): string {
  // One character can become many.
  const short = text.slice(0, SEARCHED).normalize('NFKC').toLowerCase().slice(0, SEARCHED);
  // Half a character, as the cut leaves it, is none; and a zero byte ends a text for some.
  return short.replace(/\p{Surrogate}/gu, '').replaceAll('\0', ' ');
}

/** The messages of each conversation, in order. */
export function byConversation(messages: readonly KeptMessage[]): KeptMessage[][] {
  const groups = new Map<string, KeptMessage[]>();
  for (const message of messages) {
    const key = `${message.low} ${message.high}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [message]);
    else group.push(message);
  }
  return [...groups.values()];
}

/** The pairs of characters of a folded text, each as 32 bits, each once. Two pairs may have the same bits. */
export function pairsOf(text: string): number[] {
  const pairs = new Set<number>();
  let before: number | undefined;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (before !== undefined) pairs.add(((before << 16) ^ (before >>> 16) ^ code) >>> 0);
    before = code;
  }
  return [...pairs];
}

/**
 * The first of the rows that one page can have: at most `most` rows and HISTORY_PAGE bytes, and the first one in any
 * case.
 */
export function fitting<T extends { readonly number: number; readonly bytes: number }>(
  rows: readonly T[],
  most: number,
): { readonly fits: readonly T[]; readonly next: number | undefined } {
  let sum = 0;
  const end = rows.findIndex(({ bytes }, i) => {
    sum += bytes;
    return i === most || (i > 0 && sum > HISTORY_PAGE);
  });
  if (end < 0) return { fits: rows, next: undefined };
  const fits = rows.slice(0, end);
  return { fits, next: fits.at(-1)?.number };
}
