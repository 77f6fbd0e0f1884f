/** After `\`: 1 where the two bytes are what dump() itself writes, 2 where they only parse. */
const KINDS = new Uint8Array(256);
for (const letter of '"\\bfnrt') KINDS[letter.charCodeAt(0)] = 1;
KINDS[0x2f] = 2;

const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** The results of hex4 where `end` comes before the last digit, and where there is something else. */
const CUT = -1;
const WRONG = -2;

/**
 * The place behind the escape whose backslash is at `at`. The complement (below 0) of `end` when its end has
 * not come yet, of `at` when it is none.
 */
export function afterEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return ~end;
  const letter = bytes[at + 1] as number;
  if (letter === 0x75) return afterUnicode(bytes, at, end);
  return KINDS[letter] === 0 ? ~at : at + 2;
}

function afterUnicode(bytes: Uint8Array, at: number, end: number): number {
  const unit = hex4(bytes, at + 2, end);
  if (unit < 0) return unit === CUT ? ~end : ~at;
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  return unit > 0xdbff ? ~at : afterPair(bytes, at, end);
}

/** The same for a surrogate pair, which takes two escapes. */
function afterPair(bytes: Uint8Array, at: number, end: number): number {
  if (at + 6 < end && bytes[at + 6] !== 0x5c) return ~at;
  if (at + 7 < end && bytes[at + 7] !== 0x75) return ~at;
  const low = hex4(bytes, at + 8, end);
  if (low === CUT) return ~end;
  return low >= 0xdc00 && low <= 0xdfff ? at + 12 : ~at;
}

/** Whether dump() writes the whole escape at `at` as it stands: the shortest form, in lower case. */
export function isDumpedEscape(bytes: Uint8Array, at: number): boolean {
  const letter = bytes[at + 1] as number;
  if (letter !== 0x75) return KINDS[letter] === 1;
  const unit = hex4(bytes, at + 2, at + 6);
  const last = bytes[at + 5] as number;
  const isShort = unit === 8 || unit === 9 || unit === 10 || unit === 12 || unit === 13;
  return unit < 0x20 && !isShort && (last < 0x41 || last > 0x46);
}

function hex4(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let i = from; i < from + 4; i++) {
    if (i >= end) return CUT;
    const digit = HEX[bytes[i] as number] as number;
    if (digit < 0) return WRONG;
    value = value * 16 + digit;
  }
  return value;
}
