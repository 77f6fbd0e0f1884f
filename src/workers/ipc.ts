/** What a worker asks of the primary process; `ref` comes back with the answer. */
export type Request =
  | {
      readonly op: 'subscribe' | 'unsubscribe' | 'subscribers';
      readonly userid: number;
      readonly ref: number;
    }
  | { readonly op: 'publish'; readonly userid: number; readonly message: Uint8Array; readonly ref: number };

/** What the primary process tells a worker. */
export type Notice =
  | { readonly op: 'answer'; readonly ref: number; readonly count: number }
  | { readonly op: 'message'; readonly userid: number; readonly message: Uint8Array }
  | { readonly op: 'stop' };
