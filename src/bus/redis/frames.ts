import { ALL, ONE } from './channels.js';

/** The frames between nodes go through this. */
export interface FramesHost {
  readonly node: string;
  /** Resolves with how many got it; 0 when that is not known. Never rejects. */
  send(channel: string, bytes: Buffer): Promise<number>;
  /** How many are subscribed to a channel; 0 when that is not known. Never rejects. */
  count(channel: string): Promise<number>;
  /** A node of ours spoke. */
  heard(bytes: Buffer): void;
  /** A node was found that nobody knew of: what was said to all did not reach it. */
  found(): void;
}

/** A way for nodes of ours to speak to each other over Redis. The frames of one node come in order. */
export interface RedisFrames {
  /** Resolves when it is known who all the others are. */
  meet(): Promise<void>;
  tell(node: string | undefined, bytes: Buffer): Promise<number>;
  /** Something came on a channel of nodes. */
  arrived(bytes: Buffer): void;
  /** Looks, now and then, whether somebody is there whom nobody knows. Never rejects. */
  seek(): Promise<void>;
  /** Nodes that are spoken to. */
  readonly nodes: readonly string[];
  /** A node has died. */
  forget(node: string): void;
}

/** On one Redis: what is said to all goes over one channel, which keeps its order with that of each node. */
export class OpenFrames implements RedisFrames {
  readonly nodes: readonly string[] = [];
  private readonly host: FramesHost;

  constructor(host: FramesHost) {
    this.host = host;
  }

  async meet(): Promise<void> {}

  tell(node: string | undefined, bytes: Buffer): Promise<number> {
    return this.host.send(node === undefined ? ALL : `${ONE}${node}`, bytes);
  }

  arrived(bytes: Buffer): void {
    this.host.heard(bytes);
  }

  async seek(): Promise<void> {}

  forget(): void {}
}
