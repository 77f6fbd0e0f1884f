/** Where a message went: to a user of this node, to another node, or into the store. */
export type Outcome = 'here' | 'elsewhere' | 'stored';

/** The counts of this process since it started: plain numbers, read when somebody asks for them. */
export class Metrics {
  /** Messages of clients by their verbs. */
  readonly messages: Record<string, number> = {};
  /** Messages by where they went. */
  readonly outcomes: Record<Outcome, number> = { here: 0, elsewhere: 0, stored: 0 };
  /** Messages with a number by what their senders were told of them. */
  readonly acks: Record<Outcome | 'never', number> = { here: 0, elsewhere: 0, stored: 0, never: 0 };
  /** Requests that were refused: how often each with each result. */
  readonly refused = new Map<string, Map<string, number>>();

  /** Messages that were written into the history, and that never will be. */
  readonly history = { kept: 0, missed: 0 };

  /** A client has sent a message that asks for this. */
  count(verb: string): void {
    this.messages[verb] = (this.messages[verb] ?? 0) + 1;
  }

  /** A request was answered with this result, which is not the one it asked for. */
  refuse(verb: string, result: string): void {
    const results = this.refused.get(verb) ?? new Map<string, number>();
    this.refused.set(verb, results.set(result, (results.get(result) ?? 0) + 1));
  }
}

/** How things stand at one moment. */
export interface Snapshot {
  readonly connections: number;
  /** Users who are logged in on this node. */
  readonly users: number;
  /** The messages that wait to be delivered or stored. */
  readonly backlog: {
    readonly messages: number;
    readonly bytes: number;
    /** At most this much waits before clients are braked, in bytes. */
    readonly limit: number;
    /** How long the first of it has been waiting, in seconds. */
    readonly age: number;
  };
  /** Messages that other nodes have not acknowledged, in bytes. */
  readonly unconfirmed: number;
  /** Clients that are not read from until there is room again. */
  readonly braked: number;
  /** Other nodes of ours that this one knows of. */
  readonly nodes: number;
  /** Until when the certificate of TLS is valid, in ms since 1970; undefined without TLS. */
  readonly certificateUntil: number | undefined;
  readonly stopping: boolean;
}
