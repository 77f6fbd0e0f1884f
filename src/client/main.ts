#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { readPem } from '../text/bounded-file.js';
import { Again } from './again.js';
import { ChatClient, type ChatClientAddress } from './chat-client.js';
import { converse } from './conversation.js';
import { Keyboard } from './keyboard.js';
import { wordsOf } from './languages.js';
import { pipe, type Terminal } from './terminal.js';

/** The original's exit status for a call that it does not understand. */
const WRONG_USE = 255;

const WRONG = 'command invalid! example: chat-client 127.0.0.1 6000';

/** Ends the process with one line, and the exit status of the original. */
function fail(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(WRONG_USE);
}

/** The content of the command line. */
function readArguments(args: string[]): ChatClientAddress | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  const [host, portText = '', ...more] = positionals;
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (!host || port < 1 || port > 65535 || more.length > 0) fail(WRONG);
  const { tls = false, ca } = values;
  if (ca !== undefined && !tls) fail('--ca goes with --tls');
  return { host, port, tls: ca === undefined ? tls : { ca: readCa(ca) } };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        tls: { type: 'boolean' },
        ca: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch {
    fail(WRONG);
  }
}

function readCa(file: string): Buffer {
  try {
    return readPem(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    fail(`--ca ${file}: cannot be read (${code ?? message})`);
  }
}

function openTerminal(): Terminal {
  const { stdin, stdout, env } = process;
  return stdin.isTTY && stdout.isTTY ? new Keyboard(stdin, stdout, env) : pipe(stdin, stdout);
}

async function main(args: string[]): Promise<void> {
  const address = readArguments(args);
  if (address === 'help') return console.log(wordsOf(process.env).usage);
  const terminal = openTerminal();
  const again = new Again();
  // A script sends its lines, and nothing else.
  const connect = () =>
    ChatClient.connect({
      ...address,
      heartbeat: terminal.person,
      confirm: terminal.person,
      again,
      tell: terminal.person ? ['recalled', 'friends'] : [],
    }).catch((error) => {
      throw new Error(terminal.words.cannotConnect(address.host, address.port, why(error)));
    });
  await converse(await connect(), connect, terminal);
}

/** Certificates that nobody vouches for are told with what to do. */
function why({ code, message }: NodeJS.ErrnoException): string {
  const isUnknown = /SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)/.test(code ?? '');
  return isUnknown
    ? `${code}: name its certificate, or that of who vouches for it, by --ca`
    : (code ?? message);
}

process.stdout.on('error', () => process.exit(WRONG_USE));
await main(process.argv.slice(2)).catch((error: Error) => fail(error.message));
process.exit(0);
