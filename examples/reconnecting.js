// A client that comes back: when its connection is lost it connects and logs in again, a little later each time.
//
//   node examples/reconnecting.js 127.0.0.1 6000 ID PASSWORD
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ChatClient, ChatError } from 'chat-server';

const [host = '127.0.0.1', port = '6000', id, password = ''] = process.argv.slice(2);

/** How long it waits at first, and at most, in milliseconds. */
const [FIRST, LONGEST] = [200, 30_000];

for (let wait = FIRST; ; wait = Math.min(2 * wait, LONGEST)) {
  if (await stay()) wait = FIRST;
  // Not all clients of a server that was away at the same moment.
  await delay(wait * (0.5 + Math.random()));
}

/** Connects, logs in, and shows what comes until the connection is lost. Resolves with whether it was logged in. */
async function stay() {
  /** @type {ChatClient | undefined} */
  let client;
  try {
    client = await ChatClient.connect({ host, port: Number(port) });
    client.on('message', show);
    const closed = once(client, 'close');
    const { name, stored } = await client.login(Number(id), password);
    console.log(`${name} is here`);
    stored.forEach(show);
    const [lost] = await closed;
    console.error(lost.message);
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    // What is no id stays none, and a wrong password wrong; all else may pass, also that the account is in use.
    if (error instanceof RangeError || (error instanceof ChatError && error.errno === 1)) process.exit(1);
    await client?.close();
    return false;
  }
}

/** @param {import('chat-server').ChatMessage} message */
function show({ from, text }) {
  console.log(`${JSON.stringify(from.name)}: ${JSON.stringify(text)}`);
}
