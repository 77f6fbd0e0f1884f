import { parseArgs } from 'node:util';
import { z } from 'zod';
import { didYouMean } from '../config/suggest.js';
import { printable } from '../text/printable.js';
import { hostAndPort } from './address.js';
import { OPTIONS, type Option, type OptionName, type Settings } from './options.js';
import type { Place } from './replay/party.js';

/** What the command line asks for. */
export type Order =
  | { readonly do: 'help' | 'version' }
  | { readonly do: 'test'; readonly place: Required<Place> | undefined; readonly settings: Settings };

/** The command line cannot be used; the message says why in a line. */
export class WrongUse extends Error {}

const NAMES = Object.keys(OPTIONS) as OptionName[];
const place = z.string().transform(hostAndPort);

/** Reads the command line. Throws WrongUse. */
export function readOrder(args: readonly string[]): Order {
  const { given, words } = cut(args);
  if (given.has('help')) return { do: 'help' };
  if (given.has('version')) return { do: 'version' };
  const settings = Object.fromEntries(NAMES.map((name) => [name, read(name, given.get(name))])) as Settings;
  const [address, ...more] = words;
  if (more.length > 0)
    throw new WrongUse(`what is ${printable(more[0] ?? '')}? One HOST:PORT is tested at a time`);
  if (address === undefined && !settings.list) throw new WrongUse('which server? chat-compat HOST:PORT');
  check(settings);
  return { do: 'test', place: address === undefined ? undefined : readPlace(address), settings };
}

function check(settings: Settings): void {
  if (settings.mysql !== undefined && !settings['may-empty-the-database'])
    throw new WrongUse(
      '--mysql: every table of that database is emptied; say so with --may-empty-the-database',
    );
}

function readPlace(text: string): Required<Place> {
  const read = place.safeParse(text);
  if (!read.success) throw new WrongUse(`${printable(text)} is not HOST:PORT`);
  return read.data;
}

/** Cuts it into words and options. */
function cut(args: readonly string[]) {
  const named = NAMES.map((name) => [name, { type: placeholder(name) ? 'string' : 'boolean' }] as const);
  const { tokens, positionals: words } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: {
      ...Object.fromEntries(named),
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'V' },
    },
  });
  const given = new Map<string, string>();
  for (const token of tokens)
    if (token.kind === 'option') given.set(token.name, givenValue(token.name, token.rawName, token.value));
  return { given, words };
}

function placeholder(name: string): string | undefined {
  return (OPTIONS as Record<string, Option>)[name]?.value;
}

function givenValue(name: string, rawName: string, value: string | undefined): string {
  const known = [...NAMES, 'help', 'version'];
  if (!known.includes(name)) {
    const near = didYouMean(
      rawName,
      known.map((option) => `--${option}`),
    );
    throw new WrongUse(`unknown option ${printable(rawName)}${near}`);
  }
  const wanted = placeholder(name);
  if (wanted === undefined) return value ?? 'true';
  if (value === undefined || /^--/.test(value))
    throw new WrongUse(`--${name} needs a value: --${name} ${wanted}`);
  return value;
}

function read(name: OptionName, value: string | undefined): unknown {
  const result = OPTIONS[name].rule.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ message }) => message).join('\n');
  throw new WrongUse(`--${name} ${name === 'mysql' ? '' : printable(value ?? '')}: ${problems}`);
}

/** The text of --help. */
export function usage(): string {
  const line = (left: string, help: string) => `  ${left.padEnd(28)} ${help}`;
  const flags = NAMES.map((name) => [
    [`--${name}`, placeholder(name)].filter(Boolean).join(' '),
    OPTIONS[name].help,
  ]);
  return [
    'usage: chat-compat HOST:PORT [options]',
    '',
    'Tests a server of the cluster chat server’s family, in whatever language it is written: makes accounts on it, and',
    'asks it one thing after the other. Each answer is the same as the original’s, or differs on purpose (a number in',
    'docs/DIFFERENCES.md), or is wrong. It leaves the accounts behind, so do not run it against a server in use.',
    '',
    ...flags.map(([flag = '', help = '']) => line(flag, help)),
    line('--help, --version', 'show this, show the version'),
    '',
    'Exit status: 0 all is the same or differs on purpose, 1 something is wrong, 2 it could not be tested.',
    '',
    'Examples:',
    '  chat-compat 127.0.0.1:6000',
    '  chat-compat 127.0.0.1:6000 --start "./ChatServer 127.0.0.1 6000" --html report.html',
  ].join('\n');
}
