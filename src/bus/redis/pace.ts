import { setTimeout as delay } from 'node:timers/promises';
import { NAME } from '../bytes.js';

/** The first byte of what is this file's own; the frames of the bus begin with their version, which is small. */
const OWN = 0xff;
const KIND = { part: 1, cut: 2 } as const;
/** In front of a part: OWN, the kind, the node, the number of its frame, the number of the part, whether it is the last. */
const HEAD = 2 + NAME + 4 + 4 + 1;
/** Between two pauses at most 8 KiB are said, and no part has more. */
const CHUNK = 8192;
/** The longest pause is 2 to the power of this, in ms. */
const SLOWEST = 7;
/** Cuts within 300 ms of each other count as one: every node notices a cut, and tells of it. */
const SAME = 300;
/** After 15 s without a cut the pause is halved; after 10 min more all is said at once again. Both in ms. */
const BETTER = 15_000;
const FORGOTTEN = 600_000;

type Say = (node: string | undefined, bytes: Buffer) => Promise<number>;

interface Waiting {
  readonly node: string | undefined;
  readonly bytes: Buffer;
  done(count: number): void;
}

/**
 * Says frames more slowly, and in parts, when Redis cuts nodes off because too much is on its way to them
 * (client-output-buffer-limit). Without that, all that was lost in a cut is said again at once, and causes the next.
 */
export class RedisPace {
  private readonly node: string;
  private readonly say: Say;
  private level = 0;
  private since = Number.NEGATIVE_INFINITY;
  private queue: Waiting[] = [];
  private pumping = false;
  private frames = 0;
  /** The parts of a frame that is not whole yet, by the node that says it. */
  private readonly begun = new Map<string, { readonly frame: number; readonly parts: Buffer[] }>();

  constructor(node: string, say: Say) {
    this.node = node;
    this.say = say;
  }

  /** Says a frame, after all before it. Resolves with how many got it, or its last part. */
  tell(node: string | undefined, bytes: Buffer): Promise<number> {
    if (this.queue.length === 0 && !this.pumping && this.pause === 0) return this.say(node, bytes);
    return new Promise((done) => {
      this.queue.push({ node, bytes, done });
      if (!this.pumping) void this.pump();
    });
  }

  /** Takes what came from a node. Returns a frame once it is whole. */
  arrived(bytes: Buffer): Buffer | undefined {
    if (bytes.length < 2 + NAME || bytes[0] !== OWN) return bytes;
    if (bytes[1] === KIND.cut) this.slower();
    return bytes[1] === KIND.part && bytes.length >= HEAD ? this.join(bytes) : undefined;
  }

  /** Redis has cut this node off, and not the others: they say less at once from now on. */
  wasCut(): void {
    this.slower();
    const frame = this.begin(KIND.cut, 0);
    void this.say(undefined, frame);
  }

  /** Drops the frames that wait: the nodes are about to say everything again. */
  reset(): void {
    const { queue } = this;
    this.queue = [];
    for (const { done } of queue) done(0);
  }

  /** A node will never speak again. */
  forget(node: string): void {
    this.begun.delete(node);
  }

  /** How long nothing is said after a chunk, in ms. */
  private get pause(): number {
    if (this.level === 0) return 0;
    const calm = performance.now() - this.since;
    if (calm > FORGOTTEN) this.level = 0;
    const level = Math.max(1, this.level - Math.floor(calm / BETTER));
    return this.level === 0 ? 0 : 2 ** (level - 1);
  }

  private slower(): void {
    const now = performance.now();
    if (now - this.since < SAME) return;
    const level = this.pause === 0 ? 0 : Math.log2(this.pause) + 1;
    this.level = Math.min(level + 1, SLOWEST + 1);
    this.since = now;
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    while (this.queue.length > 0) {
      let room = CHUNK;
      let last: Promise<number> | undefined;
      for (let next = this.queue[0]; next !== undefined && room > 0; next = this.queue[0]) {
        if (next.bytes.length > CHUNK) {
          if (room === CHUNK) last = this.sayParts(next);
          break;
        }
        this.queue.shift();
        room -= next.bytes.length;
        last = this.say(next.node, next.bytes);
        void last.then(next.done);
      }
      await last;
      await delay(this.pause);
    }
    this.pumping = false;
  }

  /** Says a frame that is longer than a chunk, and pauses between its parts. */
  private async sayParts(frame: Waiting): Promise<number> {
    const number = ++this.frames;
    let count = 0;
    for (let at = 0, part = 0; at < frame.bytes.length; at += CHUNK, part++) {
      // A cut has dropped the frame meanwhile: the rest of it is of no use.
      if (this.queue[0] !== frame) return 0;
      const chunk = frame.bytes.subarray(at, at + CHUNK);
      const bytes = this.begin(KIND.part, chunk.length);
      let offset = bytes.writeUInt32LE(number, 2 + NAME);
      offset = bytes.writeUInt32LE(part, offset);
      offset = bytes.writeUInt8(Number(at + CHUNK >= frame.bytes.length), offset);
      chunk.copy(bytes, offset);
      count = await this.say(frame.node, bytes);
      await delay(this.pause);
    }
    if (this.queue[0] === frame) this.queue.shift();
    frame.done(count);
    return count;
  }

  private join(bytes: Buffer): Buffer | undefined {
    const node = bytes.toString('hex', 2, 2 + NAME);
    const [frame, part] = [bytes.readUInt32LE(2 + NAME), bytes.readUInt32LE(6 + NAME)];
    const known = this.begun.get(node);
    const parts =
      part === 0 ? [] : known?.frame === frame && known.parts.length === part ? known.parts : undefined;
    this.begun.delete(node);
    // One before it is lost: the node that says it finds out.
    if (parts === undefined) return undefined;
    parts.push(bytes.subarray(HEAD));
    if (bytes[HEAD - 1] === 1) return Buffer.concat(parts);
    this.begun.set(node, { frame, parts });
    return undefined;
  }

  private begin(kind: number, length: number): Buffer {
    const bytes = Buffer.alloc(HEAD + length);
    bytes.writeUInt8(OWN, 0);
    bytes.writeUInt8(kind, 1);
    bytes.write(this.node, 2, 'hex');
    return bytes;
  }
}
