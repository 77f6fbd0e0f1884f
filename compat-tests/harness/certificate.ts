import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The files of a certificate, and of the authority that signed it. */
export interface Certificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes an authority and a certificate of it for this name, in a folder. Names of files begin with `prefix`. */
export function makeCertificate(folder: string, name = 'localhost', prefix = ''): Certificate {
  const path = (file: string) => join(folder, `${prefix}${file}`);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const pair = (key: string, subject: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    key,
    '-subj',
    subject,
  ];
  const [ca, cert, key] = [path('ca.pem'), path('cert.pem'), path('key.pem')];
  openssl('req', '-x509', '-days', '2', ...pair(path('ca-key.pem'), '/CN=test authority'), '-out', ca);
  const names = `subjectAltName=DNS:${name}`;
  const signed = ['-x509', '-days', '2', '-CA', ca, '-CAkey', path('ca-key.pem'), '-addext', names];
  openssl('req', ...signed, ...pair(key, `/CN=${name}`), '-out', cert);
  return { ca, cert, key };
}
