import type { Message, Talk } from './model.js';

/** The state of a conversation that is kept beside its messages. */
export type TalkRow = Omit<Talk, 'messages' | 'hasOlder' | 'draft'>;

const VERSION = 1;

/** A message is looked for among so many: what is taken back is not old. */
const MOST_LOOKED = 2000;

/**
 * This browser's own copy of a user's messages, in a database of its own that is deleted at logout.
 *
 * Messages are written soon, many at once. A browser that refuses to keep any more costs the copy, never a message:
 * `onFailure` is told once.
 */
export class Copy {
  private readonly db: IDBDatabase;
  private readonly name: string;
  private readonly onFailure: () => void;
  private messages = new Map<number, Message>();
  private talks = new Map<string, TalkRow>();
  private writing: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private hasFailed = false;

  /** Opens the copy of a user. Resolves with undefined where this browser keeps nothing, as in some private windows. */
  static async open(userid: number, onFailure: () => void): Promise<Copy | undefined> {
    const name = `chat-${userid}`;
    try {
      const asked = indexedDB.open(name, VERSION);
      asked.onupgradeneeded = () => {
        const messages = asked.result.createObjectStore('messages', { keyPath: 'n' });
        messages.createIndex('talk', ['talk', 'n']);
        asked.result.createObjectStore('talks', { keyPath: 'key' });
      };
      return new Copy(await answered(asked), name, onFailure);
    } catch {
      return undefined;
    }
  }

  private constructor(db: IDBDatabase, name: string, onFailure: () => void) {
    this.db = db;
    this.name = name;
    this.onFailure = onFailure;
    db.onversionchange = () => db.close();
  }

  put(message: Message): void {
    this.messages.set(message.n, { ...message });
  }

  putTalk({ messages: _messages, hasOlder: _hasOlder, draft: _draft, ...row }: Talk): void {
    this.talks.set(row.key, row);
  }

  /** Resolves when all that was put is kept, or cannot be. Never rejects. */
  flush(): Promise<void> {
    if (this.messages.size === 0 && this.talks.size === 0) return this.writing ?? Promise.resolve();
    if (this.writing === undefined) {
      this.writing = this.write().finally(() => {
        this.writing = undefined;
      });
      return this.writing;
    }
    this.next ??= this.writing.then(() => {
      this.next = undefined;
      return this.flush();
    });
    return this.next;
  }

  /** The newest number that a message has; 0 for none. */
  async lastNumber(): Promise<number> {
    const [last] = await this.newest(1);
    return last?.n ?? 0;
  }

  /** The newest messages of all conversations before one of them, oldest first. */
  newest(most: number, before = Number.MAX_SAFE_INTEGER): Promise<Message[]> {
    const range = IDBKeyRange.upperBound(before, true);
    return this.backwards(this.store('messages').openCursor(range, 'prev'), most);
  }

  /** The messages of a conversation before one of them: at most `most`, the newest, oldest first. */
  before(talk: string, n: number, most: number): Promise<Message[]> {
    const range = IDBKeyRange.bound([talk, 0], [talk, n], false, true);
    return this.backwards(this.store('messages').index('talk').openCursor(range, 'prev'), most);
  }

  /** Those messages of a conversation that are meant, among its newest ones. */
  async find(talk: string, isIt: (message: Message) => boolean): Promise<Message[]> {
    await this.flush();
    return (await this.before(talk, Number.MAX_SAFE_INTEGER, MOST_LOOKED)).filter(isIt);
  }

  allTalks(): Promise<TalkRow[]> {
    return answered<TalkRow[]>(this.store('talks').getAll());
  }

  /** Deletes the copy. */
  async drop(): Promise<void> {
    await this.flush();
    this.db.close();
    await answered(indexedDB.deleteDatabase(this.name)).catch(() => {});
  }

  private store(name: string): IDBObjectStore {
    return this.db.transaction(name).objectStore(name);
  }

  private write(): Promise<void> {
    const [messages, talks] = [this.messages, this.talks];
    this.messages = new Map();
    this.talks = new Map();
    return new Promise((resolve) => {
      const failed = () => {
        if (!this.hasFailed) this.onFailure();
        this.hasFailed = true;
        resolve();
      };
      try {
        const work = this.db.transaction(['messages', 'talks'], 'readwrite', { durability: 'relaxed' });
        for (const message of messages.values()) work.objectStore('messages').put(message);
        for (const talk of talks.values()) work.objectStore('talks').put(talk);
        work.oncomplete = () => resolve();
        work.onabort = failed;
      } catch {
        failed();
      }
    });
  }

  private backwards(asked: IDBRequest<IDBCursorWithValue | null>, most: number): Promise<Message[]> {
    return new Promise((resolve) => {
      const found: Message[] = [];
      asked.onerror = () => resolve(found);
      asked.onsuccess = () => {
        const cursor = asked.result;
        if (cursor === null || found.length >= most) {
          resolve(found.reverse());
          return;
        }
        found.push(cursor.value);
        cursor.continue();
      };
    });
  }
}

function answered<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
