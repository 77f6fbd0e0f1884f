import type { Reader } from './reader.js';

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;
/** More characters than any int64 or uint64 has. */
const TOO_LONG = 21;

/**
 * Reads the number that starts at the reader's place. Integers that int64 or uint64 can hold are bigint, all
 * others number (PROTOCOL.md section 3).
 */
export function readNumber(reader: Reader): bigint | number {
  const from = reader.at;
  if (reader.byte(reader.at) === 0x2d) reader.at++;
  if (reader.byte(reader.at) === 0x30) reader.at++;
  else skipDigits(reader);
  const wholeEnd = reader.at;
  skipFraction(reader);
  skipExponent(reader);
  const text = reader.ascii(from, reader.at);
  const double = Number(text);
  const integer = reader.at === wholeEnd ? toInteger(text, double) : undefined;
  if (integer !== undefined) return integer;
  return Number.isFinite(double) ? double : reader.fail(from, 406);
}

function toInteger(text: string, double: number): bigint | undefined {
  if (Number.isSafeInteger(double)) return BigInt(double);
  if (text.length >= TOO_LONG) return undefined;
  const integer = BigInt(text);
  return integer >= INT64_MIN && integer <= UINT64_MAX ? integer : undefined;
}

function skipFraction(reader: Reader): void {
  if (reader.byte(reader.at) !== 0x2e) return;
  reader.at++;
  skipDigits(reader);
}

function skipExponent(reader: Reader): void {
  const mark = reader.byte(reader.at);
  if (mark !== 0x65 && mark !== 0x45) return;
  const sign = reader.byte(++reader.at);
  if (sign === 0x2b || sign === 0x2d) reader.at++;
  skipDigits(reader);
}

/** Skips digits, at least one. */
function skipDigits(reader: Reader): void {
  if (!isDigit(reader.byte(reader.at))) reader.fail(reader.at);
  while (isDigit(reader.byte(++reader.at)));
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
