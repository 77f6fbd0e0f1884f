// A bot: it answers whoever writes to it, and in groups whoever calls it by its name.
//
//   node examples/bot.js 127.0.0.1 6000 ID PASSWORD
//
// Register its account with chat-client first; in a program of your own import from 'chat-server' as here.
import { ChatClient } from 'chat-server';

const [host = '127.0.0.1', port = '6000', id, password = ''] = process.argv.slice(2);
const bot = await ChatClient.connect({ host, port: Number(port) });

/** A server takes no longer message than 64 KB, and who writes to the bot decides how long its answer is. */
const MOST = 300;

bot.on('message', (message) => answer(message).catch(({ message: why }) => console.error(why)));
bot.on('close', (lost) => {
  if (lost) console.error(lost.message);
  process.exitCode = lost ? 1 : 0;
});

const { name, stored } = await bot.login(Number(id), password);
console.log(`${name} listens`);
for (const message of stored) await answer(message);

process.once('SIGINT', () => bot.close());
process.once('SIGTERM', () => bot.close());

/** @param {import('chat-server').ChatMessage} message */
async function answer({ from, group, text }) {
  // The server itself writes from the id 0, and nobody reads there.
  if (from.id === 0) return;
  const words = `hello ${from.name.slice(0, MOST)}, you said: ${text.slice(0, MOST)}`;
  if (group === undefined) await bot.chat(from.id, words);
  else if (text.includes(name)) await bot.groupChat(group, words);
}
