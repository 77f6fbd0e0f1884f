/**
 * Index after the UTF-8 sequence of two to four bytes that starts at `at`, all of it before `end`;
 * the complement (`~index`, below 0) of the first byte that makes it ill-formed otherwise, `~end` when it is cut.
 */
export function afterSequence(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0xc2 || lead > 0xf4) return ~at;
  const after = at + (lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);
  // The second byte's range rules out overlong forms, surrogates and what lies above U+10FFFF.
  let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  for (let i = at + 1; i < after; i++) {
    const byte = i < end ? (bytes[i] ?? 0) : 0;
    if (byte < low || byte > high) return ~i;
    low = 0x80;
    high = 0xbf;
  }
  return after;
}

/** Orders well-formed strings as their UTF-8 bytes are ordered: below 0, 0 or above 0, for `sort`. */
export function compareUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** UTF-16 puts surrogates before U+E000..U+FFFF; UTF-8 puts the characters they stand for after. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
