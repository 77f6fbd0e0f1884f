#!/usr/bin/env node
import { ChatClient } from './chat-client.js';
import { converse } from './conversation.js';
import { Keyboard } from './keyboard.js';
import { pipe, type Terminal } from './terminal.js';

/** The original's exit status for a call that it does not understand. */
const WRONG_USE = 255;

const WRONG = 'command invalid! example: chat-client 127.0.0.1 6000';

const HELP = `usage: chat-client HOST PORT

Talks to a chat server: register, log in with the id that you are given, then type commands;
help lists them. Example: chat-client 127.0.0.1 6000

  -h, --help    show this

At a keyboard: arrow-up brings commands back, Ctrl-D or quit ends. (unread) stands before messages that
were waiting for you. On a pipe, one line of input is one answer, as with the original's client.`;

/** Ends the process with one line, and the exit status of the original. */
function fail(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(WRONG_USE);
}

/** Host and port of the command line. */
function readArguments([host, portText = '', ...more]: string[]): { host: string; port: number } {
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (!host || port < 1 || port > 65535 || more.length > 0) fail(WRONG);
  return { host, port };
}

function openTerminal(): Terminal {
  const { stdin, stdout, env } = process;
  return stdin.isTTY && stdout.isTTY ? new Keyboard(stdin, stdout, env) : pipe(stdin, stdout);
}

async function main(args: string[]): Promise<void> {
  if (args.some((arg) => arg === '-h' || arg === '--help')) return console.log(HELP);
  const { host, port } = readArguments(args);
  const connect = () =>
    ChatClient.connect({ host, port }).catch((error) => {
      throw new Error(`cannot connect to ${host} ${port}: ${error.code ?? error.message}`);
    });
  await converse(await connect(), connect, openTerminal());
}

process.stdout.on('error', () => process.exit(WRONG_USE));
await main(process.argv.slice(2)).catch((error: Error) => fail(error.message));
process.exit(0);
