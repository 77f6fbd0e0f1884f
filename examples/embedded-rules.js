// A chat server inside another program that has its own rules: who may log in, what may be sent, what is written down.
//
//   node examples/embedded-rules.js
//   curl http://127.0.0.1:8080/users
//   curl http://127.0.0.1:8080/metrics
//
// CHAT_PORT and HTTP_PORT set other ports than 6000 and 8080.
import { createServer } from 'node:http';
import { createChatServer } from 'chat-server';

const { CHAT_PORT = '6000', HTTP_PORT = '8080' } = process.env;

/** How many messages of whom were sent, by id. */
const sent = new Map();

const server = await createChatServer({
  port: Number(CHAT_PORT),
  data: ':memory:',
  logger: console,
  // Nobody from outside is root, whatever the password; all others as usual.
  authenticate: ({ name, address }) => (name === 'root' && address !== '127.0.0.1' ? false : undefined),
  // May take its time, and ask a database: only the sender waits.
  allow: async ({ json }) => !json.includes('casino'),
  onLogin: ({ id, name }) => console.log(`${id} ${JSON.stringify(name)} has come`),
  onLogout: ({ id }) => console.log(`${id} has gone`),
  onMessage: ({ document }) => sent.set(document.id, (sent.get(document.id) ?? 0) + 1),
});

/** @type {Record<string, () => string | Promise<string>>} */
const pages = {
  '/users': () => JSON.stringify(server.users()),
  '/sent': () => JSON.stringify([...sent]),
  '/metrics': () => server.metrics(),
};

const http = createServer(async (request, response) => {
  const page = pages[request.url ?? ''];
  if (page === undefined) response.writeHead(404).end();
  else response.end(await page());
});
http.listen(Number(HTTP_PORT), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
  console.log(`chat on port ${server.port}, http on port ${port}`);
});

process.once('SIGINT', stop);
process.once('SIGTERM', stop);

async function stop() {
  http.close();
  await server.stop();
}
