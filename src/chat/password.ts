import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in a time that tells nothing about where, or by how much, the two differ. */
export function samePassword(stored: string, given: string): boolean {
  return timingSafeEqual(digest(stored), digest(given));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
