import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdminPort } from '../net/ask.js';
import { isMeant } from '../net/meant.js';
import { hasLongBody, OneRequest } from '../net/one-request.js';
import { fewConnections, PAGE_HEADERS, PAGE_TIMES } from '../net/page-port.js';
import type { Log } from '../ops/log.js';
import { packageText } from '../ops/package.js';
import type { Recent } from '../ops/recent.js';
import { json, type Route, text } from './answer.js';
import type { AskAll } from './desk.js';
import { History } from './history.js';
import { orders } from './orders.js';
import { peers } from './peers.js';
import { runbook } from './runbook.js';
import { sparing } from './sparing.js';
import { aggregate, problemsOf, statusOf, unreadyOf } from './status.js';
import { wordsOf } from './target.js';

/** No order is longer, in bytes: a longer one is not read. */
const MOST_BODY = 16_384;

/** The parts of a node that the admin port shows. */
export interface Watched {
  /** The name of the node. */
  readonly name: string;
  readonly askAll: AskAll;
  /** The token: every order must have it. Without a token nobody can give orders. */
  readonly token: string | undefined;
  /** Names of this machine that have a dot in them. See isMeant. */
  readonly hosts: readonly string[];
  /** Admin ports of other nodes. */
  readonly peers: readonly AdminPort[];
  readonly log: Log;
  /** The last lines of this process's log, if it serves no clients itself. */
  readonly own?: Recent;
}

/**
 * Listens for those who watch the server, apart from its clients. Resolves with the port; rejects when the
 * address cannot be used.
 */
export async function listen(
  place: { readonly ip: string; readonly port: number },
  watched: Watched,
): Promise<number> {
  const { log, hosts } = watched;
  const routes = new Map([...Object.entries(views(watched)), ...Object.entries(orders(watched))]);
  const asking = new OneRequest();
  const server = createServer(PAGE_TIMES, (request, response) => {
    if (!asking.begin(request)) return;
    response.on('close', () => asking.end(request));
    if (hasLongBody(request, MOST_BODY)) {
      response.writeHead(413, PAGE_HEADERS).end();
      request.destroy();
      return;
    }
    handle(routes, hosts, request, response).catch((error) => {
      log.error({ err: error }, 'a request to the admin port could not be answered');
      response.destroy();
    });
  });
  server.on('connection', fewConnections());
  server.listen(place.port, place.ip);
  await once(server, 'listening');
  // One who comes when no more files may be open is no reason to end.
  server.on('error', (error) =>
    log.warn({ reason: error.message }, 'the admin port could not take a connection'),
  );
  server.unref();
  return (server.address() as AddressInfo).port;
}

function views({ name, askAll, own, peers: places }: Watched): Record<string, Route> {
  const history = new History(askAll);
  history.begin();
  const reports = () => askAll({ ask: 'report' });
  return {
    'GET livez': async () => text(200, 'ok'),
    'GET readyz': sparing(async () => {
      const answers = await reports();
      const unready = unreadyOf(answers);
      if (unready.length > 0) return text(503, unready.join('\n'));
      return text(200, ['ready', ...problemsOf(answers)].join('\n'));
    }),
    'GET metrics': sparing(async () => {
      const registry = aggregate(await reports());
      return { status: 200, type: registry.contentType, body: await registry.metrics() };
    }),
    'GET status': sparing(async () => json(await statusOf(name, await reports(), own?.all() ?? []))),
    'GET history': sparing(async () => json(history.all())),
    'GET peers': peers(places),
    'GET runbook': async ({ url = '', headers }) => runbook(url, headers['accept-language']),
    ...assets(),
  };
}

/** The files of the live page, by what is asked for. */
const ASSETS = [
  ['', 'admin.html', 'text/html'],
  ['admin.css', 'admin.css', 'text/css'],
  ['words.js', 'words.js', 'text/javascript'],
  ['admin.js', 'admin.js', 'text/javascript'],
] as const;

function assets(): Record<string, Route> {
  return Object.fromEntries(
    ASSETS.map(([word, file, type]) => {
      const answer = async () => ({
        status: 200,
        type: `${type}; charset=utf-8`,
        body: packageText(`assets/${file}`),
      });
      return [`GET ${word}`, answer];
    }),
  );
}

const notMeant: Route = async () =>
  text(421, 'the Host of this request is no name of this server: start it with --admin-host NAME');

async function handle(
  routes: ReadonlyMap<string, Route>,
  hosts: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [word, ...rest] = wordsOf(request.url ?? '/');
  const isHere = isMeant(request.headers.host, hosts);
  const route = isHere ? routes.get(`${request.method} ${word}`) : notMeant;
  const answer = await (route === undefined
    ? text(404, 'there is no such page')
    : route(request, rest.join('/')).catch((error) => text(500, String(error?.message ?? error))));
  response.writeHead(answer.status, { ...PAGE_HEADERS, 'content-type': answer.type }).end(answer.body);
}
