import type { ToolName } from '../config/tools.js';
import { TOO_FEW_ARGUMENTS, usage, usageOf } from '../config/usage.js';
import { type Command, ConfigError, readCommand } from '../config.js';
import { unlistenable } from '../net/unlistenable.js';
import { version } from '../ops/package.js';
import { printableLines } from '../text/printable.js';
import { withoutSecrets } from '../text/secrets.js';

/** The most of a line of an error that is shown, in characters. */
const MOST = 1000;

/** The original's exit status for a call it does not understand (PROTOCOL.md section 1). */
const WRONG_USE = 255;

/** Runs the command line. An error is told in one line; the exit status is 2 for wrong use. */
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

/** Each loads what it needs when it is run: a server starts sooner without the parts of the others. */
const TOOLS: Record<ToolName, (tool: Tool) => Promise<void>> = {
  demo: async ({ settings }) => (await import('./demo.js')).demo(settings),
  init: async ({ settings }) => (await import('./init.js')).init(settings),
  check: async (tool) => (await import('./check.js')).check(tool),
  dialect: async ({ settings, words }) => (await import('./dialect.js')).dialect(settings, words),
  backup: async ({ settings, words: [file = ''] }) => (await import('./backup.js')).backup(settings, file),
  move: async ({ settings, words: [to = ''], again }) =>
    (await import('./move.js')).move(settings, to, again),
  user: async ({ settings, words: [who = ''] }) => (await import('./accounts.js')).user(settings, who),
  password: async ({ settings, words: [who = ''] }) =>
    (await import('./accounts.js')).password(settings, who),
  users: async ({ settings }) => (await import('./orders.js')).users(settings),
  kick: async ({ settings, words: [userid = ''] }) => (await import('./orders.js')).kick(settings, userid),
  say: async ({ settings, words: [text = ''] }) => (await import('./orders.js')).say(settings, text),
};

async function carryOut(command: Command, args: readonly string[]): Promise<void> {
  switch (command.run) {
    case 'serve':
      return (await import('../serve.js')).serve(command.config, args);
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
