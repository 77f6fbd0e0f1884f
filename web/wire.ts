/** The events of a connection. */
export interface WireEvents {
  /** It is open, and it is known how many of this tab's documents the server is done with. */
  open(handled: number): void;
  /** A document came. Resolves when this tab has it for good. */
  document(text: string): Promise<void>;
  /** The server is done with `count` of this tab's documents. */
  handled(count: number): void;
  /** The server knows that this tab has `count` of this connection's documents. */
  confirmed(count: number): void;
  /** It has ended, or there was none; `reason` is the server's, '' for a network that is away. */
  closed(reason: string): void;
}

/** A connection that is not open after this time is given up, in ms. */
const PATIENCE = 15_000;

/** Bytes of one count. */
const COUNT = 4;

/** One WebSocket. Text messages are documents; binary ones are counts of documents, both ways. */
export class Wire {
  private readonly socket: WebSocket;
  private readonly events: WireEvents;
  private received = 0;
  private kept = 0;
  private told = 0;
  private isOpen = false;
  private hasEnded = false;
  private readonly late: number;

  constructor(url: string, events: WireEvents) {
    this.events = events;
    this.socket = new WebSocket(url, ['counts']);
    this.socket.binaryType = 'arraybuffer';
    this.late = window.setTimeout(() => this.end(''), PATIENCE);
    this.socket.onmessage = ({ data }) => this.message(data);
    this.socket.onclose = ({ reason }) => this.end(reason);
  }

  /** Sends a document. While the connection is closing nothing is sent: the server has not counted it, and it goes again. */
  send(text: string): void {
    if (this.isOpen && this.takesData) this.socket.send(text);
  }

  /** Ends the connection, without telling of it. */
  close(): void {
    this.hasEnded = true;
    window.clearTimeout(this.late);
    this.socket.close();
  }

  /** Whether the browser takes data: between the first sign of an end and `onclose` it throws it away, and says so. */
  private get takesData(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  private message(data: unknown): void {
    if (this.hasEnded) return;
    if (typeof data === 'string') this.document(data);
    else if (data instanceof ArrayBuffer && data.byteLength === 2 * COUNT) this.counts(new DataView(data));
  }

  private document(text: string): void {
    this.received++;
    const number = this.received;
    void this.events.document(text).then(() => {
      this.kept = Math.max(this.kept, number);
      this.tell();
    });
  }

  /** Says what is kept here: the server deletes it, or gives it to nobody else, from then on. */
  private tell(): void {
    if (this.kept === this.told || !this.takesData) return;
    this.told = this.kept;
    const bytes = new DataView(new ArrayBuffer(COUNT));
    bytes.setUint32(0, this.kept);
    this.socket.send(bytes.buffer);
  }

  private counts(bytes: DataView): void {
    const [handled, confirmed] = [bytes.getUint32(0), bytes.getUint32(COUNT)];
    if (this.isOpen) this.events.handled(handled);
    else {
      this.isOpen = true;
      window.clearTimeout(this.late);
      this.events.open(handled);
    }
    this.events.confirmed(confirmed);
  }

  private end(reason: string): void {
    if (this.hasEnded) return;
    this.close();
    this.events.closed(reason);
  }
}
