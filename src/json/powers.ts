/** A power of ten as `significand * 2^exponent`, the significand of 64 bits rounded to nearest. */
export interface Power {
  readonly decimal: number;
  readonly significand: bigint;
  readonly exponent: number;
}

const FIRST = -300;
const LAST = 324;
const STEP = 8;

/** Bits that 10^decimal is scaled up by, so that even the smallest keeps far more than 64. */
const SCALE = 1200n;

const POWERS = Array.from({ length: (LAST - FIRST) / STEP + 1 }, (_, i) => power(FIRST + i * STEP));

/** The least power in the table that is 2^`binary` or more; `binary` from -1021 to 1076. */
export function powerFrom(binary: number): Power {
  const decimal = Math.ceil(binary * Math.log10(2));
  const found = POWERS[Math.ceil((decimal - FIRST) / STEP)];
  if (found === undefined) throw new RangeError(`no power of ten for 2^${binary}`);
  return found;
}

function power(decimal: number): Power {
  const scaled = decimal < 0 ? (1n << SCALE) / 10n ** BigInt(-decimal) : (10n ** BigInt(decimal)) << SCALE;
  const excess = scaled.toString(2).length - 64;
  const half = 1n << BigInt(excess - 1);
  return { decimal, significand: (scaled + half) >> BigInt(excess), exponent: excess - Number(SCALE) };
}
