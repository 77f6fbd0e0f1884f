import t from 'tap';
import { parseRedisUrl, whereIsRedis } from './url.js';

t.test('one Redis keeps its URL as it is', async (t) => {
  const url = 'redis://me:p%23@cache/3';
  const place = parseRedisUrl(url);
  t.match(place, { kind: 'alone', hosts: ['cache:6379'] });
  t.equal(place?.urlOf('cache:6379'), url);
  t.equal(whereIsRedis(url), 'cache:6379');
});

t.test('servers of a cluster share login and encryption', async (t) => {
  const place = parseRedisUrl('rediss-cluster://me:p%2C%40@a:1,[::1]:2,c');
  t.match(place, { kind: 'cluster', hosts: ['a:1', '[::1]:2', 'c:6379'] });
  t.equal(place?.urlOf('d:4'), 'rediss://me:p%2C%40@d:4');
});

t.test('Sentinels have a port and a password of their own, and a name for the master', async (t) => {
  const url = 'redis-sentinel://:pw@a,b:7/my%20chat?sentinel-password=s%26&sentinel-user=u';
  const place = parseRedisUrl(url);
  t.match(place, { kind: 'sentinel', hosts: ['a:26379', 'b:7'], name: 'my chat' });
  t.equal(place?.urlOf('d:4'), 'redis://:pw@d:4');
  t.equal(place?.sentinelUrlOf('a:26379'), 'redis://u:s%26@a:26379');
  t.equal(whereIsRedis(url), 'a:26379,b:7/my chat');
});

const wrong = [
  'redis://a,b',
  'redis://',
  'redis-cluster://',
  'redis-cluster://a,',
  'redis-cluster://a:x,b',
  'redis-cluster://a/0',
  'redis-sentinel://a,b',
  'redis-sentinel://a/b/c',
  'redis-other://a',
  'http://a',
  'redis-cluster://p#w@a',
];
for (const url of wrong) t.test(`${url} is none`, async (t) => t.equal(parseRedisUrl(url), undefined));
