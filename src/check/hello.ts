import { FRAMES } from '../net/frames.js';
import type { Settings } from '../options.js';

/** Nobody has this id. */
const NOBODY = -2147483648;

/**
 * The first bytes to a server with these settings: a login of nobody, which it answers. From an address whose word
 * it takes for that of a proxy, with the header that it waits for.
 */
export function helloTo(host: string, settings: Pick<Settings, 'dialect' | 'proxy-from'>): Buffer {
  const { dialect, 'proxy-from': proxies } = settings;
  const [number, { fields }] = [...dialect.requests].find(([, { verb }]) => verb === 'login') ?? [
    1,
    { fields: dialect.fields },
  ];
  const { ints, texts } = fields;
  const values: [names: readonly string[], value: string | number][] = [
    [ints.msgid.names, number],
    [ints.id.names, NOBODY],
    [texts.name.names, ''],
    [texts.password.names, ''],
  ];
  const entries = values.map(([[name = ''], value]) => [name, value]);
  const document = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const isProxy = proxies?.check(host, host.includes(':') ? 'ipv6' : 'ipv4') ?? false;
  const { in: framing } = dialect.framing;
  const frame = FRAMES[framing === 'none' ? 'nul' : framing] ?? ((bytes: Buffer) => [bytes]);
  return Buffer.concat([Buffer.from(isProxy ? 'PROXY UNKNOWN\r\n' : ''), ...frame(document)]);
}

/** A server's answer to that login while its database is away. */
export function unavailableOf({ replies }: Settings['dialect']): Buffer | string {
  return replies.write('login', 'unavailable') ?? 'service is unavailable';
}
