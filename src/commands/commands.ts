import type { ToolName } from '../config/tools.js';
import { TOO_FEW_ARGUMENTS, usage, usageOf } from '../config/usage.js';
import { type Command, ConfigError, readCommand } from '../config.js';
import { unlistenable } from '../net/unlistenable.js';
import { version } from '../ops/package.js';
import { serve } from '../serve.js';
import { printableLines } from '../text/printable.js';
import { withoutSecrets } from '../text/secrets.js';
import { backup } from './backup.js';
import { check } from './check.js';
import { init } from './init.js';
import { move } from './move.js';
import { kick, say, users } from './orders.js';

/** The most of a line of an error that is shown, in characters. */
const MOST = 1000;

/** The original's exit status for a call it does not understand (PROTOCOL.md section 1). */
const WRONG_USE = 255;

/** Runs what the command line asks for. What goes wrong is said in one line; the exit status is 2 for wrong use. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await carryOut(readCommand(args, env), args);
  } catch (thrown) {
    const error = unlistenable(thrown);
    const message = error instanceof Error ? error.message : String(error);
    console.error(`chat-server: ${printableLines(withoutSecrets(message), MOST)}`);
    // Back ends that are open already would keep the process alive.
    process.exit(error instanceof ConfigError ? 2 : 1);
  }
}

type Tool = Extract<Command, { readonly run: ToolName }>;

const TOOLS: Record<ToolName, (tool: Tool) => Promise<void>> = {
  init: ({ settings }) => init(settings),
  check,
  dialect: async ({ settings, words }) => (await import('./dialect.js')).dialect(settings, words),
  backup: ({ settings, words: [file = ''] }) => backup(settings, file),
  move: ({ settings, words: [to = ''], again }) => move(settings, to, again),
  user: async ({ settings, words: [who = ''] }) => (await import('./accounts.js')).user(settings, who),
  password: async ({ settings, words: [who = ''] }) =>
    (await import('./accounts.js')).password(settings, who),
  users: ({ settings }) => users(settings),
  kick: ({ settings, words: [userid = ''] }) => kick(settings, userid),
  say: ({ settings, words: [text = ''] }) => say(settings, text),
};

async function carryOut(command: Command, args: readonly string[]): Promise<void> {
  switch (command.run) {
    case 'serve':
      return serve(command.config, args);
    case 'help':
      return console.log(command.of === undefined ? usage() : usageOf(command.of));
    case 'version':
      return console.log(version());
    case 'too few arguments':
      console.error(`${TOO_FEW_ARGUMENTS}\n${usage()}`);
      process.exitCode = WRONG_USE;
      return;
    default:
      return TOOLS[command.run](command);
  }
}
