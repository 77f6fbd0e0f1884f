import t from 'tap';
import { parseNetworks } from '../config/networks.js';
import { clientOf, cookieOf, isOwnPage, isSecure } from './request.js';

const proxies = parseNetworks('10.0.0.0/8,fd00::1');

t.test('whom a request comes from', async (t) => {
  const from = (peer: string, said: string | string[]) =>
    clientOf(peer, { 'x-forwarded-for': said }, proxies);
  t.equal(from('192.0.2.1', '198.51.100.7'), '192.0.2.1', 'who is no proxy speaks for itself');
  t.equal(from('10.0.0.1', '198.51.100.7'), '198.51.100.7');
  t.equal(
    from('10.0.0.1', '1.2.3.4, 198.51.100.7'),
    '198.51.100.7',
    'what a client claims counts for nothing',
  );
  t.equal(from('10.0.0.1', '1.2.3.4, 198.51.100.7, 10.0.0.2'), '198.51.100.7', 'through two proxies');
  t.equal(from('10.0.0.1', ['1.2.3.4', '198.51.100.7']), '198.51.100.7', 'two headers are one list');
  t.equal(from('10.0.0.1', ['2001:db8::1']), '2001:db8::1');
  t.equal(from('fd00::1', 'no address'), 'fd00::1');
  t.equal(from('10.0.0.1', 'x, 10.0.0.9'), '10.0.0.9', 'what is no address ends the list');
  t.equal(clientOf('10.0.0.1', {}, proxies), '10.0.0.1');
  t.equal(
    clientOf('10.0.0.1', { 'x-forwarded-for': '1.1.1.1' }, undefined),
    '10.0.0.1',
    'no proxies are named',
  );
});

t.test('whether the browser speaks TLS', async (t) => {
  const https = { 'x-forwarded-proto': 'https' };
  t.ok(isSecure({ encrypted: true, peer: '192.0.2.1' }, {}, proxies));
  t.ok(isSecure({ encrypted: false, peer: '10.0.0.1' }, https, proxies));
  t.notOk(isSecure({ encrypted: false, peer: '192.0.2.1' }, https, proxies));
  t.notOk(isSecure({ encrypted: false, peer: '10.0.0.1' }, {}, proxies));
});

t.test('which page may ask', async (t) => {
  const host = 'chat.example:8080';
  for (const origin of [
    undefined,
    'http://chat.example:8080',
    'http://CHAT.example:8080',
    'https://other.example',
  ])
    t.ok(isOwnPage({ host, origin }, false, ['https://other.example']), String(origin));
  for (const origin of [
    'null',
    '',
    'http://evil.example',
    'http://chat.example',
    'http://chat.example:8080.evil.example',
    'http://evil.example/http://chat.example:8080',
    'file://',
  ])
    t.notOk(isOwnPage({ host, origin }, false, ['https://other.example']), origin);
  t.notOk(isOwnPage({ host, origin: `https://${host}` }, false, []), 'https, where nobody says so');
  t.ok(isOwnPage({ host, origin: `https://${host}` }, true, []));
  t.notOk(isOwnPage({ host, origin: `http://${host}` }, true, []), 'http, where https is spoken');
  t.notOk(isOwnPage({ origin: 'http://a' }, false, []), 'without a Host');
});

t.test('cookies', async (t) => {
  t.equal(cookieOf({ cookie: 'a=1; chat=xyz; b=2' }, 'chat'), 'xyz');
  for (const cookie of [undefined, '', 'chat', 'xchat=1', '=chat', ';;;', 'Chat=1'])
    t.equal(cookieOf({ cookie }, 'chat'), undefined, String(cookie));
});
