/** A message of the primary process to a worker. */
export type Notice = { readonly op: 'stop' | 'reload' };
