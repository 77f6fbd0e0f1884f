import { powerFrom } from './powers.js';

/*
 * Grisu2: Florian Loitsch, "Printing Floating-Point Numbers Quickly and Accurately with Integers", PLDI 2010.
 * Not always the shortest digits, nor always the closest of the shortest, which is why JavaScript's own
 * cannot stand in for them (PROTOCOL.md section 3).
 */

/** The least binary exponent of a scaled number: its fraction times ten still fits 64 bits. */
const ALPHA = -60;

const SIGNIFICAND_BITS = 52n;
const HIDDEN_BIT = 1n << SIGNIFICAND_BITS;
const EXPONENT_BIAS = 1075;
const HALF = 1n << 63n;

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);

/** `digits` read as an integer, times 10^`exponent`. */
export interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

/** A number and the ends of the interval that rounds to it, each times 2^exponent, `high` of 64 bits. */
interface Interval {
  readonly low: bigint;
  readonly value: bigint;
  readonly high: bigint;
  readonly exponent: number;
}

/** Decimal digits that read back as `x`, which must be finite and above 0. */
export function grisu2(x: number): Decimal {
  const exact = intervalAround(x);
  const power = powerFrom(ALPHA - exact.exponent - 1);
  const scale = (part: bigint): bigint => BigInt.asUintN(64, (part * power.significand + HALF) >> 64n);
  const high = scale(exact.high) - 1n;
  const low = scale(exact.low) + 1n;
  const shift = -(exact.exponent + power.exponent + 64);
  const { digits, exponent } = generate(high, high - low, high - scale(exact.value), BigInt(shift));
  return { digits, exponent: exponent - power.decimal };
}

function intervalAround(x: number): Interval {
  double[0] = x;
  const raw = bits[0] ?? 0n;
  const fraction = raw & (HIDDEN_BIT - 1n);
  const biased = Number(raw >> SIGNIFICAND_BITS);
  const significand = biased === 0 ? fraction : fraction | HIDDEN_BIT;
  const high = 2n * significand + 1n;
  const shift = leadingZeros(high);
  // Below a power of two the doubles lie half as far apart.
  const isCloserBelow = fraction === 0n && biased > 1;
  const low = isCloserBelow ? 4n * significand - 1n : 2n * (2n * significand - 1n);
  return {
    low: low << BigInt(shift - 1),
    value: significand << BigInt(shift + 1),
    high: high << BigInt(shift),
    exponent: Math.max(biased, 1) - EXPONENT_BIAS - 1 - shift,
  };
}

function leadingZeros(word: bigint): number {
  const upper = Math.clz32(Number(word >> 32n));
  return upper < 32 ? upper : 32 + Math.clz32(Number(BigInt.asUintN(32, word)));
}

/**
 * The digits of `high` / 2^shift from the left, as few as leave it within `width`; then the last one moved
 * toward the number itself, which lies `distance` below `high`.
 */
function generate(high: bigint, width: bigint, distance: bigint, shift: bigint): Decimal {
  const whole = String(high >> shift);
  const one = 1n << shift;
  let rest = high & (one - 1n);
  if (rest > width) return generateFraction(whole, rest, width, distance, shift);
  let count = whole.length;
  let unit = one;
  // Drop digits of the whole part for as long as the dropped part stays within the width.
  for (; count > 1; count--) {
    const more = rest + BigInt(whole.charCodeAt(count - 1) - 0x30) * unit;
    if (more > width) break;
    rest = more;
    unit *= 10n;
  }
  const digits = roundLast(whole.slice(0, count), rest, width, distance, unit);
  return { digits, exponent: whole.length - count };
}

function generateFraction(
  whole: string,
  from: bigint,
  width: bigint,
  distance: bigint,
  shift: bigint,
): Decimal {
  const one = 1n << shift;
  let digits = whole;
  let rest = from;
  let scale = 1n;
  while (rest > width * scale) {
    rest *= 10n;
    scale *= 10n;
    digits += String(rest >> shift);
    rest &= one - 1n;
  }
  const exponent = whole.length - digits.length;
  return { digits: roundLast(digits, rest, width * scale, distance * scale, one), exponent };
}

/** Lowers the last digit while that brings it closer: `rest` is the way down from `high`, `unit` one step. */
function roundLast(digits: string, from: bigint, width: bigint, distance: bigint, unit: bigint): string {
  let steps = 0;
  let rest = from;
  while (rest < distance && width - rest >= unit && isCloser(rest, distance, unit)) {
    rest += unit;
    steps++;
  }
  if (steps === 0) return digits;
  return digits.slice(0, -1) + String(Number(digits.slice(-1)) - steps);
}

function isCloser(rest: bigint, distance: bigint, unit: bigint): boolean {
  return rest + unit < distance || distance - rest > rest + unit - distance;
}
