// A chat server inside another program, which tells its users what happens there.
//
//   node examples/embedded-server.js
//   curl --data 'the oven is hot' http://127.0.0.1:8080/say/2
//
// CHAT_PORT and HTTP_PORT set other ports than 6000 and 8080.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { ChatClient, createChatServer } from 'chat-server';

const { CHAT_PORT = '6000', HTTP_PORT = '8080' } = process.env;
const server = await createChatServer({ port: Number(CHAT_PORT), data: ':memory:' });

// The program is a user like any other.
const program = await ChatClient.connect({ host: server.ip, port: server.port });
const password = crypto.randomUUID();
await program.login(await program.register('program', password), password);

const http = createServer(async (request, response) => {
  const [, id] = /^\/say\/(\d+)$/.exec(request.url ?? '') ?? [];
  if (request.method !== 'POST' || id === undefined) {
    response.writeHead(404).end('POST /say/ID\n');
    return;
  }
  try {
    await program.chat(Number(id), await text(request));
    response.writeHead(204).end();
  } catch (error) {
    // A text that is too long for a message, or the end of the server: no request may end the program.
    response.writeHead(error instanceof RangeError ? 413 : 503).end();
  }
});
http.listen(Number(HTTP_PORT), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
  console.log(`chat on port ${server.port}, http on port ${port}`);
});

process.once('SIGINT', stop);
process.once('SIGTERM', stop);

async function stop() {
  http.close();
  await program.close();
  await server.stop();
}
