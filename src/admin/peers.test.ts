import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { peers } from './peers.js';

const STATUS = { name: 'n', version: '1', uptime: 1, problems: [], unready: [], values: { chat_users: 3 } };

t.test(
  'a peer that lies costs no more than its status may have, however small it is on the wire',
  async (t) => {
    const bodies = [
      JSON.stringify(STATUS),
      JSON.stringify({ ...STATUS, problems: Array(1_000_000).fill('') }),
      '['.repeat(1_000_000),
      '[',
    ];
    const places = await Promise.all(
      bodies.map(async (body) => {
        const packed = gzipSync(body);
        const server = createServer((_, response) => {
          response.writeHead(200, { 'content-encoding': 'gzip', connection: 'close' }).end(packed);
        });
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        t.teardown(() => server.close());
        return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
      }),
    );
    const { body } = await peers(places)({} as IncomingMessage, '');
    t.match(JSON.parse(body), [
      { name: 'n', users: 3, silent: undefined },
      { silent: 'its answer is too long' },
      { silent: 'its answer is too long' },
      { silent: 'it is no chat-server' },
    ]);
  },
);
