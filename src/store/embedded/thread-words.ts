import type { Call } from './embedded.js';
import type { Identity } from './file.js';

/** The settings that the thread of a file is started with. */
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

/** Messages to the thread: it may go on with the answer to a batch; at `close` it ends when all batches are done. */
export type Told = Batch | { readonly next: number } | 'close';

/** The outcome of a call: its value, or why the file cannot be used, or an error of the program. */
export type Outcome =
  | { readonly value: unknown }
  | { readonly unavailable: string }
  | { readonly bug: string };

/** Some rows of the outcomes of a batch, each list with its place in the batch. */
export type Portion = readonly (readonly [place: number, outcome: Outcome])[];

/** Messages of the thread. */
export type Said =
  | { readonly opened: Identity | undefined }
  | { readonly unusable: string }
  /** The outcomes of some calls of a batch. The next ones come when they are asked for. */
  | { readonly number: number; readonly portion: Portion; readonly isLast: boolean }
  /** Each call of a batch is to be tried by itself, as together they failed. */
  | { readonly number: number; readonly portion: undefined; readonly isLast: true };
