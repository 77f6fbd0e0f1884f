import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, DEFAULT_CIPHERS, type Server, type TLSSocket } from 'node:tls';
import { hear } from '../net/first-words.js';
import { guarded, unexpected } from '../net/guard.js';
import { InTurn } from '../net/in-turn.js';
import { readPem } from '../text/bounded-file.js';
import { type Validity, validityOf } from './certificate.js';
import type { Visit } from './door.js';
import { isWholeHello } from './hello.js';

/** For a client to say in TLS who it wants to speak to, in ms. */
const HANDSHAKE = 10_000;

/**
 * The server does expensive work once for a connection, for its hello (see `hear`): no second handshake, no key that a
 * client has encrypted by RSA, and no curve that takes many times as long as these. Every client of TLS 1.2 has them.
 */
const CHEAP = {
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  ciphers: `${DEFAULT_CIPHERS}:!kRSA`,
  ecdhCurve: 'X25519:prime256v1',
};

/** Where a certificate is, with those that vouch for it, and its key: PEM files. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** A door behind which all is encrypted (TLS 1.2 or later). */
export class TlsDoor {
  private readonly files: CertificateFiles;
  private readonly server: Server;
  /** Of the certificate that is shown now. */
  validity: Validity;
  /** The clients that are still shaking hands, by address and port. */
  private readonly visits = new Map<string, { address: string; visit: Visit }>();
  private readonly turns = new InTurn();

  /** Throws an Error with one line when the certificate cannot be used. */
  constructor(files: CertificateFiles) {
    this.files = files;
    const make = () => {
      const pair = read(files);
      return [
        createServer({ ...pair, ...CHEAP, handshakeTimeout: HANDSHAKE }),
        validityOf(pair.cert),
      ] as const;
    };
    [this.server, this.validity] = usable(files, make);
    this.server.on('secureConnection', (socket) => {
      try {
        this.secured(socket);
      } catch (error) {
        unexpected(error, 'a TLS port');
        socket.destroy();
      }
    });
    this.server.on('tlsClientError', guarded('a TLS port', this.failed.bind(this)));
  }

  /** See Door. */
  readonly open = (socket: Socket, address: string, visit: Visit): void => {
    const name = nameOf(socket);
    const left = () => visit.refuse('no TLS', address);
    const late = setTimeout(() => {
      left();
      socket.destroy();
    }, HANDSHAKE);
    this.visits.set(name, { address, visit });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(late);
      this.visits.delete(name);
    });
    // A client that ends before its handshake has left: its place is free at once.
    socket.allowHalfOpen = false;
    const enter = () => {
      clearTimeout(late);
      this.server.emit('connection', socket);
    };
    hear(socket, this.turns, { isWhole: isWholeHello, enter, left });
  };

  /** Reads the files again: clients that come from now on see the new certificate. Throws as the constructor does. */
  reload(): void {
    this.validity = usable(this.files, () => {
      const pair = read(this.files);
      this.server.setSecureContext({ ...pair, ...CHEAP });
      return validityOf(pair.cert);
    });
  }

  private secured(socket: TLSSocket): void {
    const waiting = this.visits.get(nameOf(socket));
    if (waiting === undefined) socket.destroy();
    else {
      socket.allowHalfOpen = true;
      waiting.visit.enter(socket, waiting.address);
    }
  }

  private failed(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    const waiting = this.visits.get(nameOf(socket));
    waiting?.visit.refuse(error.code === 'ECONNRESET' ? 'no TLS' : `no TLS: ${error.code}`, waiting.address);
    socket.destroy();
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function read({ cert, key }: CertificateFiles): { cert: Buffer; key: Buffer } {
  return { cert: readPem(cert), key: readPem(key) };
}

/** An error of OpenSSL in plain words. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['ERR_OSSL_PEM_NO_START_LINE', 'the file of the certificate has none (PEM)'],
  ['ERR_OSSL_UNSUPPORTED', 'the file of the key has none that can be read (PEM, without a password)'],
  ['ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'the key is that of another certificate'],
]);

function usable<T>({ cert, key }: CertificateFiles, use: () => T): T {
  try {
    return use();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = [MEANINGS.get(code ?? ''), code ?? message].filter((part) => part !== undefined).join(': ');
    throw new Error(`the certificate ${cert} with the key ${key} cannot be used: ${why}`);
  }
}
