import type { Socket } from 'node:net';

/** The outcomes for a client that has connected. */
export interface Visit {
  /** It may speak: its bytes come and go by this stream. */
  enter(stream: Socket, address: string): void;
  /** It has been turned away, for this reason. */
  refuse(reason: string, address: string): void;
}

/** How clients come in by one port: what must be done before the first document. */
export type Door = (socket: Socket, address: string, visit: Visit) => void;

/** The door without any condition: a client may speak at once. */
export const plain: Door = (socket, address, visit) => visit.enter(socket, address);
