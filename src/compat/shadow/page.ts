import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMeant } from '../../net/meant.js';
import { hasLongBody, OneRequest } from '../../net/one-request.js';
import { fewConnections, PAGE_HEADERS, PAGE_TIMES } from '../../net/page-port.js';
import { packageText } from '../../ops/package.js';

const [HTML, CSS, JS] = ['text/html', 'text/css', 'text/javascript'].map((type) => `${type}; charset=utf-8`);

/** The content of the page. */
export interface Pages {
  whole(): string;
  /** The part that changes. */
  main(): string;
}

/**
 * Shows what is found to browsers of this machine alone: what people write to each other stands there.
 *
 * @returns the port, and what closes it. Rejects when the port cannot be used
 */
export async function showPage(port: number, pages: Pages): Promise<{ port: number; close(): void }> {
  const routes: Readonly<Record<string, readonly [type: string | undefined, body: () => string]>> = {
    '/': [HTML, pages.whole],
    '/main': [HTML, pages.main],
    '/report.css': [CSS, () => packageText('assets/report.css')],
    '/report.js': [JS, () => packageText('assets/report.js')],
    '/shadow.js': [JS, () => packageText('assets/shadow.js')],
  };
  const asking = new OneRequest();
  const server = createServer(PAGE_TIMES, (request, response) => {
    if (!asking.begin(request)) return;
    response.on('close', () => asking.end(request));
    const status = refusal(request, Object.keys(routes));
    const [type, body] = routes[request.url ?? ''] ?? [];
    try {
      if (status !== undefined || body === undefined) response.writeHead(status ?? 404, PAGE_HEADERS).end();
      else response.writeHead(200, { ...PAGE_HEADERS, 'content-type': type }).end(body());
    } catch {
      response.destroy();
    }
    if (status === 413) request.destroy();
  });
  server.on('connection', fewConnections());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // One who comes when no more files may be open is no reason to end.
  server.on('error', () => {});
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function refusal({ method, url, headers }: IncomingMessage, paths: readonly string[]): number | undefined {
  if (hasLongBody({ headers }, 0)) return 413;
  if (!isMeant(headers.host, [])) return 421;
  if (!paths.includes(url ?? '')) return 404;
  return method === 'GET' ? undefined : 405;
}
