import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { packageText } from '../ops/package.js';

/** Nothing from anywhere else, no script or style in the page itself; nobody shows it inside a page of his own. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The headers of every answer. */
export const HEADERS: OutgoingHttpHeaders = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  // A connection has a bounded time for its one request; see Web.
  connection: 'close',
};

/** The answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer | string;
}

/** A file in the forms in which it can be sent. */
interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly forms: Readonly<Record<'br' | 'gzip' | 'plain', Buffer>>;
}

/** The page's files in this package, by what is asked for. */
const FILES = [
  ['/', 'index.html', 'text/html'],
  ['/page.js', 'page.js', 'text/javascript'],
  ['/page.css', 'page.css', 'text/css'],
  ['/icon.svg', 'icon.svg', 'image/svg+xml'],
  ['/manifest.json', 'manifest.json', 'application/manifest+json'],
] as const;

/** The files of the page, and what it is told of the server, as JSON by path: read once, compressed once. */
export class PageFiles {
  private readonly files: ReadonlyMap<string, PageFile>;

  /** Throws the system's error when the page was not built. */
  constructor(told: Readonly<Record<string, object>>) {
    const page = FILES.map(
      ([path, name, type]) => [path, fileOf(packageText(`dist/page/${name}`), type)] as const,
    );
    const facts = Object.entries(told).map(
      ([path, value]) => [path, fileOf(JSON.stringify(value), 'application/json')] as const,
    );
    this.files = new Map([...page, ...facts]);
  }

  /** The answer to a GET. */
  answer(path: string, { headers }: Pick<IncomingMessage, 'headers'>): Answer {
    const file = this.files.get(path);
    if (file === undefined) return { status: 404, body: 'there is no such page' };
    const { etag, type, forms } = file;
    const caching = { etag, 'cache-control': 'no-cache', vary: 'accept-encoding' };
    if (headers['if-none-match'] === etag) return { status: 304, headers: caching };
    const form = formFor(String(headers['accept-encoding'] ?? ''));
    const encoding = form === 'plain' ? {} : { 'content-encoding': form };
    return {
      status: 200,
      headers: { ...caching, ...encoding, 'content-type': `${type}; charset=utf-8` },
      body: forms[form],
    };
  }
}

function fileOf(text: string, type: string): PageFile {
  const plain = Buffer.from(text);
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { type, etag, forms: { plain, gzip: gzipSync(plain), br: brotliCompressSync(plain) } };
}

function formFor(accepted: string): keyof PageFile['forms'] {
  const named = accepted.split(',').map((part) => part.trim().split(';')[0]);
  return (['br', 'gzip'] as const).find((form) => named.includes(form)) ?? 'plain';
}
