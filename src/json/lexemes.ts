/** Longer integers may not be kept exactly by a JavaScript number. */
const EXACT_DIGITS = 15;

const LITERALS = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]));

/**
 * The place behind the number that starts at `from`. The complement (below 0) of `end` when it reaches to
 * `end`, as more digits may follow; of the byte that makes it none otherwise.
 */
export function afterNumber(bytes: Uint8Array, from: number, end: number): number {
  const first = bytes[from] === 0x2d ? from + 1 : from;
  const point = bytes[first] === 0x30 ? Math.min(first + 1, end) : afterDigits(bytes, first, end);
  if (point === end || point === first) return ~point;
  const exponent = bytes[point] === 0x2e ? afterDigits(bytes, point + 1, end) : point;
  if (exponent === end || (exponent === point + 1 && bytes[point] === 0x2e)) return ~exponent;
  return isExponent(bytes[exponent]) ? afterExponent(bytes, exponent + 1, end) : exponent;
}

function afterExponent(bytes: Uint8Array, from: number, end: number): number {
  const first = bytes[from] === 0x2b || bytes[from] === 0x2d ? from + 1 : from;
  const after = afterDigits(bytes, Math.min(first, end), end);
  return after === end || after === first ? ~after : after;
}

function isExponent(byte: number | undefined): boolean {
  return byte === 0x65 || byte === 0x45;
}

function afterDigits(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && (bytes[i] as number) >= 0x30 && (bytes[i] as number) <= 0x39) i++;
  return i;
}

/** The value of the whole number from `from` to `to` if dump() writes it just so; else, or when it is long, NaN. */
export function plainInteger(bytes: Uint8Array, from: number, to: number): number {
  const negative = bytes[from] === 0x2d;
  const first = negative ? from + 1 : from;
  if (to - first > EXACT_DIGITS) return Number.NaN;
  let value = 0;
  for (let i = first; i < to; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  if (negative && value === 0) return Number.NaN;
  return negative ? -value : value;
}

/** The place behind `true`, `false` or `null` at `from`; the complement as in afterNumber. */
export function afterLiteral(bytes: Uint8Array, from: number, end: number): number {
  const word = LITERALS.get(bytes[from] as number);
  if (word === undefined) return ~from;
  for (let k = 1; k < word.length; k++) {
    if (from + k === end || bytes[from + k] !== word[k]) return ~(from + k);
  }
  return from + word.length;
}
