/** The commands beside serving: what follows their name, how many words that is, and a line of help. */
export const TOOLS = {
  demo: {
    words: [0],
    usage: 'demo',
    help: 'look at the page for browsers, with bots to chat with; nothing is written to disk',
  },
  init: { words: [0], usage: 'init', help: 'create the database and the tables that are missing' },
  check: {
    words: [0, 2],
    usage: 'check [IP PORT]',
    help: 'look whether a server with these options would work',
  },
  dialect: {
    words: [2],
    usage: 'dialect learn FILE',
    help: "listen to a fork's clients, and write the file for --dialect",
  },
  backup: { words: [1], usage: 'backup FILE', help: 'copy the embedded database, also while it is in use' },
  move: {
    words: [1],
    usage: 'move mysql|embedded',
    help: 'copy everything from the embedded database into MySQL, or back',
  },
  user: { words: [1], usage: 'user NAME|ID', help: 'what the database knows of a user' },
  password: {
    words: [1],
    usage: 'password NAME|ID',
    help: 'give a user a new password, read from standard input; also while a server runs',
  },
  users: {
    words: [0],
    usage: 'users',
    help: 'who is logged in on a running server, since when, idle for how long (--admin, --admin-token)',
  },
  kick: {
    words: [1],
    usage: 'kick ID',
    help: 'end the connection of a user there; with --for MINUTES the user may not come back so soon',
  },
  say: { words: [1], usage: 'say TEXT', help: 'write a text to everybody who is logged in there' },
} as const satisfies Record<string, { words: readonly number[]; usage: string; help: string }>;

export type ToolName = keyof typeof TOOLS;

export function isTool(word: string | undefined): word is ToolName {
  return word !== undefined && Object.hasOwn(TOOLS, word);
}
