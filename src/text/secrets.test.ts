import t from 'tap';
import { redacted, withoutSecrets } from './secrets.js';

t.test('what may be a secret is not shown', async (t) => {
  for (const value of [
    'mysql://u:hunter2@h/db',
    'mysql://u:hun ter2@h',
    'redis://h?password=hunter2',
    'u:hunter2@h',
    'mysql://u:hunter2',
    'x=mysql://u:hunter2@h',
  ])
    t.notMatch(redacted(value), /hun|ter2/, value);
  t.equal(redacted('127.0.0.1'), '127.0.0.1');
  t.equal(
    withoutSecrets('cannot use mysql://u:hunter2@h/db, or redis://:hunter2@h?password=hunter2 at all'),
    'cannot use mysql://***@h/db, or redis://***@h?*** at all',
  );
  t.equal(
    withoutSecrets('as mysql://user:password@host:port/chat'),
    'as mysql://user:password@host:port/chat',
  );
});
