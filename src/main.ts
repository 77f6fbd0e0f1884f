#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { type Command, ConfigError, readCommand, TOO_FEW_ARGUMENTS, usage } from './config.js';
import { serve } from './serve.js';

/** The original's exit status for a call it does not understand (PROTOCOL.md section 1). */
const WRONG_USE = 255;

const COMMANDS: Record<Exclude<Command['run'], 'serve'>, () => void> = {
  help: () => console.log(usage()),
  version: () => console.log(version()),
  'too few arguments': () => {
    console.error(`${TOO_FEW_ARGUMENTS}\n${usage()}`);
    process.exitCode = WRONG_USE;
  },
};

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}

try {
  const args = process.argv.slice(2);
  const command = readCommand(args, process.env);
  if (command.run === 'serve') await serve(command.config, args);
  else COMMANDS[command.run]();
} catch (error) {
  console.error(`chat-server: ${error instanceof Error ? error.message : error}`);
  // Back ends that are open already would keep the process alive.
  process.exit(error instanceof ConfigError ? 2 : 1);
}
