import { readable } from './readable.js';

/** A line of the log that a person should see, and how often it came. */
export interface Entry {
  /** When it came last, and when first, in ms since 1970. */
  readonly time: number;
  readonly first: number;
  readonly count: number;
  readonly level: number;
  readonly message: string;
  readonly reason?: string;
  /** Its fields when it came last, for reading. */
  readonly fields: string;
}

/** At most this many different lines are kept. */
const KEPT = 50;

/** The last warnings and errors of the log, and what ended them. Those of one kind are one: a client cannot fill the list. */
export class Recent {
  private readonly entries = new Map<string, Entry>();

  /** The one that came last is the last. */
  all(): readonly Entry[] {
    return [...this.entries.values()];
  }

  /** @param args the arguments of the call to the log: fields and text, or only the text */
  add(level: number, args: readonly unknown[]): void {
    const [given, text] = typeof args[0] === 'string' ? [{}, args[0]] : [args[0], args[1]];
    const { unlogged = 0, ...fields } = { ...(given as object) } as Record<string, unknown>;
    const { reason } = fields;
    const now = Date.now();
    this.put({
      time: now,
      first: now,
      count: 1 + Number(unlogged),
      level,
      message: String(text),
      ...(reason !== undefined && { reason: String(reason) }),
      fields: readable(fields),
    });
  }

  /** Adds an entry, also one of another process. */
  put(entry: Entry): void {
    const key = `${entry.level} ${entry.message} ${entry.reason}`;
    const same = this.entries.get(key);
    this.entries.delete(key);
    this.entries.set(key, same === undefined ? entry : together(same, entry));
    const [oldest] = this.entries.keys();
    if (this.entries.size > KEPT && oldest !== undefined) this.entries.delete(oldest);
  }
}

function together(one: Entry, other: Entry): Entry {
  const [older, newer] = one.time <= other.time ? [one, other] : [other, one];
  return { ...newer, first: Math.min(one.first, other.first), count: older.count + newer.count };
}

/** The entries of several processes as those of one, the newest first. */
export function newestFirst(entries: readonly Entry[]): readonly Entry[] {
  const all = new Recent();
  for (const entry of [...entries].sort((a, b) => a.time - b.time)) all.put(entry);
  return [...all.all()].reverse();
}
