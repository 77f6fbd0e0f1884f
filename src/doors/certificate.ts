import { X509Certificate } from 'node:crypto';

const DAY = 86_400_000;
/** This many days before its end it is time for a new certificate. */
const SOON = 14;

/** From when and until when a certificate is valid, in ms since 1970. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

/** When a certificate is valid. @param pem the first one in it counts */
export function validityOf(pem: Buffer): Validity {
  const { validFrom, validTo } = new X509Certificate(pem);
  return { from: Date.parse(validFrom), until: Date.parse(validTo) };
}

/** The problem of a certificate now, and whether clients refuse it; undefined when all is well. */
export function concern(
  { from, until }: Validity,
  now = Date.now(),
): { refused: boolean; text: string } | undefined {
  const days = Math.floor((until - now) / DAY);
  if (from > now)
    return { refused: true, text: `the certificate is valid only from ${day(from)} on: is the clock right?` };
  if (until <= now)
    return { refused: true, text: `the certificate has expired on ${day(until)}: clients refuse it` };
  if (days >= SOON) return undefined;
  const left = days === 0 ? 'today' : days === 1 ? 'within 2 days' : `in ${days} days`;
  return {
    refused: false,
    text: `the certificate expires ${left}, on ${day(until)}: renew it, then send SIGHUP`,
  };
}

function day(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
