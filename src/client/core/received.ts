import type { Document } from './document.js';

/** A chat message that came. */
export interface ChatMessage {
  /** The sender; NaN and '' for a part that it left out. */
  readonly from: { readonly id: number; readonly name: string };
  /** The group it was sent to; undefined for one that was sent to the user alone. */
  readonly group: number | undefined;
  readonly text: string;
  /** The sender's local time, as it wrote it. */
  readonly time: string;
  /** The message as it came, with fields that are not listed here. */
  readonly document: Document;
}

/** Somebody has taken a message back that it has sent with a number. */
export interface Recalled {
  /** The id of the user who has. */
  readonly from: number;
  /** The number that the message had, in the field `seq` of its document. */
  readonly seq: number;
  /** The group that it was sent to; undefined for one to the user alone. */
  readonly group: number | undefined;
}

/** A message of the history, which has a number in its conversation. */
export interface KeptMessage {
  /** 1 for the first message of the conversation, then one more for each. */
  readonly number: number;
  /** When the server took it, in ms since 1970. */
  readonly at: number;
  readonly message: ChatMessage;
}

/** Messages of the history. `next` is where they go on: undefined where nothing follows. */
export interface HistoryPage {
  readonly messages: readonly KeptMessage[];
  readonly next: number | undefined;
}

export interface Friend {
  readonly id: number;
  readonly name: string;
  readonly online: boolean;
}

export interface Member extends Friend {
  readonly role: string;
}

export interface Group {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly members: readonly Member[];
}

/** The content of a login's reply (PROTOCOL.md section 5). */
export interface Login {
  readonly id: number;
  readonly name: string;
  readonly friends: readonly Friend[];
  readonly groups: readonly Group[];
  /** Messages that were stored for the user. More may follow as messages of their own (DIFFERENCES 13). */
  readonly stored: readonly ChatMessage[];
  /** Those of them that have come before, on an earlier connection: they are not in `stored`. */
  readonly again?: readonly ChatMessage[];
  /** The reply as it came. */
  readonly document: Document;
}
