import { Client } from '../harness/client.js';
import { wasRead } from '../harness/was-read.js';

// A login that never works. Its answer shows that all that was sent before it on the connection was handled.
const BARRIER = '{"id":-2147483648,"msgid":1,"password":"barrier"}\0';
const PASSED = Buffer.from('{"errmsg":"id or password is invalid!","errno":1,"msgid":2}');

/** One connection of a recording, as it is replayed. */
export class Party {
  readonly client: Client;
  readonly #port: number;

  private constructor(client: Client, port: number) {
    this.client = client;
    this.#port = port;
  }

  static async connect(port: number): Promise<Party> {
    return new Party(await Client.connect(port), port);
  }

  /** Takes what came; it must be exactly this. Rejects as soon as it can no longer be. */
  async expect(bytes: Buffer): Promise<void> {
    const decided = (unread: Buffer) =>
      unread.length >= bytes.length || !unread.equals(bytes.subarray(0, unread.length));
    const received = await this.client.takeWhen(decided, `what is expected: ${bytes}`);
    if (!received.equals(bytes)) throw new Error(mismatch(received, bytes));
  }

  /** Waits until everything sent here was handled. Nothing must have come but what was expected. */
  async barrier(): Promise<void> {
    await this.client.send(BARRIER);
    await this.expect(PASSED);
  }

  /** Waits until everything sent here was read, so that what is sent next comes in a read of its own. */
  async wasRead(): Promise<void> {
    await wasRead(this.client.port, this.#port);
  }
}

/** Where two texts part, with what is around there. */
function mismatch(received: Buffer, expected: Buffer): string {
  const same = received.findIndex((byte, index) => byte !== expected[index]);
  const at = same === -1 ? expected.length : same;
  const part = (bytes: Buffer) =>
    JSON.stringify(bytes.subarray(Math.max(0, at - 40), at + 120).toString('utf8'));
  return `at byte ${at} received ${part(received)}\nexpected ${part(expected)}`;
}
