import { grisu2 } from './grisu.js';

/** Numbers from 10^-4 to below 10^15 are written without an exponent. */
const LEAST_EXPONENT = -4;
const PLAIN_DIGITS = 15;

/**
 * A double as nlohmann/json 3.6.1's dump() writes it (PROTOCOL.md section 3): always with `.0` or an exponent,
 * so that it reads back as a double. A value that is not finite is `null`.
 */
export function formatDouble(x: number): string {
  if (!Number.isFinite(x)) return 'null';
  const sign = x < 0 || Object.is(x, -0) ? '-' : '';
  if (x === 0) return `${sign}0.0`;
  const { digits, exponent } = grisu2(Math.abs(x));
  return sign + place(digits, digits.length + exponent);
}

/** Writes 0.`digits` times 10^`point`. */
function place(digits: string, point: number): string {
  if (point <= LEAST_EXPONENT || point > PLAIN_DIGITS) return scientific(digits, point - 1);
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${digits.padEnd(point, '0')}.0`;
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function scientific(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const sign = exponent < 0 ? '-' : '+';
  return `${digits.slice(0, 1)}${fraction}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
