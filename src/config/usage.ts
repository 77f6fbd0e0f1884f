import { OPTIONS, type Option } from '../options.js';
import { TOOLS } from './tools.js';

/** The original's own words for a call with too few arguments (PROTOCOL.md section 1). */
export const TOO_FEW_ARGUMENTS = 'command invalid! example: ./ChatServer 127.0.0.1 6000';

/** The text of --help. */
export function usage(): string {
  const options = Object.entries<Option>(OPTIONS).map(([name, { value, help }]) =>
    line(`--${name} ${value ?? ''}`, help),
  );
  return [
    'usage: chat-server IP PORT [options]',
    ...Object.values(TOOLS).map((tool) => line(`chat-server ${tool.usage}`, tool.help)),
    '',
    ...options,
    line('--help', 'show this'),
    line('--version', 'show the version'),
    '',
    'Each option can also be set in the environment: --log-level as CHAT_LOG_LEVEL, and so on.',
    'So that no list of processes shows them: --mysql-file FILE and --redis-file FILE hold a URL each.',
  ].join('\n');
}

function line(left: string, help: string): string {
  return `  ${left.trim().padEnd(26)} ${help}`;
}
