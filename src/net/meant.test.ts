import t from 'tap';
import { isMeant } from './meant.js';

t.test(
  'addresses, names without a dot and what is listed are this server; a page of elsewhere is not',
  async (t) => {
    for (const host of [
      ...[
        undefined,
        'localhost',
        'localhost:9100',
        'LOCALHOST',
        '127.0.0.1:9100',
        '10.0.0.7',
        '[::1]:9100',
        '[::1]',
      ],
      ...['node-a:9100', 'chat', 'a.localhost:1', 'watch.example.org', 'Watch.Example.Org.:9100'],
    ])
      t.ok(isMeant(host, ['watch.example.org']), `${host}`);
    for (const host of [
      ...[
        '',
        ':9100',
        'evil.example',
        'evil.example:9100',
        '127.0.0.1.evil.example',
        'localhost.evil.example',
      ],
      ...[
        '[evil.example]',
        '[',
        '[::1',
        'a:b',
        'a.localhost.evil.example',
        'xn--bcher-kva.example',
        '1.2.3.4.5',
      ],
    ])
      t.notOk(isMeant(host, ['watch.example.org']), host);
  },
);
