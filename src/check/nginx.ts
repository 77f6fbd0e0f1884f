import type { Settings } from '../options.js';
import { broken, type Check, type Finding, fine, type Subject } from './finding.js';
import { readNginx } from './nginx-files.js';
import type { Directive } from './nginx-syntax.js';

const ABOUT = 'nginx';

/** A server of the stream block, with the directives of the blocks around it. */
interface Server {
  /** The last value of a directive; undefined when there is none. */
  readonly get: (name: string) => string | undefined;
  /** The ports that it passes to; undefined when nobody can say, as for a variable. */
  readonly ports: readonly number[] | undefined;
}

/** The rules for a server of nginx for chat: each with its fault and its remedy. */
const RULES: readonly [
  state: 'broken' | 'warning',
  wrong: (server: Server, settings: Settings) => boolean,
  text: string,
  remedy: string,
][] = [
  [
    'broken',
    (server, settings) => saysWho(server) && settings['proxy-from'] === undefined,
    'it says who its clients are, and the server takes that for what they say',
    '--proxy-from with the address of nginx, or no proxy_protocol on;',
  ],
  [
    'broken',
    (server, settings) => !saysWho(server) && settings['proxy-from'] !== undefined,
    'it does not say who its clients are, and the server waits for that',
    'proxy_protocol on; or no --proxy-from',
  ],
  [
    'warning',
    (server) => seconds(server.get('proxy_timeout') ?? '10m') < 3600,
    'it ends connections that are silent for less than an hour',
    'proxy_timeout 24h;',
  ],
  [
    'warning',
    (server) => seconds(server.get('proxy_connect_timeout') ?? '60s') > 10,
    'clients wait for a node that is down for more than 10 s',
    'proxy_connect_timeout 2s;',
  ],
  [
    'warning',
    (server) => Number(server.get('worker_connections') ?? 512) < 4096,
    'it serves fewer than 2,048 clients in each of its processes: a client takes two connections',
    'worker_connections 65536;',
  ],
];

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, '': 1, m: 60, h: 3600, d: 86_400 };

function saysWho(server: Server): boolean {
  return server.get('proxy_protocol') === 'on';
}

/** A time of nginx, as `1h 30m`, in seconds. */
function seconds(text: string): number {
  const parts = [...text.matchAll(/(\d+)(ms|[smhd]?)(?=\d|\s|$)/g)];
  if (parts.length === 0) return Number.NaN;
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 1), 0);
}

/** Whether a configuration of nginx suits chat. That it is valid only `nginx -t` can tell. */
export const checkNginx: Check = async (subject) => {
  const { nginx } = subject.settings;
  if (nginx === undefined) return [];
  try {
    return judge(nginx, readNginx(nginx), subject);
  } catch (error) {
    return [broken(ABOUT, (error as Error).message, 'name its configuration')];
  }
};

function judge(file: string, directives: readonly Directive[], { settings, place }: Subject): Finding[] {
  const wrong = (text: string, remedy: string) => [broken(ABOUT, `${file}: ${text}`, remedy)];
  const streams = blocks(directives, 'stream');
  if (streams.length === 0)
    return wrong('it has no stream block: chat is no HTTP', 'see deploy/nginx/nginx.conf');
  const servers = streams.flatMap((stream) => serversOf(stream, blocks(directives, 'events').flat()));
  if (servers.length === 0)
    return wrong('it passes nothing on to a server', 'proxy_pass, see deploy/nginx/nginx.conf');
  const ports = [place?.port, settings.tls?.port].filter((port) => port !== undefined && port !== 0);
  const ours = servers.filter(
    (server) => ports.length === 0 || (server.ports?.some((port) => ports.includes(port)) ?? true),
  );
  if (ours.length === 0)
    return wrong(
      `no server in its stream block passes to port ${ports.join(' or ')}`,
      `server IP:${ports[0]}; in an upstream`,
    );
  const found = RULES.filter(([, isWrong]) => ours.some((server) => isWrong(server, settings))).map(
    ([state, , what, remedy]): Finding => ({ state, about: ABOUT, text: `${file}: ${what}`, remedy }),
  );
  return found.length > 0 ? found : [fine(ABOUT, `${file} suits chat; nginx -t tells whether it is valid`)];
}

/** The contents of all blocks of this name. */
function blocks(directives: readonly Directive[], name: string): (readonly Directive[])[] {
  return directives.flatMap((directive) =>
    directive.name === name && directive.block !== undefined ? [directive.block] : [],
  );
}

/** The servers that pass something on. */
function serversOf(stream: readonly Directive[], events: readonly Directive[]): Server[] {
  return blocks(stream, 'server').flatMap((server) => {
    const get = (name: string) =>
      [server, stream, events].map((block) => valueIn(block, name)).find((value) => value !== undefined);
    const target = valueIn(server, 'proxy_pass');
    return target === undefined ? [] : [{ get, ports: portsOf(target, stream) }];
  });
}

function valueIn(block: readonly Directive[], name: string): string | undefined {
  return block
    .filter((directive) => directive.name === name && directive.block === undefined)
    .at(-1)
    ?.args.join(' ');
}

/** The ports behind a target of `proxy_pass`: an address, or an upstream of that name. */
function portsOf(target: string, stream: readonly Directive[]): number[] | undefined {
  if (target.includes('$')) return undefined;
  const upstream = stream.find(({ name, args }) => name === 'upstream' && args[0] === target);
  const addresses = upstream?.block
    ?.filter(({ name }) => name === 'server')
    .map(({ args }) => args[0] ?? '') ?? [target];
  return addresses.flatMap((address) => {
    const [, port] = /:(\d+)$/.exec(address) ?? [];
    return port === undefined ? [] : [Number(port)];
  });
}
