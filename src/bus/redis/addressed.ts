import { Signal } from '../../net/signal.js';
import { NAME } from '../bytes.js';
import { ALL, ONE } from './channels.js';
import type { FramesHost, RedisFrames } from './frames.js';

/** How long the others have to say who they are, in ms. */
const ANSWERS = 1000;
/** In front of everything: its kind, and the node that says it. */
const HEAD = 1 + NAME;
const KIND = { hello: 0, answer: 1, frame: 2 } as const;
const NOTHING = Buffer.alloc(0);

/**
 * On a Redis Cluster: each channel is at the master of its slot, and nothing keeps the order between two masters. So
 * all that one node says to another goes over the channel of that other one, also what is for all; over the channel
 * of all a node only says that it is there, and is answered.
 */
export class AddressedFrames implements RedisFrames {
  private readonly host: FramesHost;
  private readonly peers = new Set<string>();
  private readonly answered = new Set<string>();
  private readonly answer = new Signal();
  private isMeeting = false;

  constructor(host: FramesHost) {
    this.host = host;
  }

  get nodes(): readonly string[] {
    return [...this.peers];
  }

  /** Says that this node is there. Resolves when all others have answered, or have had the time to. */
  async meet(): Promise<void> {
    this.answered.clear();
    this.isMeeting = true;
    // Redis counts this node too.
    const others = (await this.host.send(ALL, this.framed(KIND.hello))) - 1;
    await this.answer.until(() => this.answered.size >= others, ANSWERS);
    this.isMeeting = false;
  }

  async tell(node: string | undefined, bytes: Buffer): Promise<number> {
    const framed = this.framed(KIND.frame, bytes);
    const nodes = node === undefined ? this.nodes : [node];
    const counts = await Promise.all(nodes.map((one) => this.host.send(`${ONE}${one}`, framed)));
    // As on one Redis, where a node hears itself.
    return counts.reduce((sum, count) => sum + count, node === undefined ? 1 : 0);
  }

  arrived(bytes: Buffer): void {
    if (bytes.length < HEAD) return;
    const kind = bytes.readUInt8();
    const node = bytes.toString('hex', 1, HEAD);
    if (node === this.host.node) return;
    const isNew = !this.peers.has(node);
    this.peers.add(node);
    if (kind === KIND.hello) void this.host.send(`${ONE}${node}`, this.framed(KIND.answer));
    else if (isNew && !this.isMeeting) this.host.found();
    if (kind === KIND.frame) this.host.heard(bytes.subarray(HEAD));
    if (kind !== KIND.answer) return;
    this.answered.add(node);
    this.answer.tell();
  }

  /** One of them may have said that it is there while this node could not hear it. */
  async seek(): Promise<void> {
    if (this.isMeeting) return;
    const others = (await this.host.count(ALL)) - 1;
    if (others > this.peers.size) await this.host.send(ALL, this.framed(KIND.hello));
  }

  forget(node: string): void {
    this.peers.delete(node);
  }

  private framed(kind: number, bytes: Buffer = NOTHING): Buffer {
    const framed = Buffer.allocUnsafe(HEAD + bytes.length);
    framed.writeUInt8(kind);
    framed.write(this.host.node, 1, 'hex');
    bytes.copy(framed, HEAD);
    return framed;
  }
}
