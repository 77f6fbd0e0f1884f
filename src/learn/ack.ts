import type { Plain } from '../dialect/shapes.js';
import type { Reply } from '../protocol/verbs.js';
import type { Asked } from './heard.js';

/** A reply, and the request that it answers. */
export interface Ack {
  readonly document: Plain;
  readonly asked: Asked;
  /** Its client went on as one does that is logged in. */
  readonly goesOn: boolean;
}

/** The replies of a session by the requests that they answer, each with its one number. */
export type Acks = ReadonlyMap<Reply, { readonly number: number; readonly acks: readonly Ack[] }>;
