import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { envName, OPTIONS, type Option, type OptionName, type Settings } from './options.js';

/** What the server was started with. */
export interface Config extends Settings {
  readonly ip: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
}

/** The command line or the environment asks for something that cannot be; the message is one plain line. */
export class ConfigError extends Error {}

/** The original's own words for a call with too few arguments (PROTOCOL.md section 1). */
export const TOO_FEW_ARGUMENTS = 'command invalid! example: ./ChatServer 127.0.0.1 6000';

export type Command = { run: 'serve'; config: Config } | { run: 'help' | 'version' | 'too few arguments' };

/** Reads arguments and environment; an argument wins over its environment twin. Throws ConfigError. */
export function readCommand(args: readonly string[], env: NodeJS.ProcessEnv): Command {
  const { values, positionals } = parse(args);
  if (values.help === true) return { run: 'help' };
  if (values.version === true) return { run: 'version' };
  const [ip, port, extra] = positionals;
  if (ip === undefined || port === undefined) return { run: 'too few arguments' };
  if (extra !== undefined) throw new ConfigError(`unexpected argument: ${extra}`);
  return { run: 'serve', config: { ip: readIp(ip), port: readPort(port), ...readSettings(values, env) } };
}

/** The text of --help. */
export function usage(): string {
  const lines = Object.entries<Option>(OPTIONS).map(([name, { value, help }]) =>
    line(`--${name} ${value ?? ''}`, help),
  );
  return [
    'usage: chat-server IP PORT [options]',
    '',
    ...lines,
    line('--help', 'show this'),
    line('--version', 'show the version'),
    '',
    'Each option can also be set in the environment: --log-level as CHAT_LOG_LEVEL, and so on.',
  ].join('\n');
}

function line(flag: string, help: string): string {
  return `  ${flag.trim().padEnd(24)} ${help}`;
}

function parse(args: readonly string[]) {
  const options = Object.entries<Option>(OPTIONS).map(
    ([name, { value }]) => [name, { type: value ? 'string' : 'boolean' }] as const,
  );
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...Object.fromEntries(options), help: { type: 'boolean' }, version: { type: 'boolean' } },
    });
  } catch (error) {
    throw new ConfigError(firstSentence(error));
  }
}

function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('. ')[0]?.split('\n')[0] ?? message;
}

function readSettings(values: Record<string, unknown>, env: NodeJS.ProcessEnv): Settings {
  const entries = Object.keys(OPTIONS).map((name) => {
    const given = values[name];
    const option = given === undefined ? env[envName(name)] : String(given);
    return [name, readOption(name as OptionName, option, given === undefined ? envName(name) : `--${name}`)];
  });
  return Object.fromEntries(entries) as Settings;
}

function readOption(name: OptionName, text: string | undefined, origin: string): unknown {
  const rule: z.ZodType = OPTIONS[name].rule;
  const result = rule.safeParse(text);
  if (result.success) return result.data;
  throw new ConfigError(`${origin} ${text}: ${result.error.issues[0]?.message ?? 'is not valid'}`);
}

function readIp(text: string): string {
  if (isIP(text) === 0 && text !== 'localhost') throw new ConfigError(`not an IP address: ${text}`);
  return text;
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new ConfigError(`not a port: ${text}`);
  return port;
}
