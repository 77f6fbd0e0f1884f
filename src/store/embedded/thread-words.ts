import type { Call } from './embedded.js';
import type { Identity } from './file.js';

/** What the thread of a file is started with. */
export interface Task {
  readonly file: string;
  readonly passwordLength: number;
  /** How long a lock of another program is waited for, in ms: by those who ask, not by the thread. */
  readonly patience: number;
  /** Whether everybody is set offline: not where other processes, or this one, have users. */
  readonly allOffline: boolean;
  /** The file that it must be: the one that the thread before this one had. */
  readonly identity: Identity | undefined;
}

/** Calls that are run together. */
export interface Batch {
  readonly number: number;
  /** Whether one of them may change something. */
  readonly change: boolean;
  readonly calls: readonly Call[];
}

/** What the thread is told: it may go on with the answer to a batch; at `close` it ends when all batches are done. */
export type Told = Batch | { readonly next: number } | 'close';

/** What became of a call: what it returns, or why the file cannot be used, or what is wrong with the program. */
export type Outcome =
  | { readonly value: unknown }
  | { readonly unavailable: string }
  | { readonly bug: string };

/** Some rows of the outcomes of a batch, each list with its place in the batch. */
export type Portion = readonly (readonly [place: number, outcome: Outcome])[];

/** What the thread says. */
export type Said =
  | { readonly opened: Identity | undefined }
  | { readonly unusable: string }
  /** What became of some calls of a batch. What follows comes when it is asked for. */
  | { readonly number: number; readonly portion: Portion; readonly isLast: boolean }
  /** Each call of a batch is to be tried by itself, as together they failed. */
  | { readonly number: number; readonly portion: undefined; readonly isLast: true };
