import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readPem } from '../text/bounded-file.js';
import { counted } from '../text/counted.js';
import { broken, type Check, type Finding, fine, warning } from './finding.js';

const ABOUT = 'certificate';
/** This many days before its end it is time for a new certificate. */
const SOON = 14;
const DAY = 86_400_000;

/** Whether the certificate can be shown, and for how long. */
export const checkTls: Check = async ({ settings: { 'tls-cert': cert, 'tls-key': key } }) => {
  if (cert === undefined || key === undefined) return [];
  try {
    const certificate = new X509Certificate(readPem(cert));
    const belongs = certificate.checkPrivateKey(createPrivateKey(readPem(key)));
    if (!belongs) return [broken(ABOUT, `${key} is not the key of ${cert}`, 'name the key it was made with')];
    return [validity(cert, certificate.validFrom, certificate.validTo)];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return [
      broken(ABOUT, `${cert} with the key ${key} cannot be used: ${code ?? message}`, 'name PEM files'),
    ];
  }
};

/** Whether now is between two times, and for how long it will be. */
export function validity(cert: string, from: string, to: string, now = Date.now()): Finding {
  const days = Math.floor((Date.parse(to) - now) / DAY);
  const renew = 'renew it, then kill -HUP the server';
  if (Date.parse(from) > now)
    return broken(ABOUT, `${cert} is not valid before ${from}`, 'look at the clock');
  if (days < 0) return broken(ABOUT, `${cert} was valid until ${to}`, renew);
  const left = days === 0 ? 'less than a day' : counted(days, 'more day');
  const text = `${cert} is valid for ${left}, until ${to}`;
  return days < SOON ? warning(ABOUT, text, renew) : fine(ABOUT, text);
}
