/**
 * Tells messages apart, whom they are for included: an integer of 53 bits, the same on every node. Not made
 * against those who look for two messages with the same one: they would only unprotect messages of their own.
 */
export function fingerprint(userid: number, message: Uint8Array): number {
  const { length } = message;
  let a = userid ^ 0x9e3779b9;
  let b = length ^ 0x7f4a7c15;
  for (let i = 0; i < length; i += 4) {
    const word = wordAt(message, i);
    a = rotate(Math.imul(a ^ word, 0x85ebca6b), 13);
    b = rotate(Math.imul(b ^ word, 0xc2b2ae35), 17);
  }
  a = spread(a ^ Math.imul(b, 0x27d4eb2f));
  b = spread(b ^ userid ^ Math.imul(a, 0x165667b1));
  return (a >>> 11) * 2 ** 32 + (b >>> 0);
}

/** Four bytes as a number, zeros behind the end; three times as fast as Buffer's own way. */
function wordAt(bytes: Uint8Array, i: number): number {
  return (
    byteAt(bytes, i) |
    (byteAt(bytes, i + 1) << 8) |
    (byteAt(bytes, i + 2) << 16) |
    (byteAt(bytes, i + 3) << 24)
  );
}

function byteAt(bytes: Uint8Array, i: number): number {
  return i < bytes.length ? (bytes[i] as number) : 0;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Lets every bit of the value change about half of all bits. */
function spread(value: number): number {
  const half = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  const most = Math.imul(half ^ (half >>> 15), 0x846ca68b);
  return most ^ (most >>> 16);
}
