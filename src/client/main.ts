#!/usr/bin/env node
import { once } from 'node:events';
import { connect } from 'node:net';
import { Session } from './session.js';
import { keyboard, pipe } from './terminal.js';

const USAGE = 'command invalid! example: ./ChatClient 127.0.0.1 6000';

/** Ends the process with one line, and the exit status of the original. */
function fail(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(255);
}

/** Host and port of the command line. */
function readArguments([host, portText = '', ...more]: string[]): { host: string; port: number } {
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (!host || port < 1 || port > 65535 || more.length > 0) fail(USAGE);
  return { host, port };
}

async function main(): Promise<void> {
  const { host, port } = readArguments(process.argv.slice(2));
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect').catch((error) => fail(`cannot connect to ${host} ${port}: ${error.code}`));
  const atKeyboard = process.stdin.isTTY && process.stdout.isTTY;
  const terminal = (atKeyboard ? keyboard : pipe)(process.stdin, process.stdout);
  await new Session(socket, terminal).run().catch((error: Error) => fail(error.message));
  process.exit(0);
}

process.stdout.on('error', () => process.exit(255));
await main();
