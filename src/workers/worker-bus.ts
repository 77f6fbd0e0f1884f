import type { Bus, BusEvents } from '../bus/bus.js';
import type { Notice, Request } from './ipc.js';

type Ask = Request extends infer R ? (R extends unknown ? Omit<R, 'ref'> : never) : never;

/** The bus of a worker: asks the hub in the primary process, which knows where every user is. */
export class WorkerBus implements Bus {
  private readonly waiting = new Map<number, (count: number) => void>();
  private refs = 0;
  private events: BusEvents | undefined;

  async start(events: BusEvents): Promise<void> {
    this.events = events;
    process.on('message', this.hear);
  }

  async subscribe(userid: number): Promise<void> {
    await this.ask({ op: 'subscribe', userid });
  }

  async unsubscribe(userid: number): Promise<void> {
    await this.ask({ op: 'unsubscribe', userid });
  }

  publish(userid: number, message: Buffer): Promise<number> {
    return this.ask({ op: 'publish', userid, message });
  }

  subscribers(userid: number): Promise<number> {
    return this.ask({ op: 'subscribers', userid });
  }

  async close(): Promise<void> {
    process.off('message', this.hear);
  }

  /** Without a primary process there are no other workers: 0. */
  private ask(request: Ask): Promise<number> {
    if (process.send === undefined || !process.connected) return Promise.resolve(0);
    const ref = ++this.refs;
    process.send({ ...request, ref });
    return new Promise((resolve) => this.waiting.set(ref, resolve));
  }

  private readonly hear = (notice: Notice): void => {
    if (notice.op === 'message') {
      const { buffer, byteOffset, length } = notice.message;
      this.events?.receive(notice.userid, Buffer.from(buffer, byteOffset, length), () => {});
    } else if (notice.op === 'answer') {
      this.waiting.get(notice.ref)?.(notice.count);
      this.waiting.delete(notice.ref);
    }
  };
}
