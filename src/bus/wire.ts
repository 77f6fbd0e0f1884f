/*
 * The frames by which nodes of ours speak to each other: version, kind, the node that speaks, the fields of the kind.
 * docs/confirmation.md tells what it is for.
 */

import {
  type Codec,
  Cursor,
  count,
  type Entry,
  entry,
  few,
  fields,
  flag,
  int,
  ints,
  list,
  MOST_SAID,
  NAME,
  name,
  rest,
  text,
  type UserEntry,
  userEntry,
} from './bytes.js';

/** Nodes of another version are not understood, and treated like original ones. */
const VERSION = 4;
/** Bytes in front: version, kind, the node. */
const HEAD = 2 + NAME;

/** The kinds of entries of a batch. */
export const ENTRY = {
  /** A message for these users. */
  message: 0,
  /** All that bounced for this user is with the sender again, and comes anew behind this. */
  resume: 1,
  /** This user has got a message on its channel: it is acknowledged like a message of the batch. */
  channel: 2,
  /** Messages for these users are stored. */
  stored: 3,
} as const;

/** All that one turn of the event loop had for another node. */
export interface Batch {
  /** Of its sender: the numbers begin anew, with 1, when one of the two nodes took the other for dead. */
  readonly incarnation: number;
  readonly number: number;
  readonly entries: readonly Entry[];
}

/**
 * Answers a sender's batches: all up to `upTo` are there, and their messages are done but for those that are
 * named. The messages of one user end in order: what is done is done with all before it, what bounces bounces with
 * all behind it.
 */
export interface Ack {
  readonly incarnation: number;
  readonly upTo: number;
  /** All is said anew: what is neither open nor bounced is done. */
  readonly whole: boolean;
  readonly open: readonly UserEntry[];
  /** These were open before. */
  readonly done: readonly UserEntry[];
  /** The user is not here. */
  readonly bounced: readonly UserEntry[];
}

/** The last batch that a node has from another. */
export interface Seen {
  readonly node: string;
  readonly incarnation: number;
  readonly number: number;
}

/** An account that nobody may log in to, and for how long from now, in s. */
export interface Ban {
  readonly userid: number;
  readonly seconds: number;
}

/** A message with a number that its sender has taken back. */
export interface Recalled {
  readonly userid: number;
  readonly seq: number;
  /** When it came, in seconds since 1970. */
  readonly sent: number;
  /** The group that it was written to; 0 for none. */
  readonly groupid: number;
  /** The users who have got it, or would have. */
  readonly receivers: readonly number[];
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
  /** From each node that it has heard: the last batch. */
  readonly seen: readonly Seen[];
  readonly speech: Speech;
}

const userEntries = list(userEntry);

/** The fields of each kind of frame, in this order. The number of a kind is its place here. */
const FRAMES = {
  batch: fields<Batch>({ incarnation: int, number: count, entries: rest(entry) }),
  ack: fields<Ack>({
    incarnation: int,
    upTo: count,
    whole: flag,
    open: userEntries,
    done: userEntries,
    bounced: userEntries,
  }),
  state: fields<State>({
    hello: flag,
    userids: ints,
    seen: list(fields<Seen>({ node: name, incarnation: int, number: count }), MOST_SAID),
    speech: fields<Speech>({ name: text, fingerprint: text }),
  }),
  /** These users have come to the node, and these have left it. */
  moved: fields<{ readonly came: readonly number[]; readonly left: readonly number[] }>({
    came: few,
    left: few,
  }),
  /** These users come to the node: who has them shall let them go. */
  taken: fields<Users>({ userids: few }),
  /** The node has handled all that came, and hears nothing any more. */
  closed: fields<object>({}),
  /** These users are logged in on the node: no other may let them in, whatever the database says. */
  owned: fields<Users>({ userids: few }),
  /**
   * Nobody may log in to these accounts for some time, on any node. It is the last word; but what a node that is new,
   * or back, is told as what still holds shortens nothing there.
   */
  banned: fields<{ readonly still: boolean; readonly bans: readonly Ban[] }>({
    still: flag,
    bans: list(fields<Ban>({ userid: int, seconds: int }), MOST_SAID),
  }),
  /** A user has taken a message back. A node that does not know this kind, as an older one, does not hear of it. */
  recalled: fields<Recalled>({ userid: int, seq: int, sent: count, groupid: int, receivers: ints }),
  /**
   * The node has numbers of messages of these users that the database does not have; of those who are `written` it has
   * none any more. With `whole` it has them of nobody else. See Unwritten.
   */
  unwritten: fields<{
    readonly whole: boolean;
    readonly userids: readonly number[];
    readonly written: readonly number[];
  }>({ whole: flag, userids: few, written: few }),
  /**
   * These users have left the node, which was told that they come to another one (`taken`): that one can let them in.
   * Nodes of the version before neither say nor understand it.
   */
  released: fields<Users>({ userids: few }),
};

interface Users {
  readonly userids: readonly number[];
}

export type Kind = keyof typeof FRAMES;
const KINDS = Object.keys(FRAMES) as Kind[];

/** The fields of one kind of frame. */
export type Saying<K extends Kind> = (typeof FRAMES)[K] extends Codec<infer T> ? T : never;

/** The frame of one kind. */
export type FrameOf<K extends Kind> = { readonly kind: K; readonly node: string } & Saying<K>;

/** One thing that a node says. */
export type Frame = { [K in Kind]: FrameOf<K> }[Kind];

/** A frame as bytes. */
export function encode<K extends Kind>(kind: K, node: string, saying: Saying<K>): Buffer {
  const codec = FRAMES[kind] as unknown as Codec<Saying<K>>;
  const to = new Cursor(Buffer.allocUnsafe(HEAD + codec.size(saying)), 2);
  to.bytes[0] = VERSION;
  to.bytes[1] = KINDS.indexOf(kind);
  name.write(to, node);
  codec.write(to, saying);
  return to.bytes;
}

/** The frame in these bytes; undefined when they are none, or of another version. */
export function decode(bytes: Buffer): Frame | undefined {
  const kind = KINDS[bytes[1] ?? -1];
  if (bytes.length < HEAD || bytes[0] !== VERSION || kind === undefined) return undefined;
  const from = new Cursor(bytes, 2);
  try {
    return { kind, node: name.read(from), ...FRAMES[kind].read(from) } as Frame;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
