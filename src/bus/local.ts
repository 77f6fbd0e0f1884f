import { randomBytes } from 'node:crypto';
import { Signal } from '../net/signal.js';
import type { BusEvents, BusWatch } from './events.js';
import type { Medium } from './medium.js';
import { Movements } from './movements.js';
import { encode, type Kind, type Saying, type Speech } from './wire.js';

/** This node among the others: its name, its users, and its voice. */
export class LocalNode {
  /** Another one at each start: a node that starts again is a new one to the others. */
  readonly name = randomBytes(8).toString('hex');
  readonly speech: Speech;
  /** The users for whom messages shall come here. */
  readonly users = new Set<number>();
  /** Whether other nodes can be spoken to. */
  isUp = false;
  /** Tells that nothing is in flight to some node any more, or that it cannot be waited for. */
  readonly drained = new Signal();
  watch: BusWatch | undefined;
  /** Who comes, leaves and is let in here: the others hear it before all that is said after it. */
  readonly movements = new Movements({
    moved: (came, left) => this.tell(undefined, encode('moved', this.name, { came, left })),
    owned: (userids) => this.tell(undefined, encode('owned', this.name, { userids })),
  });
  private told: BusEvents | undefined;
  private readonly medium: Pick<Medium, 'tell'>;

  constructor(medium: Pick<Medium, 'tell'>, speech: Speech) {
    this.medium = medium;
    this.speech = speech;
  }

  /** What the bus tells, and asks of, the rest of this node. */
  get events(): BusEvents {
    if (this.told === undefined) throw new Error('the bus has not started');
    return this.told;
  }

  start(events: BusEvents): void {
    this.told = events;
  }

  /** Says something to one node, or to all. While the medium is away it is lost. */
  say<K extends Kind>(node: string | undefined, kind: K, saying: Saying<K>): void {
    this.send(node, encode(kind, this.name, saying));
  }

  /** Says what is a frame already. */
  send(node: string | undefined, frame: Buffer): void {
    this.movements.flush();
    this.tell(node, frame);
  }

  private tell(node: string | undefined, frame: Buffer): void {
    if (this.isUp) void this.medium.tell(node, frame);
  }
}
