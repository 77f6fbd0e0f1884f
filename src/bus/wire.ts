/*
 * What nodes of ours say to each other, as bytes: version, kind, the node that speaks, then what the kind says.
 * Numbers are little-endian. docs/confirmation.md tells what it is for.
 */

/** Nodes of another version are not understood, and treated like original ones. */
const VERSION = 3;
const HEAD = 10;
/** Bytes of a node's name; twice as many hexadecimal digits. */
const NAME = 8;

/** A message of a parcel for one user: number of the parcel, place in it, user. */
export type Place = readonly [parcel: number, index: number, userid: number];

/** What one entry of a parcel is. */
export const ENTRY = {
  /** A message for these users. */
  message: 0,
  /** All that was refused for this user has come back and will come again. */
  resume: 1,
  /** This user has got a message on its channel: confirm it like one of a parcel. */
  channel: 2,
} as const;

export interface Entry {
  readonly kind: number;
  readonly userids: readonly number[];
  readonly bytes: Buffer;
}

export type Word =
  | { readonly kind: 'parcel'; readonly node: string; readonly number: number; readonly entries: Entry[] }
  | ({ readonly kind: 'answer'; readonly node: string } & Answer)
  | ({ readonly kind: 'state'; readonly node: string } & State)
  | { readonly kind: 'moved'; readonly node: string; readonly came: number[]; readonly left: number[] }
  | { readonly kind: 'stored'; readonly node: string; readonly userids: number[] }
  | { readonly kind: 'taken'; readonly node: string; readonly userids: number[] };

/** What became of the parcels of a link: all up to `upTo` have arrived, and left for their users but for these. */
export interface Answer {
  readonly upTo: number;
  /** Everything is said anew: what is not listed as open or refused is done. */
  readonly whole: boolean;
  readonly open: readonly Place[];
  /** Said to be open before, done now. */
  readonly closed: readonly Place[];
  /** The user is not here. */
  readonly refused: readonly Place[];
}

/** How the clients of a node speak. */
export interface Speech {
  /** For people. */
  readonly name: string;
  /** The same for two nodes only if their clients understand each other. */
  readonly fingerprint: string;
}

/** All that a node has to say of itself when it is new, or back. */
export interface State {
  /** The others shall say theirs. */
  readonly hello: boolean;
  /** The users who are on it. */
  readonly userids: readonly number[];
  /** From each node that it has heard: the number of the last parcel. */
  readonly seen: readonly (readonly [node: string, parcel: number])[];
  readonly speech: Speech;
}

const KINDS = ['parcel', 'answer', 'state', 'moved', 'stored', 'taken'] as const;

/** Writes one word; it must have the room it asked for. */
class Writer {
  readonly bytes: Buffer;
  private at = HEAD;

  constructor(kind: (typeof KINDS)[number], node: string, room: number) {
    this.bytes = Buffer.allocUnsafe(HEAD + room);
    this.bytes[0] = VERSION;
    this.bytes[1] = KINDS.indexOf(kind);
    this.bytes.write(node, 2, 'hex');
  }

  int(value: number): void {
    this.at = this.bytes.writeInt32LE(value, this.at);
  }

  number(value: number): void {
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  ints(values: readonly number[]): void {
    this.int(values.length);
    for (const value of values) this.int(value);
  }

  places(places: readonly Place[]): void {
    this.int(places.length);
    for (const [parcel, index, userid] of places) {
      this.number(parcel);
      this.int(index);
      this.int(userid);
    }
  }

  name(node: string): void {
    this.at += this.bytes.write(node, this.at, 'hex');
  }

  raw(bytes: Buffer): void {
    this.int(bytes.length);
    this.at += bytes.copy(this.bytes, this.at);
  }

  text(text: string): void {
    this.raw(Buffer.from(text));
  }
}

/** Reads one word; throws RangeError when it is cut short. */
class Reader {
  private at = HEAD;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get ended(): boolean {
    return this.at >= this.bytes.length;
  }

  int(): number {
    this.at += 4;
    return this.bytes.readInt32LE(this.at - 4);
  }

  number(): number {
    this.at += 8;
    return this.bytes.readDoubleLE(this.at - 8);
  }

  list<T>(read: () => T): T[] {
    const list: T[] = [];
    for (let count = this.int(); count > 0; count--) list.push(read());
    return list;
  }

  ints(): number[] {
    return this.list(() => this.int());
  }

  places(): Place[] {
    return this.list(() => [this.number(), this.int(), this.int()] as const);
  }

  name(): string {
    this.at += NAME;
    return this.bytes.toString('hex', this.at - NAME, this.at);
  }

  raw(): Buffer {
    const length = this.int();
    if (length < 0 || this.at + length > this.bytes.length) throw new RangeError('cut short');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    return this.raw().toString();
  }
}

/** What an entry needs in a parcel, in bytes. */
export function roomOf({ userids, bytes }: Entry): number {
  return 12 + 4 * userids.length + bytes.length;
}

export function encodeParcel(node: string, number: number, entries: readonly Entry[], room: number): Buffer {
  const writer = new Writer('parcel', node, 8 + room);
  writer.number(number);
  for (const { kind, userids, bytes } of entries) {
    writer.int(kind);
    writer.ints(userids);
    writer.raw(bytes);
  }
  return writer.bytes;
}

export function encodeAnswer(node: string, { upTo, whole, open, closed, refused }: Answer): Buffer {
  const writer = new Writer('answer', node, 24 + 16 * (open.length + closed.length + refused.length));
  writer.number(upTo);
  writer.int(Number(whole));
  for (const places of [open, closed, refused]) writer.places(places);
  return writer.bytes;
}

export function encodeState(node: string, { hello, userids, seen, speech }: State): Buffer {
  const texts = Buffer.byteLength(speech.name) + Buffer.byteLength(speech.fingerprint);
  const writer = new Writer('state', node, 20 + 4 * userids.length + (NAME + 8) * seen.length + texts);
  writer.int(Number(hello));
  writer.ints(userids);
  writer.int(seen.length);
  for (const [name, parcel] of seen) {
    writer.name(name);
    writer.number(parcel);
  }
  writer.text(speech.name);
  writer.text(speech.fingerprint);
  return writer.bytes;
}

export function encodeMoved(node: string, came: readonly number[], left: readonly number[]): Buffer {
  const writer = new Writer('moved', node, 8 + 4 * (came.length + left.length));
  writer.ints(came);
  writer.ints(left);
  return writer.bytes;
}

export function encodeStored(node: string, userids: readonly number[]): Buffer {
  return encodeUsers('stored', node, userids);
}

/** These users have come somewhere else: who has them shall let them go. */
export function encodeTaken(node: string, userids: readonly number[]): Buffer {
  return encodeUsers('taken', node, userids);
}

function encodeUsers(kind: 'stored' | 'taken', node: string, userids: readonly number[]): Buffer {
  const writer = new Writer(kind, node, 4 + 4 * userids.length);
  writer.ints(userids);
  return writer.bytes;
}

/** What these bytes say; undefined when it is nothing, or of another version. */
export function decode(bytes: Buffer): Word | undefined {
  if (bytes.length < HEAD || bytes[0] !== VERSION) return undefined;
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function read(bytes: Buffer): Word | undefined {
  const node = bytes.toString('hex', 2, HEAD);
  const reader = new Reader(bytes);
  switch (KINDS[bytes[1] ?? KINDS.length]) {
    case 'parcel':
      return { kind: 'parcel', node, number: reader.number(), entries: entries(reader) };
    case 'answer':
      return {
        kind: 'answer',
        node,
        upTo: reader.number(),
        whole: reader.int() === 1,
        open: reader.places(),
        closed: reader.places(),
        refused: reader.places(),
      };
    case 'state':
      return {
        kind: 'state',
        node,
        hello: reader.int() === 1,
        userids: reader.ints(),
        seen: reader.list(() => [reader.name(), reader.number()] as const),
        speech: { name: reader.text(), fingerprint: reader.text() },
      };
    case 'moved':
      return { kind: 'moved', node, came: reader.ints(), left: reader.ints() };
    case 'stored':
      return { kind: 'stored', node, userids: reader.ints() };
    case 'taken':
      return { kind: 'taken', node, userids: reader.ints() };
    default:
      return undefined;
  }
}

function entries(reader: Reader): Entry[] {
  const entries: Entry[] = [];
  while (!reader.ended) entries.push({ kind: reader.int(), userids: reader.ints(), bytes: reader.raw() });
  return entries;
}
