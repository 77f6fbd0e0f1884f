import t from 'tap';
import { networkOf } from './network.js';

t.test('an address of IPv4 stands for itself, one of IPv6 for its first 64 bits', async (t) => {
  const cases: Readonly<Record<string, string>> = {
    '10.0.0.1': '10.0.0.1',
    '::ffff:10.0.0.1': '10.0.0.1',
    '0:0:0:0:0:FFFF:10.0.0.1': '10.0.0.1',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '2001:0db8:0001:0002::ffff': '2001:db8:1:2::/64',
    '2001:db8::5:6': '2001:db8:0:0::/64',
    '2001:DB8::': '2001:db8:0:0::/64',
    '::1': '0:0:0:0::/64',
    '::': '0:0:0:0::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
    '64:ff9b::10.0.0.1': '64:ff9b:0:0::/64',
    '': '',
    unknown: 'unknown',
  };
  for (const [address, network] of Object.entries(cases)) t.equal(networkOf(address), network, address);
});
