import { Client } from '../client.js';
import { LIMITS, type Limits } from '../limits.js';
import { wasRead } from '../was-read.js';
import { Mismatch } from './mismatch.js';

// A login that never works. Its answer shows that all that was sent before it on the connection was handled.
const BARRIER = '{"id":-2147483648,"msgid":1,"password":"barrier"}\0';
const PASSED = '{"errmsg":"id or password is invalid!","errno":1,"msgid":2}';

/** Where a node is. */
export interface Place {
  readonly port: number;
  /** 127.0.0.1 unless given. */
  readonly host?: string;
}

/** One connection of a recording, as it is replayed. */
export class Party {
  readonly client: Client;
  readonly #port: number;
  readonly #limits: Limits;
  readonly #passed: Buffer;

  private constructor(client: Client, port: number, limits: Limits, passed: string) {
    this.#passed = Buffer.from(passed);
    this.client = client;
    this.#port = port;
    this.#limits = limits;
  }

  /** @param passed what a login as nobody is answered */
  static async connect({ port, host }: Place, limits: Limits = LIMITS, passed = PASSED): Promise<Party> {
    return new Party(await Client.connect(port, host, limits), port, limits, passed);
  }

  /** Takes what came; it must be exactly this. Rejects as soon as it can no longer be. */
  async expect(bytes: Buffer): Promise<void> {
    const decided = (unread: Buffer) =>
      bytes.length === 0 || unread.length >= bytes.length || !unread.equals(bytes.subarray(0, unread.length));
    const received = await this.client
      .takeWhen(decided, `what is expected: ${bytes}`)
      .catch((error: Error) => {
        throw new Mismatch(this.client.unread, bytes, error.message);
      });
    if (!received.equals(bytes)) throw new Mismatch(received, bytes);
  }

  /** Waits until everything sent here was handled. Nothing must have come but what was expected. */
  async barrier(): Promise<void> {
    await this.client.send(BARRIER);
    await this.expect(this.#passed);
  }

  /** Waits until everything sent here was read, so that what is sent next comes in a read of its own. */
  async wasRead(): Promise<void> {
    await wasRead(this.client.port, this.#port, this.#limits.answer);
  }
}
