/*
 * How the parts of frames stand in bytes. Numbers are little-endian.
 */

/** Bytes of a node's name; twice as many hexadecimal digits. */
export const NAME = 8;

/** At most 1,048,576 numbers stand behind their count: a node may have that many users. */
const MOST_INTS = 1_048_576;
/** At most 16,384 users or nodes are named at once: 16 times as many as a node of ours names. */
export const MOST_SAID = 16_384;
/** At most 16,384 values stand to the end of a frame: four times as many as a node of ours puts into a batch. */
const MOST_TO_END = 16_384;

/** A place in some bytes, which moves on with each value. */
export class Cursor {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Moves on by `length` bytes. Returns where they begin; throws RangeError when the bytes end before. */
  skip(length: number): number {
    const { at } = this;
    if (length < 0 || at + length > this.bytes.length) throw new RangeError('cut short');
    this.at += length;
    return at;
  }
}

/** How values of one type stand in a frame. `read` throws RangeError when these bytes are none of ours. */
export interface Codec<T> {
  /** How many bytes a value takes. */
  size(value: T): number;
  write(to: Cursor, value: T): void;
  read(from: Cursor): T;
}

/** 32 bits with a sign. */
export const int: Codec<number> = {
  size: () => 4,
  write: (to, value) => void to.bytes.writeInt32LE(value, to.skip(4)),
  read: (from) => from.bytes.readInt32LE(from.skip(4)),
};

/** A whole number that does not end. */
export const count: Codec<number> = {
  size: () => 8,
  write: (to, value) => void to.bytes.writeDoubleLE(value, to.skip(8)),
  read: (from) => {
    const value = from.bytes.readDoubleLE(from.skip(8));
    if (!Number.isSafeInteger(value)) throw new RangeError('no whole number');
    return value;
  },
};

export const flag: Codec<boolean> = {
  size: () => 4,
  write: (to, value) => int.write(to, Number(value)),
  read: (from) => int.read(from) === 1,
};

/** The name of a node. */
export const name: Codec<string> = {
  size: () => NAME,
  write: (to, value) => void to.bytes.write(value, to.skip(NAME), 'hex'),
  read: (from) => from.bytes.toString('hex', from.skip(NAME), from.at),
};

/** Bytes behind their length. Those that are read are a part of the frame, not a copy. */
export const raw: Codec<Buffer> = {
  size: (value) => 4 + value.length,
  write: (to, value) => {
    int.write(to, value.length);
    value.copy(to.bytes, to.skip(value.length));
  },
  read: (from) => {
    const length = int.read(from);
    return from.bytes.subarray(from.skip(length), from.at);
  },
};

export const text: Codec<string> = {
  size: (value) => 4 + Buffer.byteLength(value),
  write: (to, value) => raw.write(to, Buffer.from(value)),
  read: (from) => raw.read(from).toString(),
};

/** Numbers behind how many they are. Written out: they are in each message. */
export const ints: Codec<readonly number[]> = {
  size: (values) => 4 + 4 * values.length,
  write: (to, values) => {
    int.write(to, values.length);
    for (const value of values) int.write(to, value);
  },
  read: (from) => readInts(from, MOST_INTS),
};

/** The same where there are at most MOST_SAID of them. */
export const few: Codec<readonly number[]> = { ...ints, read: (from) => readInts(from, MOST_SAID) };

function readInts(from: Cursor, most: number): number[] {
  const values: number[] = [];
  const length = int.read(from);
  if (length > most) throw new RangeError('too many');
  while (values.length < length) values.push(int.read(from));
  return values;
}

/**
 * Values behind their number.
 *
 * @param most with more the frame is none of ours
 */
export function list<T>(one: Codec<T>, most = Number.POSITIVE_INFINITY): Codec<readonly T[]> {
  const others = rest(one);
  return {
    size: (values) => 4 + others.size(values),
    write: (to, values) => {
      int.write(to, values.length);
      others.write(to, values);
    },
    read: (from) => {
      const values: T[] = [];
      const length = int.read(from);
      if (length > most) throw new RangeError('too many');
      while (values.length < length) values.push(one.read(from));
      return values;
    },
  };
}

/** All values until the end of the frame. */
export function rest<T>(one: Codec<T>): Codec<readonly T[]> {
  return {
    size: (values) => {
      let size = 0;
      for (const value of values) size += one.size(value);
      return size;
    },
    write: (to, values) => {
      for (const value of values) one.write(to, value);
    },
    read: (from) => {
      const values: T[] = [];
      while (from.at < from.bytes.length) {
        if (values.length === MOST_TO_END) throw new RangeError('too many');
        values.push(one.read(from));
      }
      return values;
    },
  };
}

/** An object: its fields in this order. */
export function fields<T extends object>(codecs: { readonly [Key in keyof T]: Codec<T[Key]> }): Codec<T> {
  const keys = Object.keys(codecs) as (keyof T)[];
  return {
    size: (value) => {
      let size = 0;
      for (const key of keys) size += codecs[key].size(value[key]);
      return size;
    },
    write: (to, value) => {
      for (const key of keys) codecs[key].write(to, value[key]);
    },
    read: (from) => {
      const value: Partial<T> = {};
      for (const key of keys) value[key] = codecs[key].read(from);
      return value as T;
    },
  };
}

/** An entry of a batch: what it is (ENTRY in wire.ts), for which users, and the bytes of its message. */
export interface Entry {
  readonly kind: number;
  readonly userids: readonly number[];
  readonly bytes: Buffer;
}

/** Written out: there is one for each message. */
export const entry: Codec<Entry> = {
  size: ({ userids, bytes }) => 12 + 4 * userids.length + bytes.length,
  write: (to, { kind, userids, bytes }) => {
    int.write(to, kind);
    ints.write(to, userids);
    raw.write(to, bytes);
  },
  read: (from) => ({ kind: int.read(from), userids: ints.read(from), bytes: raw.read(from) }),
};

/** A batch has fewer entries than this. */
const NUMBERS = 65_536;

/** The number of an entry among all that one node sends to another: a later entry has a higher one. */
export function entryNumber(batch: number, index: number): number {
  return batch * NUMBERS + index;
}

/** An entry for one of its users. */
export type UserEntry = readonly [number: number, userid: number];

export const userEntry: Codec<UserEntry> = {
  size: () => 16,
  write: (to, [number, userid]) => {
    count.write(to, Math.floor(number / NUMBERS));
    int.write(to, number % NUMBERS);
    int.write(to, userid);
  },
  read: (from) => [entryNumber(count.read(from), int.read(from)), int.read(from)],
};
