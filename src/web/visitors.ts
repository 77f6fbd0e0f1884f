import type { Connection, ConnectionHost } from '../net/connection.js';
import type { DocumentStream } from './documents.js';
import { type Intent, Visitor, type VisitorHost } from './visitor.js';

/** The visitors of this server, by their connections. */
export class Visitors {
  /**
   * The parts that their connections need: the same as others, but the visitor sees the documents first. One for all, so
   * that a connection costs no copy of it.
   */
  readonly connectionHost: ConnectionHost;
  private readonly host: VisitorHost;
  private readonly visitors = new Map<Connection, Visitor>();

  /** @param gone is told when the connection of a visitor is gone */
  constructor(host: VisitorHost, gone: (stream: DocumentStream) => void) {
    const { connections } = host;
    const { visitors } = this;
    this.host = host;
    this.connectionHost = {
      ...connections,
      handle: (connection, message) => visitors.get(connection)?.handle(connection, message),
      fault: (connection, fault) => {
        connections.fault(connection, fault);
        // One document was dropped; after all other faults the connection ends.
        if (fault === 'syntax' || fault === 'not an object') visitors.get(connection)?.handled(connection);
      },
      closed: (connection) => {
        connections.closed(connection);
        const visitor = visitors.get(connection);
        visitors.delete(connection);
        if (visitor === undefined) return;
        gone(visitor.stream);
        void visitor.left();
      },
    };
  }

  /** @param intent with a tab that has entered by this stream */
  add(connection: Connection, intent: Intent, stream: DocumentStream): void {
    this.visitors.set(connection, new Visitor(this.host, intent, stream));
  }
}
