/** The head of a record of TLS, and of a message in it, in bytes. */
const [RECORD, MESSAGE] = [5, 4];
/** The kind of records that a handshake comes in. */
const HANDSHAKE = 22;
/** No client says hello with more bytes. */
const MOST = 16_384;

/**
 * Whether these first bytes of a connection are all of a TLS client's hello, which may come in several records; true
 * also when they are none, or too many: OpenSSL tells the fault.
 */
export function isWholeHello(bytes: Buffer): boolean {
  if (bytes.length > MOST) return true;
  const head: number[] = [];
  let said = 0;
  for (let at = 0; bytes.length >= at + RECORD; ) {
    const length = bytes.readUInt16BE(at + 3);
    if (bytes[at] !== HANDSHAKE || length === 0) return true;
    const begin = at + RECORD;
    at = begin + length;
    head.push(...bytes.subarray(begin, Math.min(at, begin + MESSAGE - head.length)));
    said += Math.min(at, bytes.length) - begin;
    const [, high = 0, middle = 0, low = 0] = head;
    if (head.length === MESSAGE && said >= MESSAGE + (high << 16) + (middle << 8) + low) return true;
  }
  return bytes.length > 0 && bytes[0] !== HANDSHAKE;
}
