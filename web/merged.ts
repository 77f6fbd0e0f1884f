/** The identity of a message, and when this browser or the server got it. */
interface Told {
  readonly from: number;
  readonly talk: string;
  readonly text: string;
  readonly time: string;
  readonly mid: string;
  readonly at: number;
  /** Its number in the history, where that is known. */
  number?: number;
}

/** Two copies of one message have the same, whoever keeps them. */
function sameOf({ from, talk, text, time, mid }: Told): string {
  return JSON.stringify([from, talk, text, time, mid]);
}

/** Takes messages out of a list by what they say, each once. */
export class Copies {
  private readonly places = new Map<string, number[]>();

  constructor(messages: readonly Told[]) {
    for (const [place, message] of messages.entries()) {
      const key = sameOf(message);
      const places = this.places.get(key);
      if (places === undefined) this.places.set(key, [place]);
      else places.push(place);
    }
  }

  /** Where the first one is that says the same and was not taken; undefined for none. */
  take(message: Told): number | undefined {
    return this.places.get(sameOf(message))?.shift();
  }
}

/** Messages with those of a page of the server's history, and how many of these were there before. */
export interface Merged<Message> {
  readonly messages: Message[];
  readonly known: number;
}

/**
 * Puts a page of the history, oldest first, among messages that are shown. A message that is there is not put there
 * again, and gets the number that it has in the history. A new one stands behind the message of the page before it,
 * and behind others that have lower numbers, or no number and an earlier time: many messages have one time.
 */
export function merged<Message extends Told>(
  messages: readonly Message[],
  page: readonly Message[],
): Merged<Message> {
  const copies = new Copies(messages);
  const places = page.map((message) => copies.take(message));
  const shown = new Set(places);
  /** The messages to be put before each of the shown ones, and behind the last one. */
  const news = new Map<number, Message[]>();
  let at = 0;
  for (const [n, message] of page.entries()) {
    const place = places[n];
    const known = place === undefined ? undefined : messages[place];
    if (place !== undefined && known !== undefined) {
      at = Math.max(at, place + 1);
      if (message.number !== undefined) known.number = message.number;
    } else {
      while (!shown.has(at) && isBefore(messages[at], message)) at++;
      news.set(at, [...(news.get(at) ?? []), message]);
    }
  }
  const all = messages.flatMap((message, place) => [...(news.get(place) ?? []), message]);
  const known = places.filter((place) => place !== undefined).length;
  return { messages: [...all, ...(news.get(messages.length) ?? [])], known };
}

function isBefore(shown: Told | undefined, message: Told): boolean {
  if (shown?.number !== undefined && message.number !== undefined) return shown.number < message.number;
  return shown !== undefined && shown.at <= message.at;
}
