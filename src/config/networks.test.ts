import t from 'tap';
import { parseNetworks } from './networks.js';

t.test('IPs and networks', async (t) => {
  const list = parseNetworks('10.0.0.7, 192.168.0.0/16,fd00::/8');
  for (const ip of ['10.0.0.7', '192.168.9.1']) t.ok(list?.check(ip, 'ipv4'), ip);
  for (const ip of ['10.0.0.8', '192.169.0.1']) t.notOk(list?.check(ip, 'ipv4'), ip);
  t.ok(list?.check('fd12::1', 'ipv6'));
  t.notOk(list?.check('fe80::1', 'ipv6'));
  t.ok(list?.check('::ffff:10.0.0.7', 'ipv6'), 'as a port for both kinds sees it');
});

t.test('what is none', async (t) => {
  for (const text of [
    '',
    '10.0.0.7,',
    '10.0.0.0/33',
    '::/129',
    'localhost',
    '10.0.0.7/',
    '10.0.0.0/-1',
    '1.2.3',
  ])
    t.equal(parseNetworks(text), undefined, text);
});
