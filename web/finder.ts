import type { Copy } from './copy.js';
import type { Message, Model, Talk } from './model.js';
import type { More } from './more.js';
import type { Found, Past } from './past.js';

/** So many messages of this browser's copy are read at once. */
const READ = 500;

/** A conversation, as far as it has to be known to look into it. */
export type Place = Pick<Talk, 'key' | 'kind' | 'id' | 'name'>;

/** What was found by looking once more. */
export interface Look {
  readonly messages: readonly Message[];
  /** In how many conversations it was looked, and how many there are. */
  readonly done: number;
  readonly all: number;
}

/** What Finder needs of its session. */
export interface FinderHost {
  readonly model: Model;
  readonly more: More;
  readonly past: Past;
  copy(): Copy | undefined;
}

/** Looks for a text: in what the server has, or where it does not say, in what this browser has. */
export class Finder {
  private readonly host: FinderHost;

  constructor(host: FinderHost) {
    this.host = host;
  }

  /** Whether there is anything to look into. */
  get isPossible(): boolean {
    return this.isServer || this.host.copy() !== undefined;
  }

  /** The server does it. */
  get isServer(): boolean {
    return this.host.more.has('search');
  }

  /**
   * Looks for a text in one conversation, or in all of them, the one that somebody wrote in last first; in each the newest
   * messages first. Each turn is one question to the server, or one look into the copy; undefined: the server does not
   * answer.
   */
  async *look(text: string, only?: Place): AsyncGenerator<Look | undefined> {
    const places = only === undefined ? this.places() : [only];
    if (this.isServer) yield* this.askServer(text, places);
    else yield* this.readCopy(text, new Set(places.map(({ key }) => key)));
  }

  private places(): Place[] {
    const { talks, friends, groups } = this.host.model;
    const places = new Map<string, Place>();
    for (const talk of [...talks.values()].sort((one, other) => other.lastAt - one.lastAt))
      places.set(talk.key, talk);
    for (const { id, name } of groups)
      places.set(`g${id}`, { key: `g${id}`, kind: 'group', id, name: places.get(`g${id}`)?.name ?? name });
    for (const { id, name } of friends)
      places.set(`u${id}`, { key: `u${id}`, kind: 'user', id, name: places.get(`u${id}`)?.name ?? name });
    return [...places.values()];
  }

  private async *askServer(text: string, places: readonly Place[]): AsyncGenerator<Look | undefined> {
    const { past, model } = this.host;
    for (const [n, place] of places.entries()) {
      let before: number | undefined;
      do {
        const found: Found | undefined = await past.search(place, text, before);
        const isLost = found === undefined && (places.length === 1 || model.line !== 'open');
        // Of a group that the user has left nothing is told.
        if (isLost) yield undefined;
        else
          yield {
            messages: found?.messages ?? [],
            done: found?.next === undefined ? n + 1 : n,
            all: places.length,
          };
        before = found?.next;
      } while (before !== undefined);
    }
  }

  private async *readCopy(text: string, keys: ReadonlySet<string>): AsyncGenerator<Look | undefined> {
    const wanted = folded(text);
    const copy = this.host.copy();
    let before = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const read = (await copy?.newest(READ, before)) ?? [];
      before = read[0]?.n ?? 0;
      const isOver = read.length < READ;
      const messages = read.filter(
        (message) => keys.has(message.talk) && folded(message.text).includes(wanted),
      );
      yield { messages: messages.reverse(), done: isOver ? keys.size : 0, all: keys.size };
      if (isOver) return;
    }
  }
}

/** Capital and small letters are the same, and so are wide and narrow forms. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
