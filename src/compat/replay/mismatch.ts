/** The server's output is not the recorded one. */
export class Mismatch extends Error {
  readonly received: Buffer;
  readonly expected: Buffer;

  /** @param how why it is known that no more comes; the first byte that is another unless given */
  constructor(received: Buffer, expected: Buffer, how = parting(received, expected)) {
    super(how);
    this.received = received;
    this.expected = expected;
  }
}

/** Where two texts part, with what is around there. */
function parting(received: Buffer, expected: Buffer): string {
  const same = received.findIndex((byte, index) => byte !== expected[index]);
  const at = same === -1 ? expected.length : same;
  const part = (bytes: Buffer) =>
    JSON.stringify(bytes.subarray(Math.max(0, at - 40), at + 120).toString('utf8'));
  return `at byte ${at} received ${part(received)}\nexpected ${part(expected)}`;
}
