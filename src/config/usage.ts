import { OPTIONS, type Option } from '../options.js';
import { describeAll } from './describe.js';
import { TOOLS, type ToolName } from './tools.js';

/** The original's own words for a call with too few arguments (PROTOCOL.md section 1). */
export const TOO_FEW_ARGUMENTS = 'command invalid! example: ./ChatServer 127.0.0.1 6000';

/** How wide the longest call of a command is: the descriptions of commands stand in one column. */
const TOOL_COLUMN = Math.max(...Object.values(TOOLS).map((tool) => `chat-server ${tool.usage}`.length));

const EXAMPLES = [
  ['chat-server 127.0.0.1 6000', 'an embedded database in chat.db'],
  ['chat-server 0.0.0.0 6000 --drop-in', "in the original's place"],
  [
    'chat-server 0.0.0.0 6000 --mysql-file /etc/chat/mysql --redis redis://cache:6379',
    'one of several nodes',
  ],
] as const;

/** The text of --help. */
export function usage(): string {
  const groups = [...describeAll()].flatMap(([title, options]) => [
    '',
    `${title}:`,
    ...options.map(({ flag, help, fallback }) =>
      line(flag, fallback ? `${help} (default ${fallback})` : help),
    ),
  ]);
  return [
    'usage: chat-server IP PORT [options]',
    ...Object.values(TOOLS).map((tool) => line(`chat-server ${tool.usage}`, tool.help, TOOL_COLUMN)),
    ...groups,
    '',
    line('--config FILE', 'a file with lines such as: pace = 5'),
    line('--help, --version', 'show this, show the version'),
    '',
    'Each option can also be set in the environment, --log-level as CHAT_LOG_LEVEL and so on, IP and PORT as',
    'CHAT_IP and CHAT_PORT. The first that is given counts: argument, variable, file.',
    '',
    'Examples:',
    ...EXAMPLES.map(([command, what]) => `  ${command}\n      ${what}`),
  ].join('\n');
}

/** Options that others have as well, and without which a command does not know whom to ask. */
const NEEDED: Partial<Record<ToolName, readonly string[]>> = {
  user: ['data', 'mysql', 'admin', 'admin-peers', 'admin-token'],
  password: ['data', 'mysql'],
  users: ['admin', 'admin-peers', 'admin-token'],
  kick: ['admin', 'admin-peers', 'admin-token'],
  say: ['admin', 'admin-peers', 'admin-token'],
};

/** The text of --help behind the name of a command: its description, and the options that it needs or has alone. */
export function usageOf(name: ToolName): string {
  const tool = TOOLS[name];
  const own = [...describeAll().values()]
    .flat()
    .filter((option) => isFor(name, option.name) || NEEDED[name]?.includes(option.name));
  return [
    `usage: chat-server ${tool.usage} [options]`,
    `  ${tool.help}`,
    ...(own.length > 0 ? ['', ...own.map(({ flag, help }) => line(flag, help))] : []),
    '',
    'All other options: chat-server --help',
  ].join('\n');
}

function isFor(tool: ToolName, option: string): boolean {
  return (OPTIONS as Record<string, Option>)[option]?.only?.includes(tool) === true;
}

function line(left: string, help: string, column = 26): string {
  return `  ${left.padEnd(column)} ${help}`;
}
