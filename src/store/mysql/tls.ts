import type { ConnectionOptions, SslOptions } from 'mysql2';
import { FileTooLarge, readPem } from '../../text/bounded-file.js';

/** The values of `ssl-mode` in the URL of a database, as MySQL's own programs have them, each with its meaning. */
const MODES: Readonly<Record<string, SslOptions | undefined>> = {
  disabled: undefined,
  required: { rejectUnauthorized: false },
  verify_ca: { rejectUnauthorized: true },
  verify_identity: { rejectUnauthorized: true, verifyIdentity: true },
};

/** The names of the modes. */
export const SSL_MODES = Object.keys(MODES);

/**
 * The address of a database for the driver: `ssl-mode` and `ssl-ca` of its query are settings of the driver.
 * Throws an Error when the file with the authorities cannot be read.
 */
export function address(text: string): Pick<ConnectionOptions, 'uri' | 'ssl'> {
  const url = new URL(text);
  const mode = url.searchParams.get('ssl-mode')?.toLowerCase();
  const ca = url.searchParams.get('ssl-ca');
  url.searchParams.delete('ssl-mode');
  url.searchParams.delete('ssl-ca');
  const ssl = MODES[mode ?? (ca === null ? 'disabled' : 'verify_ca')];
  if (ssl === undefined) return { uri: url.href };
  return { uri: url.href, ssl: ca === null ? ssl : { ...ssl, ca: authorities(ca) } };
}

function authorities(file: string): string {
  try {
    return readPem(file).toString();
  } catch (error) {
    throw error instanceof FileTooLarge ? new Error(`${file} ${error.message}`) : error;
  }
}
