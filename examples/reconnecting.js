// A client that comes back: when its connection is lost it connects and logs in again, a little later each time.
//
//   node examples/reconnecting.js 127.0.0.1 6000 ID PASSWORD
import { ChatClient } from 'chat-server';

const [host = '127.0.0.1', port = '6000', id, password = ''] = process.argv.slice(2);

try {
  const client = await ChatClient.connect({ host, port: Number(port), reconnect: true });
  client.on('message', show);
  client.on('lost', ({ message }) => console.error(message));
  client.on('back', welcome);
  // It ends when the password is wrong by now; or by client.close().
  client.on('close', (lost) => {
    if (lost === undefined) return;
    console.error(lost.message);
    process.exitCode = 1;
  });
  welcome(await client.login(Number(id), password));
} catch (error) {
  // The server is not there, what was given is no id, or the login was refused.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** @param {import('chat-server').Login | undefined} login */
function welcome(login) {
  if (login === undefined) return;
  console.log(`${login.name} is here`);
  login.stored.forEach(show);
}

/** @param {import('chat-server').ChatMessage} message */
function show({ from, text }) {
  console.log(`${JSON.stringify(from.name)}: ${JSON.stringify(text)}`);
}
