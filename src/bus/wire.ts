/*
 * What nodes of ours say to each other, as bytes: version, kind, the node that speaks, then what the kind says.
 * Numbers are little-endian. docs/confirmation.md tells what it is for.
 */

import { NAME, WordReader, WordWriter } from './word.js';

/** Nodes of another version are not understood, and treated like original ones. */
const VERSION = 4;
/** Bytes in front: version, kind, the node. */
const HEAD = 2 + NAME;

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
  /** Messages for these users are in the store. */
  stored: 3,
} as const;

export interface Entry {
  readonly kind: number;
  readonly userids: readonly number[];
  readonly bytes: Buffer;
}

export type Word =
  | ({ readonly kind: 'parcel'; readonly node: string } & Parcel)
  | ({ readonly kind: 'answer'; readonly node: string } & Answer)
  | ({ readonly kind: 'state'; readonly node: string } & State)
  | { readonly kind: 'moved'; readonly node: string; readonly came: number[]; readonly left: number[] }
  | { readonly kind: 'taken'; readonly node: string; readonly userids: number[] }
  | { readonly kind: 'owned'; readonly node: string; readonly userids: number[] }
  | { readonly kind: 'closed'; readonly node: string };

/** The word of one kind. */
export type WordOf<Kind extends Word['kind']> = Extract<Word, { readonly kind: Kind }>;

/** What one turn of the event loop had for another node. */
export interface Parcel {
  /** Of the link: it begins anew, with number 1, when one of the two took the other for dead. */
  readonly epoch: number;
  readonly number: number;
  readonly entries: readonly Entry[];
}

/** What became of the parcels of a link: all up to `upTo` have arrived, and left for their users but for these. */
export interface Answer {
  readonly epoch: number;
  readonly upTo: number;
  /** Everything is said anew: what is not listed as open or refused is done. */
  readonly whole: boolean;
  readonly open: readonly Place[];
  /** Said to be open before, done now. */
  readonly closed: readonly Place[];
  /** The user is not here. */
  readonly refused: readonly Place[];
}

export interface Seen {
  readonly node: string;
  readonly epoch: number;
  readonly number: number;
}

/** How the clients of a node speak. */
export interface Speech {
  /** For people. */
  readonly name: string;
  /** The same for two nodes only if their clients understand each other. */
  readonly fingerprint: string;
}

/** Where the clients of all nodes speak alike anyhow. */
export const ANY_SPEECH: Speech = { name: 'any', fingerprint: '' };

/** All that a node has to say of itself when it is new, or back. */
export interface State {
  /** The others shall say theirs. */
  readonly hello: boolean;
  /** The users who are on it. */
  readonly userids: readonly number[];
  /** From each node that it has heard: the last parcel. */
  readonly seen: readonly Seen[];
  readonly speech: Speech;
}

const KINDS = ['parcel', 'answer', 'state', 'moved', 'taken', 'closed', 'owned'] as const;

/** A word with its head, and room for so many bytes more. */
function begin(kind: (typeof KINDS)[number], node: string, room: number): WordWriter {
  const writer = new WordWriter(HEAD + room);
  writer.byte(VERSION);
  writer.byte(KINDS.indexOf(kind));
  writer.name(node);
  return writer;
}

/** What an entry needs in a parcel, in bytes. */
export function roomOf({ userids, bytes }: Entry): number {
  return 12 + 4 * userids.length + bytes.length;
}

/** @param room what all entries need, by `roomOf` */
export function encodeParcel(node: string, { epoch, number, entries }: Parcel, room: number): Buffer {
  const writer = begin('parcel', node, 12 + room);
  writer.int(epoch);
  writer.number(number);
  for (const { kind, userids, bytes } of entries) {
    writer.int(kind);
    writer.ints(userids);
    writer.raw(bytes);
  }
  return writer.bytes;
}

export function encodeAnswer(node: string, answer: Answer): Buffer {
  const { epoch, upTo, whole, open, closed, refused } = answer;
  const writer = begin('answer', node, 28 + 16 * (open.length + closed.length + refused.length));
  writer.int(epoch);
  writer.number(upTo);
  writer.int(Number(whole));
  for (const places of [open, closed, refused]) writePlaces(writer, places);
  return writer.bytes;
}

export function encodeState(speaker: string, { hello, userids, seen, speech }: State): Buffer {
  const texts = Buffer.byteLength(speech.name) + Buffer.byteLength(speech.fingerprint);
  const writer = begin('state', speaker, 20 + 4 * userids.length + (NAME + 12) * seen.length + texts);
  writer.int(Number(hello));
  writer.ints(userids);
  writer.int(seen.length);
  for (const { node, epoch, number } of seen) {
    writer.name(node);
    writer.int(epoch);
    writer.number(number);
  }
  writer.text(speech.name);
  writer.text(speech.fingerprint);
  return writer.bytes;
}

export function encodeMoved(node: string, came: readonly number[], left: readonly number[]): Buffer {
  const writer = begin('moved', node, 8 + 4 * (came.length + left.length));
  writer.ints(came);
  writer.ints(left);
  return writer.bytes;
}

/** These users have come somewhere else: who has them shall let them go. */
export function encodeTaken(node: string, userids: readonly number[]): Buffer {
  return encodeUsers('taken', node, userids);
}

/** These users are logged in on this node: no other may let them in, whatever the database says. */
export function encodeOwned(node: string, userids: readonly number[]): Buffer {
  return encodeUsers('owned', node, userids);
}

function encodeUsers(kind: 'taken' | 'owned', node: string, userids: readonly number[]): Buffer {
  const writer = begin(kind, node, 4 + 4 * userids.length);
  writer.ints(userids);
  return writer.bytes;
}

/** The node has handled all that came, and hears nothing any more. */
export function encodeClosed(node: string): Buffer {
  return begin('closed', node, 0).bytes;
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
  const reader = new WordReader(bytes, 1);
  const kind = KINDS[reader.byte()];
  const node = reader.name();
  switch (kind) {
    case 'parcel':
      return { kind: 'parcel', node, epoch: reader.int(), number: reader.number(), entries: entries(reader) };
    case 'answer':
      return {
        kind: 'answer',
        node,
        epoch: reader.int(),
        upTo: reader.number(),
        whole: reader.int() === 1,
        open: readPlaces(reader),
        closed: readPlaces(reader),
        refused: readPlaces(reader),
      };
    case 'state':
      return {
        kind: 'state',
        node,
        hello: reader.int() === 1,
        userids: reader.ints(),
        seen: reader.list(() => ({ node: reader.name(), epoch: reader.int(), number: reader.number() })),
        speech: { name: reader.text(), fingerprint: reader.text() },
      };
    case 'moved':
      return { kind: 'moved', node, came: reader.ints(), left: reader.ints() };
    case 'taken':
    case 'owned':
      return { kind, node, userids: reader.ints() };
    case 'closed':
      return { kind: 'closed', node };
    default:
      return undefined;
  }
}

function entries(reader: WordReader): Entry[] {
  const entries: Entry[] = [];
  while (!reader.ended) entries.push({ kind: reader.int(), userids: reader.ints(), bytes: reader.raw() });
  return entries;
}

function writePlaces(writer: WordWriter, places: readonly Place[]): void {
  writer.int(places.length);
  for (const [parcel, index, userid] of places) {
    writer.number(parcel);
    writer.int(index);
    writer.int(userid);
  }
}

function readPlaces(reader: WordReader): Place[] {
  return reader.list(() => [reader.number(), reader.int(), reader.int()] as const);
}
