import { TOO_FEW_ARGUMENTS, usage } from '../config/usage.js';
import { type Command, ConfigError, readCommand } from '../config.js';
import { version } from '../ops/package.js';
import { serve } from '../serve.js';
import { backup } from './backup.js';
import { check } from './check.js';
import { init } from './init.js';
import { move } from './move.js';

/** The original's exit status for a call it does not understand (PROTOCOL.md section 1). */
const WRONG_USE = 255;

/** Runs what the command line asks for. What goes wrong is said in one line; the exit status is 2 for wrong use. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await carryOut(readCommand(args, env), args);
  } catch (error) {
    console.error(`chat-server: ${error instanceof Error ? error.message : error}`);
    // Back ends that are open already would keep the process alive.
    process.exit(error instanceof ConfigError ? 2 : 1);
  }
}

async function carryOut(command: Command, args: readonly string[]): Promise<void> {
  switch (command.run) {
    case 'serve':
      return serve(command.config, args);
    case 'init':
      return init(command.settings);
    case 'check':
      return check(command);
    case 'backup':
      return backup(command.settings, command.words[0] ?? '');
    case 'move':
      return move(command.settings, command.words[0] ?? '');
    case 'dialect':
      return (await import('./dialect.js')).dialect(command.settings, command.words);
    case 'help':
      return console.log(usage());
    case 'version':
      return console.log(version());
    case 'too few arguments':
      console.error(`${TOO_FEW_ARGUMENTS}\n${usage()}`);
      process.exitCode = WRONG_USE;
  }
}
