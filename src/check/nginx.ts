import { readFileSync } from 'node:fs';
import type { Settings } from '../options.js';
import { broken, type Check, type Finding, fine } from './finding.js';

const ABOUT = 'nginx';

/** What a configuration of nginx must and should say for chat: a test of its text, and what to write. */
const RULES: readonly [
  state: 'broken' | 'warning',
  wrong: (text: string, settings: Settings) => boolean,
  text: string,
  remedy: string,
][] = [
  [
    'broken',
    (text) => !/(^|[\s;}])stream\s*\{/.test(text),
    'it has no stream block: chat is no HTTP',
    'see deploy/nginx/nginx.conf',
  ],
  [
    'broken',
    (text) => !/\bproxy_pass\b/.test(text),
    'it passes nothing on to a server',
    'proxy_pass, see deploy/nginx/nginx.conf',
  ],
  [
    'broken',
    (text, settings) => saysWho(text) && settings['proxy-from'] === undefined,
    'it says who its clients are, and the server takes that for what they say',
    '--proxy-from with the address of nginx, or no proxy_protocol on;',
  ],
  [
    'broken',
    (text, settings) => !saysWho(text) && settings['proxy-from'] !== undefined,
    'it does not say who its clients are, and the server waits for that',
    'proxy_protocol on; or no --proxy-from',
  ],
  [
    'warning',
    (text) => seconds(/\bproxy_timeout\s+(\w+)\s*;/.exec(text)?.[1] ?? '10m') < 3600,
    'it ends connections that are silent for less than an hour',
    'proxy_timeout 24h;',
  ],
  [
    'warning',
    (text) => seconds(/\bproxy_connect_timeout\s+(\w+)\s*;/.exec(text)?.[1] ?? '60s') > 10,
    'clients wait for a node that is down for more than 10 s',
    'proxy_connect_timeout 2s;',
  ],
  [
    'warning',
    (text) => Number(/\bworker_connections\s+(\d+)\s*;/.exec(text)?.[1] ?? 512) < 4096,
    'it serves fewer than 2,048 clients in each of its processes: a client takes two connections',
    'worker_connections 65536;',
  ],
];

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, '': 1, m: 60, h: 3600, d: 86_400 };

function saysWho(text: string): boolean {
  return /\bproxy_protocol\s+on\s*;/.test(text);
}

/** A time of nginx in seconds. */
function seconds(text: string): number {
  const [, number, unit = ''] = /^(\d+)(ms|[smhd]?)$/.exec(text) ?? [];
  return number === undefined ? Number.NaN : Number(number) * (UNITS[unit] ?? 1);
}

/** Whether a configuration of nginx suits chat. That it is valid only `nginx -t` can tell. */
export const checkNginx: Check = async ({ settings }) => {
  const { nginx } = settings;
  if (nginx === undefined) return [];
  let text: string;
  try {
    text = readFileSync(nginx, 'utf8').replaceAll(/#.*$/gm, '');
  } catch (error) {
    return [
      broken(
        ABOUT,
        `${nginx} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
        'name its configuration',
      ),
    ];
  }
  const found = RULES.filter(([, wrong]) => wrong(text, settings)).map(
    ([state, , what, remedy]): Finding => ({ state, about: ABOUT, text: `${nginx}: ${what}`, remedy }),
  );
  return found.length > 0 ? found : [fine(ABOUT, `${nginx} suits chat; nginx -t tells whether it is valid`)];
};
