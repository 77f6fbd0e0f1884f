/** What the primary process tells a worker. */
export type Notice = { readonly op: 'stop' | 'reload' };
