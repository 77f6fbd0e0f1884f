/** Where nodes of ours tell each other what receipts need (DIFFERENCES 18). Original nodes know nothing of it. */
export const RECEIPTS_CHANNEL = 'chat-server:receipts';

/** The channel of one node: it is subscribed as long as the node lives. What is for that node only goes there. */
export function channelOfNode(node: string): string {
  return `chat-server:node:${node}`;
}

/** What a node tells others. */
export interface Announcement {
  /** The node that speaks: 16 hexadecimal digits, others after each connection to the bus. */
  readonly node: string;
  /** The node is new, or is back: it tells all its users and asks the others for theirs. */
  readonly hello: boolean;
  /** Fingerprints of messages that have left for their users, or are stored. */
  readonly taken: readonly number[];
  /** Users whom the node receives messages for from now on. */
  readonly came: readonly number[];
  /** Users whom it receives nothing for any more. */
  readonly left: readonly number[];
}

/** The first byte; nodes of a later version may speak otherwise. */
const VERSION = 1;
const HEAD = 18;

/** An announcement as bytes: version, hello, node, how many taken, how many came; then these and those who left. */
export function encode({ node, hello, taken, came, left }: Announcement): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD + 8 * taken.length + 4 * (came.length + left.length));
  bytes[0] = VERSION;
  bytes[1] = Number(hello);
  bytes.write(node, 2, 'hex');
  bytes.writeUInt32LE(taken.length, 10);
  bytes.writeUInt32LE(came.length, 14);
  let at = HEAD;
  for (const key of taken) at = bytes.writeDoubleLE(key, at);
  for (const userid of came) at = bytes.writeInt32LE(userid, at);
  for (const userid of left) at = bytes.writeInt32LE(userid, at);
  return bytes;
}

/** The node whose announcement these bytes are. */
export function speaker(bytes: Buffer): string {
  return bytes.toString('hex', 2, 10);
}

/** The announcement in these bytes; undefined when they are none, or of another version. */
export function decode(bytes: Buffer): Announcement | undefined {
  if (bytes.length < HEAD || bytes[0] !== VERSION) return undefined;
  const cameAt = HEAD + 8 * bytes.readUInt32LE(10);
  const leftAt = cameAt + 4 * bytes.readUInt32LE(14);
  if (leftAt > bytes.length || (bytes.length - leftAt) % 4 !== 0) return undefined;
  return {
    node: speaker(bytes),
    hello: bytes[1] === 1,
    taken: series(HEAD, cameAt, 8, (at) => bytes.readDoubleLE(at)),
    came: series(cameAt, leftAt, 4, (at) => bytes.readInt32LE(at)),
    left: series(leftAt, bytes.length, 4, (at) => bytes.readInt32LE(at)),
  };
}

function series(from: number, to: number, step: number, read: (at: number) => number): number[] {
  const values: number[] = [];
  for (let at = from; at < to; at += step) values.push(read(at));
  return values;
}
